import type { RecordedPlace } from "../../guard/reviewing/review.ts";
import type { Foreseen } from "../../guard/reviewing/review-plan.ts";
import type { Change } from "../../model/change.ts";
import { type Decision, decisionId } from "../../model/decision.ts";
import { isKind } from "../../model/facts.ts";
import { resourceOf } from "../../model/resource.ts";
import { SecurityGroup } from "../../model/security-group.ts";
import { ruleKey } from "../../model/security-group-rule.ts";
import { isUnknown, type World } from "../../model/world.ts";
import { isPlanned } from "../../planned/plan.ts";
import { Foresight } from "./foresight.ts";
import type { Scenery } from "./scenery.ts";
import { admitsOf, carriedOut, type Sight, type Sights, sightOf } from "./sight.ts";
import { RECORDS } from "./teller.ts";

/** The places of a recorded world. */
export interface Places {
  at(account: string, region: string): RecordedPlace;
}

/** Looks at the world of a review before and after each change. A review shows it what is about to change (`look`, `foresee`). */
export class Witness {
  private readonly world: Places;
  private readonly foresight = new Foresight();
  private before: ReadonlyMap<string, Sight> = new Map();

  constructor(world: Places) {
    this.world = world;
  }

  /** Remembers how the subjects of these changes stand; only until the next time. */
  async look(changes: readonly Change[], world: World): Promise<void> {
    const seen = new Map<string, Sight>();
    for (const change of changes) {
      const sight = await see(change.subject, world);
      if (sight !== undefined) seen.set(decisionId(change), sight);
    }
    this.before = seen;
  }

  /** Remembers what the next decision about a plan is about. */
  foresee(seen: Foreseen): void {
    this.foresight.look(seen);
  }

  /** What there is to see right after a decision. */
  async sights({ id, change, acts }: Pick<Decision, "id" | "change" | "acts">): Promise<Sights> {
    if (isPlanned(change)) return this.foresight.sights({ id, acts });
    const world = this.world.at(change.account, change.region);
    const before = this.before.get(id);
    const now = await see(change.subject, world);
    const seen = { ...(before !== undefined && { before }), ...(now !== undefined && { left: now }) };
    const remedies = carriedOut(acts);
    if (now?.resource.kind !== "security-group" || remedies.length === 0) return seen;
    const { facts } = now.resource;
    const taken = new Set(remedies.flatMap(({ revoke }) => revoke.map(ruleKey)));
    // Where the acts were carried out, the world shows what they left.
    const done = acts.some(({ result }) => result === "done" || result === "already");
    const stood = done ? [...facts.rules, ...remedies.flatMap(({ revoke }) => revoke)] : facts.rules;
    const after = done
      ? facts.rules
      : [...facts.rules.filter((rule) => !taken.has(ruleKey(rule))), ...remedies.flatMap(({ authorize }) => authorize)];
    const left = new SecurityGroup({ ...facts, rules: stood });
    return {
      ...seen,
      left: await sightOf(left, world),
      remains: await admitsOf(new SecurityGroup({ ...facts, rules: after }), world),
    };
  }

  /** The network of the decision; of a plan, that of the one right before. */
  async scenery({ id, change, names: { vpc } }: Pick<Decision, "id" | "change" | "names">): Promise<Scenery | undefined> {
    if (isPlanned(change)) return this.foresight.scenery({ id });
    const { account, region, subject } = change;
    const key = JSON.stringify([account, region]);
    return { key, world: this.world.at(account, region), teller: RECORDS, id: subject.id, ...(vpc !== undefined && { vpc }) };
  }
}

async function see({ kind, id }: Change["subject"], world: World): Promise<Sight | undefined> {
  if (!isKind(kind)) return undefined;
  const facts = await world.get(kind, id);
  return facts === undefined || isUnknown(facts) ? undefined : sightOf(resourceOf(kind, facts), world);
}
