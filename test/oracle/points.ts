import type { TrafficSet } from "../../lib/model/traffic.ts";
import { type Bits, bitsOfRange, type Space } from "./addresses.ts";
import { CELLS } from "./services.ts";

/** The two address spaces of a case. */
export interface Universe {
  readonly 4: Space;
  readonly 6: Space;
}
export const FAMILIES = [4, 6] as const;

/** Traffic as the oracle has it: for each family and cell of services, who may use it. */
export type Points = { readonly [Family in 4 | 6]: readonly Bits[] };

export function pointsWhere(bits: (cell: number, family: 4 | 6) => Bits): Points {
  const of = (family: 4 | 6) => CELLS.map((_, cell) => bits(cell, family));
  return { 4: of(4), 6: of(6) };
}

export const NO_POINTS: Points = pointsWhere(() => 0n);
export const at = (points: Points, cell: number, family: 4 | 6): Bits => points[family][cell] ?? 0n;
export const unionOf = (all: readonly Points[]): Points =>
  pointsWhere((cell, family) => all.reduce((union, points) => union | at(points, cell, family), 0n));
export const without = (a: Points, b: Points): Points => pointsWhere((cell, family) => at(a, cell, family) & ~at(b, cell, family));
export const shared = (a: Points, b: Points): Points => pointsWhere((cell, family) => at(a, cell, family) & at(b, cell, family));
export const isNone = (points: Points): boolean => FAMILIES.every((family) => points[family].every((bits) => bits === 0n));
export const isSame = (a: Points, b: Points): boolean =>
  FAMILIES.every((family) => a[family].every((bits, cell) => bits === at(b, cell, family)));

/** The points of the model's traffic, read off its boxes; undefined where it cuts a cell or a block, which nothing here does. */
export function pointsOf(traffic: TrafficSet, universe: Universe): Points | undefined {
  const boxes = traffic.boxes().map(({ services, peers: { addresses } }) => ({
    slots: services.slots,
    4: bitsOfRanges(
      addresses.v4.map(([first, last]) => [BigInt(first), BigInt(last)]),
      universe[4],
    ),
    6: bitsOfRanges(addresses.v6, universe[6]),
  }));
  if (boxes.some((box) => box[4] === undefined || box[6] === undefined)) return undefined;
  let isCut = false;
  const points = pointsWhere((cell, family) => {
    const found = (CELLS[cell]?.slots ?? []).map((slots) => bitsOfStretch(slots, family));
    if (found.some((bits) => bits === undefined || bits !== found[0])) isCut = true;
    return found[0] ?? 0n;
  });
  return isCut ? undefined : points;

  // Of a stretch of services that several boxes share, all must say the same.
  function bitsOfStretch([first, last]: readonly [number, number], family: 4 | 6): Bits | undefined {
    let covered = 0;
    let bits: Bits | undefined;
    for (const box of boxes) {
      for (const [from, to] of box.slots) {
        const length = Math.min(to, last) - Math.max(from, first) + 1;
        if (length <= 0) continue;
        if (bits !== undefined && bits !== box[family]) return undefined;
        bits = box[family];
        covered += length;
      }
    }
    if (covered > 0 && covered < last - first + 1 && bits !== 0n) return undefined;
    return bits ?? 0n;
  }
}

function bitsOfRanges(ranges: readonly (readonly [bigint, bigint])[], space: Space): Bits | undefined {
  let all: Bits = 0n;
  for (const [first, last] of ranges) {
    const bits = bitsOfRange(first, last, space);
    if (bits === undefined) return undefined;
    all |= bits;
  }
  return all;
}
