import type { Act } from "../../model/decision.ts";
import { type GroupRemedy, isGroupRemedy } from "../../model/remedy.ts";
import type { Standing } from "../../model/resource.ts";
import type { SecurityGroup } from "../../model/security-group.ts";
import type { Direction, TrafficSet } from "../../model/traffic.ts";
import type { World } from "../../model/world.ts";

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
  /** True where nothing stood before. */
  readonly isNew?: true;
  /** What of it is known after apply only, by path. */
  readonly open?: readonly string[];
}

/** A resource as it stands in a world. */
export async function sightOf(resource: Standing, world: World): Promise<Sight> {
  return resource.kind === "security-group" ? { resource, admits: await admitsOf(resource, world) } : { resource };
}

/** What a group admits, each way. */
export async function admitsOf(group: SecurityGroup, world: World): Promise<Record<Direction, TrafficSet>> {
  const [ingress, egress] = await Promise.all([group.admits(world, "ingress"), group.admits(world, "egress")]);
  return { ingress: ingress.traffic(), egress: egress.traffic() };
}

/** What was, or would be, done to the rules of a group. */
export function carriedOut(acts: readonly Act[]): readonly GroupRemedy[] {
  return acts.flatMap(({ remedy, result }) => (isGroupRemedy(remedy) && result !== "denied" && result !== "failed" ? [remedy] : []));
}
