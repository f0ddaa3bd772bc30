import type { PrefixListFacts } from "../../model/facts.ts";
import { formatPeer, type Peer } from "../../model/peer-set.ts";
import type { SecurityGroupRule } from "../../model/security-group-rule.ts";
import { askedOf, isUnknown, type World } from "../../model/world.ts";

// Each name is a read of its own, and a group may refer to many.
const MOST_NAMES = 25;

/** What is known of a prefix list: its entries, or why they are not known (all of them). */
export interface KnownList {
  readonly name?: string;
  readonly cidrs: readonly string[];
  readonly unknown?: string;
}

/** What the peers of rules are called, and what prefix lists hold, by the notation of formatPeer. */
export interface PeerNames {
  readonly lists: ReadonlyMap<string, KnownList>;
  readonly groups: ReadonlyMap<string, string>;
}

/** Reads the prefix lists of these rules, and the names of the groups that they refer to, where the world has them. */
export async function namePeers(rules: readonly SecurityGroupRule[], world: Pick<World, "get">): Promise<PeerNames> {
  const peers = new Map(rules.map(({ peer }) => [formatPeer(peer), peer]));
  const lists = [...peers.values()].flatMap((peer) => (peer.kind === "prefix-list" ? [peer.id] : []));
  const groups = [...peers.values()].flatMap((peer) => (isOwnGroup(peer) ? [peer.id] : [])).slice(0, MOST_NAMES);
  return {
    lists: new Map(await Promise.all(lists.map(async (id) => [id, listOf(id, await world.get("prefix-list", id))] as const))),
    groups: new Map((await Promise.all(groups.map((id) => groupName(id, world)))).flat()),
  };
}

// Groups of other accounts are beyond this world.
function isOwnGroup(peer: Peer): peer is Extract<Peer, { kind: "group" }> {
  return peer.kind === "group" && peer.account === undefined;
}

async function groupName(id: string, world: Pick<World, "get">): Promise<[string, string][]> {
  const facts = await world.get("security-group", id);
  return facts === undefined || isUnknown(facts) || facts.name === undefined ? [] : [[id, facts.name]];
}

function listOf(id: string, facts: PrefixListFacts | { readonly unknown: string } | undefined): KnownList {
  if (facts === undefined) return { cidrs: [], unknown: `${id}, which does not exist here` };
  if (isUnknown(facts)) return { cidrs: [], unknown: facts.unknown };
  const { name, cidrs, partial } = facts;
  const open = partial === true ? { unknown: `${askedOf("prefix-list", id)}, of which a part is known` } : {};
  return { cidrs, ...(name !== undefined && { name }), ...open };
}
