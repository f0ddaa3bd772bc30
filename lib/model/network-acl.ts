import type { NetworkAclEntry, NetworkAclFacts } from "./facts.ts";
import { PeerSet } from "./peer-set.ts";
import { canonicalRule, type SecurityGroupRule, servicesOf } from "./security-group-rule.ts";
import { type Direction, type Traffic, TrafficSet } from "./traffic.ts";

/** What an entry was given as, before EC2 made it canonical. */
export type RawEntry = Omit<NetworkAclEntry, "fromPort" | "toPort"> & {
  readonly fromPort?: number | undefined;
  readonly toPort?: number | undefined;
};

/** The entry in EC2's canonical form, as a security group rule has it. Throws the errors of canonicalRule. */
export function canonicalEntry({ direction, number, action, protocol, fromPort, toPort, cidr }: RawEntry): NetworkAclEntry {
  const { peer, ...rule } = canonicalRule({ direction, protocol, fromPort, toPort, peer: { kind: "cidr", cidr } });
  return {
    direction,
    number,
    action,
    protocol: rule.protocol,
    ...(rule.fromPort !== undefined && { fromPort: rule.fromPort }),
    ...(rule.toPort !== undefined && { toPort: rule.toPort }),
    cidr: peer.kind === "cidr" ? peer.cidr : cidr,
  };
}

/** The traffic that an entry speaks of, whatever it says about it. */
function entryTraffic(entry: NetworkAclEntry): Traffic {
  return { services: servicesOf(ruleOf(entry)), peers: PeerSet.of({ kind: "cidr", cidr: entry.cidr }) };
}

/** What one entry lets through: its traffic less what entries with lower numbers decide. */
export interface AdmittedEntry {
  readonly entry: NetworkAclEntry;
  readonly traffic: TrafficSet;
}

/**
 * What the ACL admits, entry by entry: entries count in the order of their numbers, however they are listed, and the first
 * that matches decides (https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html).
 */
export function admittedByEntries({ entries }: Pick<NetworkAclFacts, "entries">, direction: Direction): AdmittedEntry[] {
  const ordered = entries.filter((entry) => entry.direction === direction).sort((a, b) => a.number - b.number);
  const admitted: AdmittedEntry[] = [];
  let decided = TrafficSet.of([], direction);
  for (const entry of ordered) {
    const whole = TrafficSet.of([entryTraffic(entry)], direction);
    const traffic = whole.difference(decided);
    if (entry.action === "allow" && !traffic.isEmpty()) admitted.push({ entry, traffic });
    decided = decided.union(whole);
  }
  return admitted;
}

/** One line for people: `100 allow tcp 22 from 0.0.0.0/0`. */
export function entryText(entry: NetworkAclEntry): string {
  const way = entry.direction === "ingress" ? "from" : "to";
  return `${entry.number} ${entry.action} ${servicesOf(ruleOf(entry))} ${way} ${entry.cidr}`;
}

function ruleOf({ direction, protocol, fromPort, toPort, cidr }: NetworkAclEntry): SecurityGroupRule {
  return {
    direction,
    protocol,
    ...(fromPort !== undefined && { fromPort }),
    ...(toPort !== undefined && { toPort }),
    peer: { kind: "cidr", cidr },
  };
}
