import type { RecordedPlace } from "../../guard/review.ts";
import type { Change } from "../../model/change.ts";
import { type Act, type Decision, decisionId } from "../../model/decision.ts";
import { isKind } from "../../model/facts.ts";
import { type GroupRemedy, isGroupRemedy } from "../../model/remedy.ts";
import { resourceOf, type Standing } from "../../model/resource.ts";
import { SecurityGroup } from "../../model/security-group.ts";
import { ruleKey } from "../../model/security-group-rule.ts";
import type { Direction, TrafficSet } from "../../model/traffic.ts";
import { isUnknown, type World } from "../../model/world.ts";

/** A resource at one moment. */
export interface Sight {
  readonly resource: Standing;
  /** What a security group admits, prefix lists resolved as they were then. */
  readonly admits?: Readonly<Record<Direction, TrafficSet>>;
}

/** The subject of a change before it and as the change left it; of a security group also what it admits once Portcullis has acted. */
export interface Sights {
  readonly before?: Sight;
  readonly left?: Sight;
  readonly remains?: Sight["admits"];
}

/** The places of a recorded world. */
export interface Places {
  at(account: string, region: string): RecordedPlace;
}

/** Looks at the world of a review before and after each change. A review shows it what is about to change (`look`). */
export class Witness {
  private readonly world: Places;
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

  /** What there is to see right after a decision. */
  async sights({ id, change, acts }: Pick<Decision, "id" | "change" | "acts">): Promise<Sights> {
    const world = this.at(change.account, change.region);
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
      left: { resource: left, admits: await admitsOf(left, world) },
      remains: await admitsOf(new SecurityGroup({ ...facts, rules: after }), world),
    };
  }

  at(account: string, region: string): World {
    return this.world.at(account, region);
  }
}

async function see({ kind, id }: Change["subject"], world: World): Promise<Sight | undefined> {
  if (!isKind(kind)) return undefined;
  const facts = await world.get(kind, id);
  if (facts === undefined || isUnknown(facts)) return undefined;
  const resource: Standing = resourceOf(kind, facts);
  return resource.kind === "security-group" ? { resource, admits: await admitsOf(resource, world) } : { resource };
}

async function admitsOf(group: SecurityGroup, world: World): Promise<Record<Direction, TrafficSet>> {
  const [ingress, egress] = await Promise.all([group.admits(world, "ingress"), group.admits(world, "egress")]);
  return { ingress: ingress.traffic(), egress: egress.traffic() };
}

/** What was, or would be, done to the rules of a group. */
export function carriedOut(acts: readonly Act[]): readonly GroupRemedy[] {
  return acts.flatMap(({ remedy, result }) => (isGroupRemedy(remedy) && result !== "denied" && result !== "failed" ? [remedy] : []));
}
