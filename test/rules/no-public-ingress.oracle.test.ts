import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { AddressSet } from "../../lib/model/address-set.ts";
import type { FindingDraft } from "../../lib/model/finding.ts";
import { PeerSet } from "../../lib/model/peer-set.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { ServiceSet } from "../../lib/model/service-set.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { noPublicIngress } from "../../lib/rules/no-public-ingress.ts";
import { networkOf } from "../support/network.ts";

// The rule once more, written from its definition over plain lists of addresses and services, in a world small enough to
// count: 256 public and 16 private addresses of each family, and services cut where the rules below begin and end.

type Family = 4 | 6;
interface Address {
  readonly text: string;
  readonly family: Family;
  readonly isPublic: boolean;
}

const hosts = (count: number, family: Family, isPublic: boolean, base: string): Address[] =>
  Array.from({ length: count }, (_, host) => ({ text: base + (family === 4 ? host : host.toString(16)), family, isPublic }));
const BLOCKS = [
  { addresses: hosts(256, 4, true, "8.8.8."), bits: 32 },
  { addresses: hosts(256, 6, true, "2600::"), bits: 128 },
  { addresses: hosts(16, 4, false, "10.0.0."), bits: 32 },
  { addresses: hosts(16, 6, false, "fd00::"), bits: 128 },
];
const WORLD = BLOCKS.flatMap(({ addresses }) => addresses);

const CELLS = [
  ...["tcp 0-21", "tcp 22", "tcp 23-79", "tcp 80", "tcp 81-65535", "udp 0-52", "udp 53", "udp 54-65535"],
  ...["icmp 3/4", "icmp 3 except icmp 3/4", "icmp except icmp 3", "esp", "all except tcp, udp, icmp, esp"],
];
const tcp = CELLS.slice(0, 5);
const udp = CELLS.slice(5, 8);
const icmp = CELLS.slice(8, 11);
interface Service {
  readonly protocol: string;
  readonly ports?: string;
  readonly cells: readonly string[];
}
const SERVICES: readonly Service[] = [
  { protocol: "tcp", ports: "22", cells: ["tcp 22"] },
  { protocol: "tcp", ports: "80", cells: ["tcp 80"] },
  { protocol: "tcp", ports: "0-22", cells: tcp.slice(0, 2) },
  { protocol: "tcp", ports: "22-79", cells: tcp.slice(1, 3) },
  { protocol: "6", ports: "80-65535", cells: tcp.slice(3) },
  { protocol: "tcp", ports: "0-65535", cells: tcp },
  { protocol: "TCP", cells: tcp },
  { protocol: "udp", ports: "53", cells: ["udp 53"] },
  { protocol: "17", cells: udp },
  { protocol: "icmp", ports: "3/4", cells: ["icmp 3/4"] },
  { protocol: "icmp", ports: "3", cells: icmp.slice(0, 2) },
  { protocol: "icmp", cells: icmp },
  { protocol: "esp", cells: ["esp"] },
  { protocol: "-1", cells: CELLS },
];
const service = fc.oneof({ weight: 2, arbitrary: fc.constant(SERVICES[0]) }, { weight: 5, arbitrary: fc.constantFrom(...SERVICES) });

interface Block {
  readonly cidr: string;
  readonly addresses: readonly Address[];
}
// Blocks of about the width that is judged are where the rule has to decide.
const block: fc.Arbitrary<Block> = fc
  .record({
    within: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...BLOCKS.slice(0, 2)) }, fc.constantFrom(...BLOCKS.slice(2))),
    host: fc.nat(255),
    size: fc.constantFrom(1, 2, 8, 16, 16, 32, 32, 64, 256),
  })
  .map(({ within: { addresses, bits }, host, size }) => {
    const fits = Math.min(size, addresses.length);
    const first = Math.floor((host % addresses.length) / fits) * fits;
    // The text names any address of the block, not only its first: EC2 drops host bits, and so must the model.
    const named = addresses[host % addresses.length]?.text;
    return { cidr: `${named}/${bits - Math.log2(fits)}`, addresses: addresses.slice(first, first + fits) };
  });

type From =
  | { readonly kind: "cidr"; readonly block: Block }
  | { readonly kind: "list"; readonly blocks: readonly Block[] }
  | { readonly kind: "other"; readonly peer: string };
const from: fc.Arbitrary<From> = fc.oneof(
  { weight: 6, arbitrary: block.map((one): From => ({ kind: "cidr", block: one })) },
  { weight: 2, arbitrary: fc.array(block, { maxLength: 4 }).map((blocks): From => ({ kind: "list", blocks })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("sg-1", "111122223333/sg-2", "pl-unknown", "pl-gone").map((peer): From => ({ kind: "other", peer })),
  },
);

interface Scenario {
  readonly rules: readonly { readonly service: Service | undefined; readonly from: From }[];
  readonly allow: readonly { readonly service: Service | undefined; readonly from: readonly Block[] | undefined }[];
  readonly widthBits: number;
}
const scenario: fc.Arbitrary<Scenario> = fc.record({
  rules: fc.array(fc.record({ service, from }), { maxLength: 8 }),
  allow: fc.array(fc.record({ service, from: fc.option(fc.array(block, { maxLength: 3 }), { nil: undefined, freq: 4 }) }), {
    maxLength: 3,
  }),
  widthBits: fc.constantFrom(3, 4, 4, 4, 5),
});

interface Offence {
  readonly rules: readonly string[];
  readonly open: ReadonlyMap<string, readonly Address[]>;
}

/** The definition, word for word. */
function offences({ rules, allow, widthBits }: Scenario, family: Family): Offence[] {
  const width = 2 ** widthBits;
  const publicly = (addresses: readonly Address[]) => addresses.filter(({ isPublic }) => isPublic).length;

  // What each rule grants and the policy does not allow.
  const forbidden = rules.map(({ service, from }, i) => {
    const granted = from.kind === "cidr" ? from.block.addresses : from.kind === "list" ? from.blocks.flatMap((one) => one.addresses) : [];
    const open = new Map<string, Address[]>();
    for (const cell of service?.cells ?? []) {
      const allowed = allow
        .filter((entry) => entry.service?.cells.includes(cell))
        .map((entry) => entry.from?.flatMap((one) => one.addresses) ?? WORLD);
      const excluded = new Set(allowed.flat());
      open.set(
        cell,
        [...new Set(granted)].filter((address) => address.family === family && !excluded.has(address)),
      );
    }
    return { id: `sgr-${i}`, open };
  });

  // A rule that alone opens a service to more than `width` public addresses offends.
  const found: Offence[] = [];
  for (const { id, open } of forbidden) {
    const wide = new Map([...open].filter(([, addresses]) => publicly(addresses) > width));
    if (wide.size > 0) found.push({ rules: [id], open: wide });
  }

  // Of the other rules, those with public addresses offend together where their union is wider than that.
  const sum = new Map<string, Address[]>();
  const contributing = new Set<string>();
  for (const cell of CELLS) {
    const others = forbidden.filter(({ open }) => {
      const count = publicly(open.get(cell) ?? []);
      return 0 < count && count <= width;
    });
    const union = [...new Set(others.flatMap(({ open }) => open.get(cell) ?? []))];
    if (publicly(union) <= width) continue;
    sum.set(cell, union);
    for (const { id } of others) contributing.add(id);
  }
  if (sum.size > 0) found.push({ rules: forbidden.map(({ id }) => id).filter((id) => contributing.has(id)), open: sum });
  return found;
}

function judge({ rules, allow, widthBits }: Scenario): Promise<readonly FindingDraft[]> {
  const lists = new Map<string, readonly Block[]>();
  const written = rules.map(({ service, from }, i) => {
    if (from.kind === "list") lists.set(`pl-${i}`, from.blocks);
    const peer = from.kind === "cidr" ? from.block.cidr : from.kind === "list" ? `pl-${i}` : from.peer;
    return { ...parseRule(`${service?.protocol} ${service?.ports ?? ""} from ${peer}`), id: `sgr-${i}` };
  });
  const options = {
    allow: allow.map(({ service, from }) => ({
      protocol: service?.protocol,
      ...(service?.ports !== undefined && { ports: service.ports }),
      ...(from !== undefined && { from: from.map(({ cidr }) => cidr) }),
    })),
    width: { v4: `/${32 - widthBits}`, v6: `/${128 - widthBits}` },
  };
  return noPublicIngress.withOptions(options, networksOf({})).check(
    new SecurityGroup({ id: "sg-1", rules: written }),
    networkOf({
      "prefix-list": [...lists].map(([id, blocks]) => ({ id, cidrs: blocks.map(({ cidr }) => cidr) })),
      unknown: { "pl-unknown": "denied" },
    }),
  );
}

const SINGLES = new Map(WORLD.map(({ text }) => [text, AddressSet.of(text)]));
const CELL_SERVICES = new Map(CELLS.map((cell) => [cell, ServiceSet.parse(cell)]));

function trafficOf(open: Offence["open"]): TrafficSet {
  return TrafficSet.of(
    [...open].map(([cell, addresses]) => ({
      services: CELL_SERVICES.get(cell) ?? ServiceSet.EMPTY,
      peers: new PeerSet(AddressSet.union(addresses.map(({ text }) => SINGLES.get(text) ?? AddressSet.EMPTY))),
    })),
  );
}

test("the cells are all services, each once", () => {
  expect(ServiceSet.union(CELL_SERVICES.values())).toStrictEqual(ServiceSet.ALL);
  for (const [i, a] of CELLS.entries()) {
    for (const b of CELLS.slice(i + 1)) expect(ServiceSet.parse(a).intersection(ServiceSet.parse(b)).isEmpty()).toBe(true);
  }
});

test("the rule and its definition agree on every finding of 2,500 random groups", async () => {
  const seen = { groups: 0, clean: 0, alone: 0, together: 0 };
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const expected = [...offences(given, 4), ...offences(given, 6)];
      const found = await judge(given);
      expect(found.map(({ rules }) => rules.map(({ id }) => id))).toEqual(expected.map(({ rules }) => rules));
      for (const [i, { open }] of expected.entries()) expect(found[i]?.traffic.equals(trafficOf(open))).toBe(true);
      seen.groups++;
      if (expected.length === 0) seen.clean++;
      if (expected.some(({ rules }) => rules.length === 1)) seen.alone++;
      if (expected.some(({ rules }) => rules.length > 1)) seen.together++;
    }),
    { numRuns: 2500 },
  );
  // Agreement about groups that all are clean, or all are open, would say little.
  expect(seen.groups).toBeGreaterThanOrEqual(2500);
  expect(Math.min(seen.clean, seen.alone, seen.together)).toBeGreaterThan(100);
});

test("cutting the blocks of a guilty group in two never acquits it", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const found = await judge(given);
      fc.pre(found.length > 0);
      const rules = given.rules.flatMap((rule) => {
        if (rule.from.kind !== "cidr" || rule.from.block.addresses.length === 1) return [rule];
        const { addresses, cidr } = rule.from.block;
        const length = Number(cidr.split("/")[1]) + 1;
        const halves = [addresses.slice(0, addresses.length / 2), addresses.slice(addresses.length / 2)];
        return halves.map((half) => ({
          ...rule,
          from: { kind: "cidr" as const, block: { cidr: `${half[0]?.text}/${length}`, addresses: half } },
        }));
      });
      expect((await judge({ ...given, rules })).length).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});
