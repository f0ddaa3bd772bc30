import { type SecurityGroupRule, servicesOf, trafficOf } from "../../model/security-group-rule.ts";
import type { Place } from "../ports.ts";

/**
 * What guards that narrow one rule at once tell each other about the lawful part that stays. Each of them adds it, and EC2 lets one take
 * the rule: who finds that gone must not take the lawful part from under that one. `by` is one narrowing. Throws what its store throws.
 */
export interface Remainders {
  /** Notes that a narrowing needs a rule in a group, before it adds it. */
  need(place: Place, rule: SecurityGroupRule, by: string): Promise<Needed>;
  /** Notes that the rule took the place of what this narrowing revoked: it stays. */
  settle(place: Place, rule: SecurityGroupRule, by: string): Promise<void>;
  /** Notes that this narrowing found nothing to revoke. Resolves to whether it must take the rule back, and then say so. */
  forgo(place: Place, rule: SecurityGroupRule, by: string, seen: Seen): Promise<boolean>;
  /** Notes that this narrowing has taken the rule back. */
  tookBack(place: Place, rule: SecurityGroupRule, by: string): Promise<void>;
  /** Resolves when nobody is taking the rule back any more, or whoever is takes longer than any call does. */
  untaken(place: Place, rule: SecurityGroupRule): Promise<void>;
}

/** How it stands about a rule when a narrowing begins to need it; nobody begins to take it back while one does. */
export interface Needed {
  /** How often it took the place of what was revoked. */
  readonly settled: number;
  /** Whether somebody is taking it back. */
  readonly isGoing: boolean;
}

/** What a narrowing that needs a rule no more has seen of it. */
export interface Seen extends Pick<Needed, "settled"> {
  /** Whether this narrowing added it. */
  readonly added: boolean;
}

interface RemainderParts {
  readonly remainders: Remainders;
  readonly place: Place;
  readonly by: string;
  /** What the narrowing adds, and what it saw standing. */
  readonly rules: readonly SecurityGroupRule[];
}

/** What one narrowing leaves in the place of what it revokes. */
export class Remainder {
  private readonly parts: RemainderParts;
  private readonly needed = new Map<SecurityGroupRule, Needed>();

  constructor(parts: RemainderParts) {
    this.parts = parts;
  }

  /** Where this cannot be noted it is narrowed all the same: a hole is worse than a remainder that a race of guards may take. */
  async need(): Promise<void> {
    const { remainders, place, by, rules } = this.parts;
    const noted = await Promise.allSettled(rules.map((rule) => remainders.need(place, rule, by)));
    for (const [n, rule] of rules.entries()) {
      const one = noted[n];
      if (one?.status === "fulfilled") this.needed.set(rule, one.value);
    }
  }

  /**
   * Sees to it that the part stands of what was revoked, and is gone of what was not: what its owner had removed or changed meanwhile has no
   * remainder, the guard opens nothing. `added` are the rules that the narrowing added; resolves to those of them, and those it adds
   * now, that stand. Throws what EC2 refuses, and where nobody can tell what must go.
   */
  async settle(revoked: readonly SecurityGroupRule[], added: readonly SecurityGroupRule[], ec2: Hands): Promise<SecurityGroupRule[]> {
    const kept: SecurityGroupRule[] = [];
    for (const rule of this.parts.rules) {
      const isOwn = added.includes(rule);
      if (!revoked.some((whole) => isPartOf(rule, whole))) await this.forgo(rule, isOwn, ec2);
      else if ((await this.stands(rule, isOwn, ec2)) || isOwn) kept.push(rule);
    }
    return kept;
  }

  // Once it is noted that the rule is needed, nobody begins to take it back. Whether it had to be added (again).
  private async stands(rule: SecurityGroupRule, isOwn: boolean, { add }: Hands): Promise<boolean> {
    const { remainders, place, by } = this.parts;
    const known = this.needed.get(rule);
    if (known?.isGoing) await remainders.untaken(place, rule);
    const isAdded = known?.isGoing || !isOwn ? await add(rule) : false;
    // Where this is not noted, everybody takes it for needed still.
    if (known !== undefined) await remainders.settle(place, rule, by).catch(() => {});
    return isAdded;
  }

  private async forgo(rule: SecurityGroupRule, added: boolean, { take }: Hands): Promise<void> {
    const { remainders, place, by } = this.parts;
    const known = this.needed.get(rule);
    if (known === undefined) return added ? take(rule) : undefined;
    if (!(await remainders.forgo(place, rule, by, { settled: known.settled, added }))) return;
    await take(rule);
    await remainders.tookBack(place, rule, by).catch(() => {});
  }
}

/** What a remainder does to its group. */
interface Hands {
  /** Resolves to whether it had not been there. */
  readonly add: (rule: SecurityGroupRule) => Promise<boolean>;
  readonly take: (rule: SecurityGroupRule) => Promise<void>;
}

// The part of a prefix list is written as CIDRs, which the list's name does not tell.
function isPartOf(rule: SecurityGroupRule, whole: SecurityGroupRule): boolean {
  if (whole.peer.kind === "prefix-list") return servicesOf(whole).covers(servicesOf(rule));
  return trafficOf(whole).covers(trafficOf(rule));
}
