import { isIcmp, parseProtocol, ServiceSet } from "../model/service-set.ts";
import { ADMINISTRATION } from "../rules/terms/administration.ts";
import { type Entry, entryOf } from "./entries.ts";
import { few } from "./evidence.ts";
import type { History, SeenNetwork, SeenService } from "./history.ts";

/** Something to write into the policy, what it allows, and the evidence for it in a line. */
export interface Allowance {
  readonly entry: Entry;
  readonly services: ServiceSet;
  readonly because: string;
}

export interface ProposedNetwork {
  readonly name: string;
  readonly cidr: string;
  readonly because: string;
}

/** What a policy may say after this history. */
export interface Proposal {
  readonly networks: readonly ProposedNetwork[];
  /** What is proposed to be open to everybody: never administration, nor what stores data, nor many ports at once. */
  readonly open: readonly Allowance[];
  /** Administration from the networks, and from nowhere else. */
  readonly administration: readonly Allowance[];
  /** What was seen and is not proposed, with the reason. */
  readonly withheld: readonly Allowance[];
  /** Evidence for what the default policy allows. */
  readonly usual: readonly string[];
  /** What is not told one by one. */
  readonly remarks: readonly string[];
  readonly account?: string;
  readonly summary: string;
}

/** What the default policy lets everybody reach. */
const USUAL = ServiceSet.parse("tcp 80, 443, udp 443, icmp 3/4, icmpv6 2");

// Where data is kept, and what answers whoever asks: files, NFS, SQL Server, Oracle, MySQL, PostgreSQL, Redshift, Redis, etcd,
// Elasticsearch, Memcached, MongoDB, Cassandra, Kafka, ZooKeeper, and the kubelet.
const DATA =
  "tcp 111, 135, 137-139, 445, 1433-1434, 1521, 2049, 2181, 2379-2380, 3306, 5432, 5439, 6379, 7000-7001, 9042, 9092-9094, 9200, 9300, 10250, 11211, 27017-27019, udp 111, 137-138, 161, 389, 1434, 11211";
const MOST_PORTS = 16;
const MOST_NETWORKS = 20;
const MOST_SERVICES = 40;

const administration = ServiceSet.parse(ADMINISTRATION);
const data = ServiceSet.parse(DATA);

/** Proposes from what was seen, the most frequent first; the same history gives the same proposal, in whatever order it was read. */
export function propose(history: History): Proposal {
  const internet = ordered(history.internet);
  const usual = internet.filter(({ services }) => USUAL.covers(services));
  const others = internet.filter(({ services }) => !USUAL.covers(services));
  const open = others.filter((seen) => whyNot(seen) === undefined);
  const withheld = [
    ...others.flatMap((seen) => allowanceWith(seen, whyNot(seen))),
    ...ordered(history.wide)
      .filter(({ services }) => !USUAL.covers(services))
      .flatMap((seen) => allowanceWith(seen, whyNot(seen) ?? "open to wide ranges of addresses, not to all")),
  ];
  const all = [...history.networks.values()].sort(
    (a, b) => b.evidence.changes - a.evidence.changes || compare(nameOf(a.cidr), nameOf(b.cidr)) || compare(a.cidr, b.cidr),
  );
  const networks = all.slice(0, MOST_NETWORKS);
  const [account] = [...history.accounts].sort(([a, m], [b, n]) => n - m || compare(a, b));
  const more = (count: number, shown: number, what: string) =>
    count > shown ? [`${count - shown} more ${what}, seen less often, are not listed.`] : [];
  return {
    networks: networks.map(({ cidr, evidence, services }) => ({
      name: nameOf(cidr),
      cidr,
      because: `${few(String(services).split(/, (?=[a-z])/))}: ${evidence}`,
    })),
    open: open.slice(0, MOST_SERVICES).map((seen) => allowance(seen, String(seen.evidence))),
    administration: administrationFrom(networks),
    withheld: withheld.slice(0, MOST_SERVICES),
    usual: usual.map(({ services, evidence }) => `${services}: ${evidence}`).slice(0, MOST_SERVICES),
    remarks: [
      ...more(all.length, MOST_NETWORKS, "networks"),
      ...more(open.length, MOST_SERVICES, "services"),
      ...more(withheld.length, MOST_SERVICES, "services that would not be proposed"),
      ...(history.lists.changes > 0 ? [`What prefix lists hold was not looked at: ${history.lists}.`] : []),
    ],
    ...(account !== undefined && /^\d{12}$/.test(account[0]) && { account: account[0] }),
    summary: history.all.changes === 0 ? "no change that opened anything" : String(history.all),
  };
}

// Of each administration service, the networks from which it was opened by itself.
function administrationFrom(networks: readonly SeenNetwork[]): Allowance[] {
  const byService = new Map<string, { seen: SeenService; from: string[]; changes: number }>();
  for (const { cidr, opened } of networks) {
    for (const [key, seen] of opened) {
      if (!administration.covers(seen.services)) continue;
      const known = byService.get(key) ?? { seen, from: [], changes: 0 };
      known.from.push(nameOf(cidr));
      known.changes += seen.evidence.changes;
      byService.set(key, known);
    }
  }
  return [...byService]
    .sort(([a, m], [b, n]) => n.changes - m.changes || compare(a, b))
    .map(([, { seen, from, changes }]) => ({
      entry: { ...entryOf(seen.rule), from: from.sort() },
      services: seen.services,
      because: `opened ${changes === 1 ? "once" : `${changes} times`} to ${from.length === 1 ? "this network" : "these networks"} alone, by the evidence above`,
    }));
}

function allowanceWith(seen: SeenService, reason: string | undefined): Allowance[] {
  return reason === undefined ? [] : [allowance(seen, `${reason}: ${seen.evidence}`)];
}

function allowance({ rule, services }: SeenService, because: string): Allowance {
  return { entry: entryOf(rule), services, because };
}

// Why nobody should be let in to this without somebody having thought about it.
function whyNot({ services, rule }: SeenService): string | undefined {
  if (overlap(services, administration)) return "WARNING, this holds administration ports";
  if (overlap(services, data)) return "WARNING, data is kept behind such ports";
  const protocol = parseProtocol(rule.protocol);
  if (protocol !== "all" && isIcmp(protocol)) return (rule.fromPort ?? -1) === -1 ? "every kind of message" : undefined;
  if (rule.fromPort === undefined || rule.toPort === undefined) return "a whole protocol";
  return rule.toPort - rule.fromPort >= MOST_PORTS ? `${rule.toPort - rule.fromPort + 1} ports at once` : undefined;
}

function overlap(a: ServiceSet, b: ServiceSet): boolean {
  return !a.intersection(b).isEmpty();
}

/** The name, each network its own, of a network of which only the addresses are known: `seen-198-51-100-0-24`. */
function nameOf(cidr: string): string {
  return `seen-${cidr.replaceAll(/[^0-9a-f]/g, "-")}`;
}

function ordered(seen: ReadonlyMap<string, SeenService>): SeenService[] {
  return [...seen].sort(([a, m], [b, n]) => n.evidence.changes - m.evidence.changes || compare(a, b)).map(([, one]) => one);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
