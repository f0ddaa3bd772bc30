import type { Bits } from "./addresses.ts";
import { at, FAMILIES, type Points } from "./points.ts";
import { CELLS, SHAPES, type Shape } from "./services.ts";

/** Something that one EC2 rule admits, or several where it takes more to name a cell. */
interface Candidate {
  readonly cells: ReadonlySet<number>;
  readonly bits: Bits;
  readonly cost: number;
}

// A cell that no single rule names; all other shapes take one.
const UNNAMED: readonly Shape[] = CELLS.flatMap(({ text, cost }, cell) => (cost > 1 ? [{ protocol: text, cells: [cell] }] : []));

/**
 * How many EC2 rules it takes at least to admit exactly these points; `whole` names the addresses that one peer stands for, a prefix
 * list's. Searched: the point with the fewest ways to admit it is admitted in each of them in turn, until no better way can be left.
 */
export function fewestRules(points: Points, whole: { readonly [Family in 4 | 6]: Bits } = { 4: 0n, 6: 0n }): number {
  let sum = 0;
  // A list of both families would be one peer for both; lists here are of one.
  for (const family of FAMILIES) sum += cover(candidatesFor(points, family, whole[family]), elementsOf(points, family), family);
  return sum;
}

function block(first: number, size: number): Bits {
  return ((1n << BigInt(size)) - 1n) << BigInt(first);
}

// The largest blocks in all of whose addresses the same is admitted: nothing smaller can be of use.
function uniformBlocks(points: Points, family: 4 | 6, first = 0, size = 256): Bits[] {
  const bits = block(first, size);
  const mixed = points[family].some((row) => (row & bits) !== 0n && (row & bits) !== bits);
  if (!mixed) return points[family].some((row) => (row & bits) !== 0n) ? [bits] : [];
  return [...uniformBlocks(points, family, first, size / 2), ...uniformBlocks(points, family, first + size / 2, size / 2)];
}

interface Element {
  readonly cell: number;
  readonly bits: Bits;
}

function elementsOf(points: Points, family: 4 | 6): Element[] {
  return uniformBlocks(points, family).flatMap((bits) =>
    CELLS.flatMap((_, cell) => ((at(points, cell, family) & bits) === bits ? [{ cell, bits }] : [])),
  );
}

function candidatesFor(points: Points, family: 4 | 6, whole: Bits): Candidate[] {
  const found: Candidate[] = [];
  const isAll = (bits: Bits, shape: Shape) => shape.cells.every((cell) => (at(points, cell, family) & bits) === bits);
  const add = (bits: Bits, above: readonly Bits[]) => {
    for (const shape of [...SHAPES, ...UNNAMED]) {
      if (!isAll(bits, shape) || above.some((larger) => isAll(larger, shape))) continue;
      const wider = found.some((one) => one.bits === bits && shape.cells.every((cell) => one.cells.has(cell)));
      const [cell = 0] = shape.cells;
      if (!wider) found.push({ cells: new Set(shape.cells), bits, cost: UNNAMED.includes(shape) ? (CELLS[cell]?.cost ?? 1) : 1 });
    }
  };
  const descend = (first: number, size: number, above: readonly Bits[]) => {
    const bits = block(first, size);
    if (points[family].every((row) => (row & bits) === 0n)) return;
    add(bits, above);
    if (points[family].every((row) => (row & bits) === 0n || (row & bits) === bits)) return;
    descend(first, size / 2, [...above, bits]);
    descend(first + size / 2, size / 2, [...above, bits]);
  };
  const above = whole === 0n ? [] : [whole];
  if (whole !== 0n) add(whole, []);
  descend(0, 256, above);
  return found;
}

function cover(candidates: readonly Candidate[], elements: readonly Element[], family: 4 | 6): number {
  const ways = new Map<string, number[]>();
  for (const { cell, bits } of elements) {
    const indexes = candidates.flatMap((one, i) => (one.cells.has(cell) && (one.bits & bits) === bits ? [i] : []));
    if (indexes.length === 0) throw new Error(`nothing admits ${CELLS[cell]?.text} of family ${family}`);
    ways.set(indexes.join(), indexes);
  }
  let best = Number.POSITIVE_INFINITY;
  const search = (open: readonly (readonly number[])[], cost: number) => {
    // Points of which no two can be admitted by one rule need one each.
    if (cost + apart(open, candidates) >= best) return;
    const [hardest] = open;
    if (hardest === undefined) {
      best = cost;
      return;
    }
    for (const index of hardest) {
      search(
        open.filter((way) => !way.includes(index)),
        cost + (candidates[index]?.cost ?? 1),
      );
    }
  };
  search(
    [...ways.values()].sort((a, b) => a.length - b.length),
    0,
  );
  return best;
}

function apart(open: readonly (readonly number[])[], candidates: readonly Candidate[]): number {
  const used = new Set<number>();
  let bound = 0;
  for (const way of open) {
    if (way.some((index) => used.has(index))) continue;
    for (const index of way) used.add(index);
    bound += Math.min(...way.map((index) => candidates[index]?.cost ?? 1));
  }
  return bound;
}
