import fc from "fast-check";
import { AddressSet } from "../../lib/model/address-set.ts";
import { contains, type Interval } from "../../lib/model/interval-set.ts";
import { PeerSet } from "../../lib/model/peer-set.ts";
import { ServiceSet } from "../../lib/model/service-set.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import type { SmallUniverse } from "./set-laws.ts";

/** A line cut where something changes: sets of whole cells behave there exactly as sets of single points. */
export function cellsBetween(borders: readonly number[], end: number): Interval<number>[] {
  return borders.map((first, i) => [first, (borders[i + 1] ?? end) - 1]);
}

const BLOCK = 65_536;
const services = (protocol: number, ...slots: number[]) => [0, ...slots].map((slot) => protocol * BLOCK + slot);
const icmp = (type: number, code = 0) => type * 256 + code;

/** The service line cut at the borders of protocols, of ports, and of ICMP types and codes. */
const SERVICE_CELLS = cellsBetween(
  [
    ...services(0),
    ...services(1, icmp(0, 1), icmp(3), icmp(3, 4), icmp(3, 5), icmp(4), icmp(255), icmp(255, 255)),
    ...services(2),
    ...services(6, 1, 22, 23, 255, 256, 257, 65_535),
    ...services(7),
    ...services(17, 53, 54, 65_535),
    ...services(18),
    ...services(58, icmp(2), icmp(3)),
    ...services(59),
    ...services(132),
    ...services(133),
    ...services(255),
  ],
  256 * BLOCK,
);

/** Some cells, in any order, neighbours now apart and now in one piece. */
export function someCells(cells: readonly Interval<number>[]): fc.Arbitrary<Interval<number>[]> {
  const index = fc.nat(cells.length - 1);
  const stretch = fc
    .tuple(index, index)
    .map(([i, j]): Interval<number> => [cells[Math.min(i, j)]?.[0] ?? 0, cells[Math.max(i, j)]?.[1] ?? 0]);
  return fc.array(
    fc.oneof(
      index.map((i): Interval<number> => cells[i] ?? [0, 0]),
      stretch,
    ),
    { maxLength: 6 },
  );
}

export const SERVICES: SmallUniverse<ServiceSet> = {
  sets: someCells(SERVICE_CELLS).map((slots) => ServiceSet.ofSlots(slots)),
  everything: ServiceSet.ALL,
  points: (set) => new Set(SERVICE_CELLS.filter(([first]) => contains(set.slots, first)).map(([first]) => `slot ${first}`)),
};

// In IPv6 the block is named up to half a group, so that hosts always take two digits.
function addressText(base: string, bits: 32 | 128, host: number): string {
  return base + (bits === 32 ? String(host) : host.toString(16).padStart(2, "0"));
}

/** CIDRs of the block `base`, whose last 8 bits are its hosts, as texts; `bits` is the family's. */
export function cidrsWithin(base: string, bits: 32 | 128, shortest = bits - 8): fc.Arbitrary<string> {
  return fc
    .record({ host: fc.nat((1 << (bits - shortest)) - 1), length: fc.integer({ min: shortest, max: bits }) })
    .map(({ host, length }) => `${addressText(base, bits, host)}/${length}`);
}

/** Sets of the addresses of one or more blocks of 256. Blocks are named as the text before their last byte. */
export function addressUniverse(v4: readonly string[], v6: readonly string[], shortest = { v4: 24, v6: 120 }): SmallUniverse<AddressSet> {
  const cidr = fc.oneof(...v4.map((base) => cidrsWithin(base, 32, shortest.v4)), ...v6.map((base) => cidrsWithin(base, 128, shortest.v6)));
  return {
    sets: fc.array(cidr, { maxLength: 6 }).map((cidrs) => AddressSet.of(...cidrs)),
    everything: AddressSet.of(
      ...v4.map((base) => `${addressText(base, 32, 0)}/${shortest.v4}`),
      ...v6.map((base) => `${addressText(base, 128, 0)}/${shortest.v6}`),
    ),
    points: (set) => new Set(addressPoints(set)),
  };
}

function addressPoints(set: AddressSet): string[] {
  const points: string[] = [];
  for (const [first, last] of set.v4) for (let at = first; at <= last; at++) points.push(`v4 ${at}`);
  for (const [first, last] of set.v6) for (let at = first; at <= last; at++) points.push(`v6 ${at}`);
  return points;
}

const FEW_ADDRESSES = addressUniverse(["8.8.8."], ["2600::"], { v4: 29, v6: 126 });
const REFERENCES = ["111122223333/sg-0far", "pl-0list", "sg-0near"];

export const PEERS: SmallUniverse<PeerSet> = {
  sets: fc
    .record({ addresses: FEW_ADDRESSES.sets, references: fc.array(fc.constantFrom(...REFERENCES), { maxLength: 3 }) })
    .map(({ addresses, references }) => new PeerSet(addresses, references)),
  everything: new PeerSet(FEW_ADDRESSES.everything, REFERENCES),
  points: (set) => new Set([...addressPoints(set.addresses), ...set.references]),
};

export const TRAFFIC: SmallUniverse<TrafficSet> = {
  sets: fc.array(fc.record({ services: SERVICES.sets, peers: PEERS.sets }), { maxLength: 4 }).map((boxes) => TrafficSet.of(boxes)),
  everything: TrafficSet.of([{ services: ServiceSet.ALL, peers: PEERS.everything }]),
  points: (set) => {
    const points = set
      .boxes()
      .map((box) => [...SERVICES.points(box.services)].flatMap((slot) => [...PEERS.points(box.peers)].map((peer) => `${slot}, ${peer}`)));
    return new Set(points.flat());
  },
};
