import { AddressSet } from "../../model/address-set.ts";
import { PeerSet } from "../../model/peer-set.ts";
import type { AdmittedRule, SecurityGroup } from "../../model/security-group.ts";
import { type Direction, TrafficSet } from "../../model/traffic.ts";
import type { World } from "../../model/world.ts";
import type { KnownList, PeerNames } from "./peer-names.ts";

type Lists = PeerNames["lists"];

/** What each rule of a group admits, prefix lists as their addresses; a list whose entries are not all known stays a reference as well. */
export async function admittedByRule(
  group: SecurityGroup,
  world: Pick<World, "get">,
  direction: Direction,
  lists: Lists,
): Promise<AdmittedRule[]> {
  const { byRule } = await group.admits(world, direction);
  return byRule.map((entry) => {
    const { peer } = entry.rule;
    const isKnown = peer.kind === "prefix-list" && lists.get(peer.id)?.unknown === undefined;
    return isKnown ? { ...entry, peers: new PeerSet(entry.peers.addresses) } : entry;
  });
}

/** Traffic with the addresses of the lists that it names: rules of the policy may name a list as such. */
export function spelledOut(traffic: TrafficSet, lists: Lists): TrafficSet {
  return TrafficSet.of(
    traffic.boxes().map(({ services, peers }) => ({ services, peers: withAddresses(peers, lists) })),
    traffic.direction,
  );
}

function withAddresses(peers: PeerSet, lists: Lists): PeerSet {
  const named = peers.references.flatMap((reference) => addressesOf(lists.get(reference)));
  return named.length === 0 ? peers : new PeerSet(AddressSet.union([peers.addresses, ...named]), peers.references);
}

function addressesOf(list: KnownList | undefined): AddressSet[] {
  return list === undefined ? [] : [AddressSet.of(...list.cidrs)];
}
