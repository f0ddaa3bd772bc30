import { AddressSet, PUBLIC_ADDRESSES } from "../../model/address-set.ts";
import { formatPeer, PeerSet } from "../../model/peer-set.ts";
import type { AdmittedRule } from "../../model/security-group.ts";
import type { SecurityGroupRule } from "../../model/security-group-rule.ts";
import type { ServiceSet } from "../../model/service-set.ts";
import type { Internet } from "../../rules/terms/exposure.ts";
import type { KnownList, PeerNames } from "./peer-names.ts";

/** Some of the peers of traffic, and the rules of the group that admit it from them. */
export interface Source {
  /** network: one that the policy names. public and private: other addresses, with and without some that the internet has. */
  readonly kind: "internet" | "network" | "prefix-list" | "group" | "public" | "private";
  readonly peers: PeerSet;
  /** The name of the network, the list or the group. */
  readonly name?: string;
  /** The id of the prefix list, and how many entries it has. */
  readonly list?: string;
  readonly entries?: number;
  /** A part of the network or list only. */
  readonly part?: true;
  /** Why it is not known who this is. */
  readonly unknown?: string;
  readonly rules: readonly SecurityGroupRule[];
}

/** What tells sources apart. */
export interface Atlas extends PeerNames {
  /** The networks that the policy names, widest first. */
  readonly networks: readonly (readonly [name: string, addresses: AddressSet])[];
  readonly internets: readonly Internet[];
}

/** The peers of these services by what they are; together they are exactly `peers`, and a prefix list's addresses stand with it. */
export function sourcesOf(services: ServiceSet, peers: PeerSet, byRule: readonly AdmittedRule[], atlas: Atlas): Source[] {
  const entries = byRule.filter((entry) => !entry.services.intersection(services).isEmpty());
  const written = AddressSet.union(entries.filter(({ rule }) => rule.peer.kind === "cidr").map((entry) => entry.peers.addresses));
  const rulesFrom = (part: AddressSet) =>
    entries.filter(({ rule, peers: own }) => rule.peer.kind === "cidr" && own.addresses.overlaps(part)).map(({ rule }) => rule);
  const addresses = written.intersection(peers.addresses);
  return [
    ...byAddress(addresses, atlas).map((source) => ({ ...source, rules: rulesFrom(source.peers.addresses) })),
    ...[...atlas.lists].flatMap(([id, list]) => listSource(id, list, peers, entries)),
    ...peers.references.filter((reference) => !atlas.lists.has(reference)).map((reference) => groupSource(reference, entries, atlas)),
  ];
}

type Place = Omit<Source, "rules">;

function byAddress(addresses: AddressSet, { networks, internets }: Atlas): Place[] {
  return internets.flatMap(({ space, publicAddresses, width }) => {
    let left = addresses.intersection(space);
    const { v4, v6 } = left.intersection(publicAddresses).size();
    if (v4 + v6 > width) return [{ kind: "internet" as const, peers: new PeerSet(left) }];
    const named: Place[] = [];
    for (const [name, network] of networks) {
      const shared = network.intersection(left);
      if (shared.isEmpty()) continue;
      const whole = left.covers(network.intersection(space));
      named.push({ kind: "network", name, peers: new PeerSet(shared), ...(!whole && { part: true }) });
      left = left.difference(network);
    }
    const open = left.intersection(PUBLIC_ADDRESSES);
    const rest: Place[] = [
      { kind: "public", peers: new PeerSet(open) },
      { kind: "private", peers: new PeerSet(left.difference(open)) },
    ];
    return [...named, ...rest.filter((place) => !place.peers.isEmpty())];
  });
}

function listSource(id: string, list: KnownList, peers: PeerSet, entries: readonly AdmittedRule[]): Source[] {
  const rules = rulesNaming(id, entries);
  if (rules.length === 0) return [];
  const all = AddressSet.of(...list.cidrs);
  const shared = all.intersection(peers.addresses);
  const referred = peers.references.includes(id);
  if (shared.isEmpty() && !referred) return [];
  return [
    {
      kind: "prefix-list",
      list: id,
      peers: new PeerSet(shared, referred ? [id] : []),
      entries: list.cidrs.length,
      ...(list.name !== undefined && { name: list.name }),
      ...(!shared.equals(all) && { part: true as const }),
      ...(referred && list.unknown !== undefined && { unknown: list.unknown }),
      rules,
    },
  ];
}

function groupSource(reference: string, entries: readonly AdmittedRule[], { groups }: Atlas): Source {
  const name = groups.get(reference);
  const peers = new PeerSet(AddressSet.EMPTY, [reference]);
  return { kind: "group", peers, ...(name !== undefined && { name }), rules: rulesNaming(reference, entries) };
}

function rulesNaming(reference: string, entries: readonly AdmittedRule[]): SecurityGroupRule[] {
  return entries.filter(({ rule }) => rule.peer.kind !== "cidr" && formatPeer(rule.peer) === reference).map(({ rule }) => rule);
}
