/** Luck that is the same for the same seed. */
export interface Luck {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** One of these. Throws where there is none. */
  pick<T>(from: readonly T[]): T;
  /** True so often out of a hundred times. */
  percent(share: number): boolean;
}

/** Luck from two numbers: the seed of a run and the number of the input (Mulberry32 over a mix of both). */
export function luckOf(seed: number, input: number): Luck {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(input + 1, 0x85ebca6b)) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    pick: (from) => {
      if (from.length === 0) throw new Error("nothing to pick from");
      // The index is below the length.
      return from[below(from.length)] as (typeof from)[number];
    },
    percent: (share) => next() * 100 < share,
  };
}
