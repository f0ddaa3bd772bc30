import { AddressSet } from "./address-set.ts";
import type { Route, RouteTableFacts } from "./facts.ts";
import { isUnknown, type World } from "./world.ts";

// The prefixes of the ids that a route's target can have; the longest that fits counts.
const TARGETS = {
  local: "local",
  "igw-": "internet-gateway",
  "eigw-": "egress-only-internet-gateway",
  "nat-": "nat-gateway",
  "pcx-": "peering",
  "tgw-": "transit-gateway",
  "vgw-": "vpn-gateway",
  "eni-": "network-interface",
  "i-": "instance",
  "vpce-": "endpoint",
  "lgw-": "local-gateway",
  "cagw-": "carrier-gateway",
  "arn:aws:networkmanager": "core-network",
} as const;
/** What a route can lead to (https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithRouteTables.html). */
export type TargetKind = (typeof TARGETS)[keyof typeof TARGETS] | "other";
export const TARGET_KINDS: readonly TargetKind[] = [...Object.values(TARGETS), "other"];

/** What kind of target this id is of; `other` for those that EC2 may add. */
export function targetKind(target: string): TargetKind {
  const found = Object.entries(TARGETS).find(([prefix]) => target.startsWith(prefix));
  return found?.[1] ?? "other";
}

/** The addresses that the route sends to its target, a prefix list resolved; undefined where the world does not know the list. */
export async function destinationOf({ destination }: Route, world: Pick<World, "get">): Promise<AddressSet | undefined> {
  if (!destination.startsWith("pl-")) return AddressSet.of(destination);
  const list = await world.get("prefix-list", destination);
  return list === undefined || isUnknown(list) || list.partial === true ? undefined : AddressSet.of(...list.cidrs);
}

/** Whether the VPC falls back on this table; undefined where that is not known. */
export function isMain({ associations, partial }: RouteTableFacts): boolean | undefined {
  if (associations.some(({ main }) => main === true)) return true;
  return partial === true ? undefined : false;
}

/** One line for people: `0.0.0.0/0 to igw-0abc`. */
export function formatRoute({ destination, target }: Pick<Route, "destination" | "target">): string {
  return `${destination} to ${target}`;
}
