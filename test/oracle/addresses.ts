import type { Random } from "./random.ts";

/**
 * 256 blocks of addresses, numbered from 0: the oracle's address space of one family. They are laid over a part of the real one, so
 * that each number stands for 2^shift real addresses.
 */
export interface Space {
  readonly family: 4 | 6;
  /** The first real address. */
  readonly base: bigint;
  readonly shift: number;
  /** How many addresses of each block a packet from the internet can have as its source. */
  readonly publicSizes: readonly bigint[];
}

/** An aligned power of two of blocks: what one CIDR names. */
export interface Block {
  readonly family: 4 | 6;
  readonly first: number;
  /** 1, 2, 4, ... 256. */
  readonly size: number;
}

/** A set of numbers from 0 to 255, as the bits of one integer. */
export type Bits = bigint;

// What the IANA special-purpose registries, multicast and 240.0.0.0/4 keep off the internet, as first address and number of bits that are free.
const SPECIAL: Readonly<Record<4 | 6, readonly (readonly [first: bigint, free: number])[]>> = {
  4: [
    [0x00000000n, 24],
    [0x0a000000n, 24],
    [0x64400000n, 22],
    [0x7f000000n, 24],
    [0xa9fe0000n, 16],
    [0xac100000n, 20],
    [0xc0000000n, 8],
    [0xc0000200n, 8],
    [0xc0a80000n, 16],
    [0xc6120000n, 17],
    [0xc6336400n, 8],
    [0xcb007100n, 8],
    [0xe0000000n, 29],
  ],
  6: [
    [0n, 120],
    [0x0100n << 112n, 64],
    [0x20010db8n << 96n, 96],
    [0x3fffn << 112n, 108],
    [0xfcn << 120n, 121],
    [0xfe80n << 112n, 119],
    [0xffn << 120n, 120],
  ],
};

function spaceOf(family: 4 | 6, base: bigint, shift: number): Space {
  const publicSizes = Array.from({ length: 256 }, (_, number) => {
    const first = base + (BigInt(number) << BigInt(shift));
    const last = first + (1n << BigInt(shift)) - 1n;
    let size = last - first + 1n;
    for (const [from, free] of SPECIAL[family]) {
      const to = from + (1n << BigInt(free)) - 1n;
      const shared = (to < last ? to : last) - (from > first ? from : first) + 1n;
      if (shared > 0n) size -= shared;
    }
    return size;
  });
  return { family, base, shift, publicSizes };
}

/** All of IPv4, three parts of it that hold private addresses, and one that is public throughout. */
export const V4_SPACES = [
  spaceOf(4, 0n, 24),
  spaceOf(4, 0xac000000n, 16),
  spaceOf(4, 0xc6000000n, 16),
  spaceOf(4, 0x64000000n, 16),
  spaceOf(4, 0x08080800n, 0),
] as const;
/** The same of IPv6. */
export const V6_SPACES = [
  spaceOf(6, 0n, 120),
  spaceOf(6, 0x20010d00n << 96n, 96),
  spaceOf(6, 0xfen << 120n, 112),
  spaceOf(6, 0x2600n << 112n, 0),
] as const;

export const bitsOf = ({ first, size }: Block): Bits => ((1n << BigInt(size)) - 1n) << BigInt(first);

export function numbersIn(bits: Bits): number[] {
  const numbers: number[] = [];
  for (let number = 0, left = bits; left !== 0n; number++, left >>= 1n) if ((left & 1n) === 1n) numbers.push(number);
  return numbers;
}

export function publicSizeOf(bits: Bits, { publicSizes }: Space): bigint {
  let size = 0n;
  for (const number of numbersIn(bits)) size += publicSizes[number] ?? 0n;
  return size;
}

/** The block as a CIDR that names one of its addresses, not always the first: EC2 drops host bits, and so must the model. */
export function cidrOf({ family, first, size }: Block, { base, shift }: Space): string {
  const bits = family === 4 ? 32 : 128;
  const named = base + (BigInt(first + (size > 2 ? 1 : 0)) << BigInt(shift));
  const text =
    family === 4
      ? [24n, 16n, 8n, 0n].map((by) => (named >> by) & 255n).join(".")
      : [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((by) => ((named >> by) & 0xffffn).toString(16)).join(":");
  return `${text}/${bits - shift - Math.log2(size)}`;
}

export function someBlock(random: Random, family: 4 | 6 = random.of(4, 4, 6)): Block {
  // Blocks of about the width that is judged are where the rule has to decide.
  const size = random.of(1, 2, 4, 8, 16, 16, 32, 32, 64, 128, 256);
  return { family, first: random.below(256 / size) * size, size };
}

/** The blocks of a range of real addresses, both ends inclusive; undefined where it cuts one, or leaves the space. */
export function bitsOfRange(first: bigint, last: bigint, { base, shift }: Space): Bits | undefined {
  const block = 1n << BigInt(shift);
  const [from, to] = [first - base, last + 1n - base];
  if (from < 0n || to > block * 256n || from % block !== 0n || to % block !== 0n) return undefined;
  return ((1n << (to / block)) - 1n) & ~((1n << (from / block)) - 1n);
}
