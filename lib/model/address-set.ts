import { cidrsOfV4, cidrsOfV6, parseCidr } from "./cidr.ts";
import { BIGINTS, type Interval, type Intervals, intersect, NUMBERS, normalize, same, subtract, unite } from "./interval-set.ts";

/** How many addresses of each family a set holds. */
export interface AddressCount {
  readonly v4: bigint;
  readonly v6: bigint;
}

/** An immutable set of IPv4 and IPv6 addresses, judged by what it holds and never by how it was written. */
export class AddressSet {
  readonly v4: Intervals<number>;
  readonly v6: Intervals<bigint>;

  private constructor(v4: Intervals<number>, v6: Intervals<bigint>) {
    this.v4 = v4;
    this.v6 = v6;
  }

  static readonly EMPTY = new AddressSet([], []);
  static readonly ALL_V4 = new AddressSet([[0, 2 ** 32 - 1]], []);
  static readonly ALL_V6 = new AddressSet([], [[0n, (1n << 128n) - 1n]]);
  static readonly ALL = new AddressSet(AddressSet.ALL_V4.v4, AddressSet.ALL_V6.v6);

  /** The addresses of these CIDRs together. Throws InvalidCidrError. */
  static of(...cidrs: readonly string[]): AddressSet {
    const v4: Interval<number>[] = [];
    const v6: Interval<bigint>[] = [];
    for (const cidr of cidrs) {
      const parsed = parseCidr(cidr);
      if (parsed.family === 4) v4.push(parsed.range);
      else v6.push(parsed.range);
    }
    return new AddressSet(normalize(NUMBERS, v4), normalize(BIGINTS, v6));
  }

  static union(sets: Iterable<AddressSet>): AddressSet {
    const v4: Interval<number>[] = [];
    const v6: Interval<bigint>[] = [];
    for (const set of sets) {
      v4.push(...set.v4);
      v6.push(...set.v6);
    }
    return new AddressSet(normalize(NUMBERS, v4), normalize(BIGINTS, v6));
  }

  union(other: AddressSet): AddressSet {
    return new AddressSet(unite(NUMBERS, this.v4, other.v4), unite(BIGINTS, this.v6, other.v6));
  }

  intersection(other: AddressSet): AddressSet {
    return new AddressSet(intersect(this.v4, other.v4), intersect(this.v6, other.v6));
  }

  difference(other: AddressSet): AddressSet {
    return new AddressSet(subtract(NUMBERS, this.v4, other.v4), subtract(BIGINTS, this.v6, other.v6));
  }

  /** The addresses of one family only. */
  family(family: 4 | 6): AddressSet {
    return family === 4 ? new AddressSet(this.v4, []) : new AddressSet([], this.v6);
  }

  covers(other: AddressSet): boolean {
    return other.difference(this).isEmpty();
  }

  overlaps(other: AddressSet): boolean {
    return !this.intersection(other).isEmpty();
  }

  isEmpty(): boolean {
    return this.v4.length === 0 && this.v6.length === 0;
  }

  equals(other: AddressSet): boolean {
    return same(this.v4, other.v4) && same(this.v6, other.v6);
  }

  size(): AddressCount {
    return {
      v4: BigInt(this.v4.reduce((sum, [first, last]) => sum + last - first + 1, 0)),
      v6: this.v6.reduce((sum, [first, last]) => sum + last - first + 1n, 0n),
    };
  }

  /** The minimal list of CIDRs that covers exactly this set, IPv4 first, ascending. */
  cidrs(): string[] {
    return [...this.v4.flatMap(cidrsOfV4), ...this.v6.flatMap(cidrsOfV6)];
  }

  /** The smallest CIDR that covers this set, which must not be empty and of one family only. */
  span(): string {
    if (this.v4.length > 0) return spanOf(this.v4, BigInt, (first, last) => cidrsOfV4([Number(first), Number(last)]));
    return spanOf(
      this.v6,
      (address) => address,
      (first, last) => cidrsOfV6([first, last]),
    );
  }

  toString(): string {
    return this.cidrs().join(", ");
  }
}

function spanOf<T>(intervals: Intervals<T>, exact: (address: T) => bigint, cidrs: (first: bigint, last: bigint) => string[]): string {
  const [first, last] = [intervals.at(0)?.[0], intervals.at(-1)?.[1]];
  if (first === undefined || last === undefined) throw new Error("no CIDR covers nothing");
  let free = 0n;
  while (exact(first) >> free !== exact(last) >> free) free++;
  const start = (exact(first) >> free) << free;
  return cidrs(start, start + (1n << free) - 1n).join();
}

/**
 * Addresses that packets from the internet can carry as their source: all but the blocks that the IANA special-purpose
 * registries (RFC 6890), multicast and 240.0.0.0/4 keep off it. IPv6 space that is merely
 * unallocated counts as public, since it may be allocated tomorrow.
 */
export const PUBLIC_ADDRESSES = AddressSet.ALL.difference(
  AddressSet.of(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/8",
    "100::/64",
    "2001:db8::/32",
    "3fff::/20",
    "fc00::/7",
    "fe80::/9",
    "ff00::/8",
  ),
);
