import type { RecordedPlace } from "../../guard/review.ts";
import type { Change } from "../../model/change.ts";
import { type Decision, decisionId } from "../../model/decision.ts";
import { isKind } from "../../model/facts.ts";
import { resourceOf, type Standing } from "../../model/resource.ts";
import type { SecurityGroup } from "../../model/security-group.ts";
import type { Direction, TrafficSet } from "../../model/traffic.ts";
import { isUnknown, type World } from "../../model/world.ts";

/** A resource at one moment. */
export interface Sight {
  readonly resource: Standing;
  /** What a security group admits, prefix lists resolved as they were then. */
  readonly admits?: Readonly<Record<Direction, TrafficSet>>;
}

/** The subject of a change before it, and as the world has it now: after it, and after what was done about it. */
export interface Sights {
  readonly before?: Sight;
  readonly now?: Sight;
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
  async sights({ id, change }: Pick<Decision, "id" | "change">): Promise<Sights> {
    const before = this.before.get(id);
    const now = await see(change.subject, this.at(change.account, change.region));
    return { ...(before !== undefined && { before }), ...(now !== undefined && { now }) };
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
