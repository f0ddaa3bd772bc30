import { BlockList } from "node:net";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { NetworkAclEntry } from "../../lib/model/facts.ts";
import type { FindingDraft } from "../../lib/model/finding.ts";
import { canonicalEntry } from "../../lib/model/network-acl.ts";
import { resourceOf } from "../../lib/model/resource.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { noOpenNetworkAcl } from "../../lib/rules/no-open-network-acl.ts";
import { networkOf } from "../support/network.ts";

// Network ACLs once more, packet by packet in a world small enough to count: 16 public and 4 private addresses of each family,
// and packets of some services from each of them. The first entry that matches decides.

interface Address {
  readonly text: string;
  readonly family: 4 | 6;
  readonly isPublic: boolean;
}
const hosts = (count: number, family: 4 | 6, isPublic: boolean, base: string): Address[] =>
  Array.from({ length: count }, (_, host) => ({ text: base + (family === 4 ? host : host.toString(16)), family, isPublic }));
const BLOCKS = [
  { addresses: hosts(16, 4, true, "8.8.8."), bits: 32 },
  { addresses: hosts(16, 6, true, "2600::"), bits: 128 },
  { addresses: hosts(4, 4, false, "10.0.0."), bits: 32 },
  { addresses: hosts(4, 6, false, "fd00::"), bits: 128 },
];
const WORLD = BLOCKS.flatMap(({ addresses }) => addresses);

interface Packet {
  readonly text: string;
  readonly protocol: string;
  /** Its port, or ICMP type. */
  readonly port?: number;
}
// One packet of each service that the entries below tell apart: what holds for it holds for all of that service.
const PACKETS: readonly Packet[] = [
  ...[10, 21, 22, 80, 1000, 3389, 4000, 5000].map((port) => ({ text: `tcp ${port}`, protocol: "tcp", port })),
  ...[22, 53].map((port) => ({ text: `udp ${port}`, protocol: "udp", port })),
  ...[3, 8].map((port) => ({ text: `icmp ${port}/0`, protocol: "icmp", port })),
  { text: "esp", protocol: "50" },
  { text: "protocol 99", protocol: "99" },
];
const FORBIDDEN = ["tcp 22", "tcp 22, 3389", "icmp 8", "all"] as const;
const forbids = (services: string, { text }: Packet) =>
  services === "all" || services.split(", ").some((one) => text === one || text === `tcp ${one}` || text === `${one}/0`);

const block = fc
  .constantFrom(...BLOCKS)
  .chain(({ addresses, bits }) =>
    fc
      .integer({ min: 0, max: Math.log2(addresses.length) })
      .chain((free) =>
        fc.integer({ min: 0, max: addresses.length / 2 ** free - 1 }).map((nth) => `${addresses[nth * 2 ** free]?.text}/${bits - free}`),
      ),
  );
const service = fc.constantFrom(
  { protocol: "-1" },
  { protocol: "-1" },
  { protocol: "tcp", fromPort: 22, toPort: 22 },
  { protocol: "6", fromPort: 20, toPort: 80 },
  { protocol: "tcp", fromPort: 0, toPort: 65535 },
  { protocol: "tcp", fromPort: 3389, toPort: 4000 },
  { protocol: "udp", fromPort: 22, toPort: 22 },
  { protocol: "icmp", fromPort: 8, toPort: -1 },
  { protocol: "icmp", fromPort: -1, toPort: -1 },
  { protocol: "50" },
);
const entries = fc
  .uniqueArray(
    fc.record({
      number: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 30_000 })),
      direction: fc.constantFrom("ingress" as const, "ingress" as const, "ingress" as const, "egress" as const),
      action: fc.constantFrom("allow" as const, "allow" as const, "allow" as const, "allow" as const, "deny" as const),
      service,
      cidr: block,
    }),
    { minLength: 2, maxLength: 8, size: "max", selector: ({ number, direction }) => `${direction}/${number}` },
  )
  .map((list) => list.map(({ service: what, ...entry }) => canonicalEntry({ ...entry, ...what })));

interface Scenario {
  readonly entries: readonly NetworkAclEntry[];
  readonly services: (typeof FORBIDDEN)[number];
  readonly allow: readonly string[];
  readonly widthBits: number;
}
const scenario: fc.Arbitrary<Scenario> = fc.record({
  entries,
  services: fc.constantFrom(...FORBIDDEN),
  allow: fc.array(block, { maxLength: 2 }),
  widthBits: fc.constantFrom(1, 2, 3),
});

const inside = new Map<string, ReadonlySet<Address>>();
function contains(cidr: string, address: Address): boolean {
  const known = inside.get(cidr) ?? new Set(WORLD.filter((one) => isInside(cidr, one)));
  inside.set(cidr, known);
  return known.has(address);
}

function isInside(cidr: string, { text, family }: Address): boolean {
  const [network = "", length] = cidr.split("/");
  const list = new BlockList();
  list.addSubnet(network, Number(length), network.includes(":") ? "ipv6" : "ipv4");
  return network.includes(":") === (family === 6) && list.check(text, family === 6 ? "ipv6" : "ipv4");
}

function isAbout({ protocol, fromPort, toPort }: NetworkAclEntry, packet: Packet): boolean {
  if (protocol === "-1") return true;
  if (protocol !== packet.protocol) return false;
  if (packet.port === undefined) return true;
  if (protocol === "icmp") return fromPort === -1 || (fromPort === packet.port && (toPort === -1 || toPort === 0));
  return (fromPort ?? 0) <= packet.port && packet.port <= (toPort ?? 65_535);
}

/** The entry that decides about a packet, if any: without one it is denied. */
function decides(list: readonly NetworkAclEntry[], packet: Packet, from: Address): NetworkAclEntry | undefined {
  return list
    .filter((one) => one.direction === "ingress" && isAbout(one, packet) && contains(one.cidr, from))
    .sort((a, b) => a.number - b.number)[0];
}

/** What each entry admits that is forbidden, by the words of the rule; each packet as `tcp 22 from 8.8.8.0`. */
function offences({ entries: list, services, allow, widthBits }: Scenario, family: 4 | 6): Map<number, Set<string>> {
  const found = new Map<number, Set<string>>();
  const add = (number: number, packet: Packet, addresses: readonly Address[]) => {
    const known = found.get(number) ?? new Set();
    for (const { text } of addresses) known.add(`${packet.text} from ${text}`);
    found.set(number, known);
  };
  const publicly = (addresses: readonly Address[]) => addresses.filter(({ isPublic }) => isPublic).length;
  for (const packet of PACKETS.filter((one) => forbids(services, one))) {
    const byEntry = new Map<number, Address[]>();
    for (const from of WORLD) {
      const entry = decides(list, packet, from);
      if (from.family !== family || entry?.action !== "allow" || allow.some((cidr) => contains(cidr, from))) continue;
      byEntry.set(entry.number, [...(byEntry.get(entry.number) ?? []), from]);
    }
    const rest = [...byEntry].filter(([, addresses]) => publicly(addresses) > 0 && publicly(addresses) <= 2 ** widthBits);
    for (const [number, addresses] of byEntry) if (publicly(addresses) > 2 ** widthBits) add(number, packet, addresses);
    const sum = publicly(rest.flatMap(([, addresses]) => addresses));
    if (sum > 2 ** widthBits) for (const [number, addresses] of rest) add(number, packet, addresses);
  }
  return found;
}

async function judge({ entries: list, services, allow, widthBits }: Scenario): Promise<readonly FindingDraft[]> {
  const options = {
    services,
    allow: allow.length === 0 ? [] : [{ protocol: "all", from: allow }],
    width: { v4: `/${32 - widthBits}`, v6: `/${128 - widthBits}` },
  };
  const acl = resourceOf("network-acl", { id: "acl-1", entries: list, subnets: [] });
  return noOpenNetworkAcl.withOptions(options, networksOf({})).check(acl, networkOf({}));
}

const SINGLES = PACKETS.flatMap((packet) =>
  WORLD.map((from) => {
    const text = `${packet.text} from ${from.text}`;
    return { text, packet, from, traffic: TrafficSet.parse(text) };
  }),
);

test("the rule and its definition agree on every finding, and its entries deny what is forbidden and nothing else", async () => {
  const seen = { clean: 0, found: 0, together: 0, denied: 0, roomless: 0, spared: 0 };
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const expected = new Map([...offences(given, 4), ...offences(given, 6)].sort(([a], [b]) => a - b));
      const found = await judge(given);
      expect(found.map(({ parts }) => parts)).toEqual([...expected.keys()].map((number) => [`ingress/${number}`]));
      const told = found.map(({ traffic }) => new Set(SINGLES.filter((one) => one.traffic.overlaps(traffic)).map(({ text }) => text)));
      expect(told).toEqual(
        [...expected.values()].map((packets) => new Set(SINGLES.flatMap(({ text }) => (packets.has(text) ? text : [])))),
      );

      const denying = found.map(({ remedies = [] }) =>
        remedies.flatMap((one) => (one.kind === "deny-acl-traffic" ? [one.entries] : [])).flat(),
      );
      const after = [...given.entries, ...denying.flat()];
      expect(new Set(after.map(({ direction, number }) => `${direction}/${number}`)).size).toBe(after.length);
      const denied = new Set([...expected.values()].flatMap((packets, i) => (denying[i]?.length ? [...packets] : [])));
      const admitted = (list: readonly NetworkAclEntry[]) =>
        SINGLES.filter((one) => decides(list, one.packet, one.from)?.action === "allow");
      const texts = (singles: typeof SINGLES) => singles.map(({ text }) => text);
      expect(texts(admitted(after))).toEqual(texts(admitted(given.entries)).filter((text) => !denied.has(text)));
      seen[found.length === 0 ? "clean" : "found"]++;
      if (found.some(({ message }) => message.includes("together with"))) seen.together++;
      if (denying.some((one) => one.length > 0)) seen.denied++;
      if (denying.some((one) => one.length === 0)) seen.roomless++;
      if (denying.flat().some(({ action }) => action === "allow")) seen.spared++;
    }),
    { numRuns: 2500 },
  );
  // Agreement about ACLs that all are clean, or all are open, would say little.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
});

test("judging what the entries leave finds nothing that they denied", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const found = await judge(given);
      const remedied = found.flatMap(({ parts, remedies = [] }) =>
        remedies.flatMap((one) => (one.kind === "deny-acl-traffic" ? [{ parts, entries: one.entries }] : [])),
      );
      fc.pre(found.length > 0 && remedied.length === found.length);
      expect(await judge({ ...given, entries: [...given.entries, ...remedied.flatMap((one) => one.entries)] })).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
