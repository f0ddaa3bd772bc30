import { AddressSet } from "../../model/address-set.ts";
import type { NetworkAclEntry, NetworkAclFacts } from "../../model/facts.ts";
import type { AdmittedEntry } from "../../model/network-acl.ts";
import { canonicalEntry } from "../../model/network-acl.ts";
import { PeerSet } from "../../model/peer-set.ts";
import { rulesFor } from "../../model/security-group-rule.ts";
import { TrafficSet } from "../../model/traffic.ts";

// EC2 counts each direction and each family by itself, the last entry, which denies everything else, among them
// (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html).
const QUOTA = 20;

type Value = Pick<NetworkAclEntry, "action" | "protocol" | "fromPort" | "toPort" | "cidr">;

/**
 * The entries that deny exactly this traffic before the one that admits it, in the order of their numbers: the last that are
 * free below it, above the entries of its family that come before. Undefined where there is no room: too few free numbers, or
 * more entries than EC2 takes. `planned` are those that others will add.
 */
export function denialOf(
  { entries }: Pick<NetworkAclFacts, "entries">,
  { entry, traffic }: AdmittedEntry,
  forbidden: TrafficSet,
  planned: readonly NetworkAclEntry[],
): readonly NetworkAclEntry[] | undefined {
  const { direction, number, cidr } = entry;
  const beside = [...entries, ...planned].filter((one) => one.direction === direction);
  // Entries of the other family say nothing about this traffic, wherever they stand.
  const family = beside.filter((one) => familyOf(one.cidr) === familyOf(cidr));
  const values = fewest(denying(forbidden), sparing(entry, traffic, forbidden));
  if (family.length + values.length > QUOTA) return undefined;
  const taken = new Set(beside.map((one) => one.number));
  const numbers: number[] = [];
  for (let free = number - 1; free > 0 && numbers.length < values.length; free--) {
    if (!taken.has(free)) numbers.unshift(free);
    else if (family.some((one) => one.number === free)) break;
  }
  if (numbers.length < values.length) return undefined;
  return numbers.flatMap((free, i) => {
    const value = values[i];
    return value === undefined ? [] : [canonicalEntry({ ...value, direction, number: free })];
  });
}

function denying(forbidden: TrafficSet): Value[] {
  return valuesOf(forbidden, "deny");
}

// Denies the services to all addresses of the entry, and lets pass before that what the entry admits rightly.
function sparing({ cidr }: NetworkAclEntry, admitted: TrafficSet, forbidden: TrafficSet): Value[] {
  const whole = TrafficSet.of([{ services: forbidden.services(), peers: PeerSet.of({ kind: "cidr", cidr }) }], forbidden.direction);
  return [...valuesOf(admitted.intersection(whole).difference(forbidden), "allow"), ...valuesOf(whole, "deny")];
}

function valuesOf(traffic: TrafficSet, action: NetworkAclEntry["action"]): Value[] {
  return rulesFor(traffic).flatMap(({ protocol, fromPort, toPort, peer }) =>
    peer.kind !== "cidr"
      ? []
      : [{ action, protocol, ...(fromPort !== undefined && { fromPort }), ...(toPort !== undefined && { toPort }), cidr: peer.cidr }],
  );
}

function fewest(one: readonly Value[], other: readonly Value[]): readonly Value[] {
  return other.length < one.length ? other : one;
}

function familyOf(cidr: string): 4 | 6 {
  return AddressSet.of(cidr).v4.length > 0 ? 4 : 6;
}
