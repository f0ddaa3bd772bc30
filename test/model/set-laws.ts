import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

/** What every set of the model can do. */
export interface Algebra<S> {
  union(other: S): S;
  intersection(other: S): S;
  difference(other: S): S;
  covers?(other: S): boolean;
  overlaps?(other: S): boolean;
  equals(other: S): boolean;
  isEmpty(): boolean;
}

/** Sets over a universe so small that a JavaScript Set of its points is the oracle. */
export interface SmallUniverse<S> {
  readonly sets: fc.Arbitrary<S>;
  readonly everything: S;
  /** The points that a set holds, found without the set's own algebra. */
  points(set: S): ReadonlySet<string>;
}

type Law<S> = (a: S, b: S, c: S, not: (set: S) => S) => readonly [left: S, right: S];

/** Tests that sets of one kind obey the laws of sets, agree with plain Sets, and have one form for each value. */
export function testSetLaws<S extends Algebra<S>>(kind: string, { sets, everything, points }: SmallUniverse<S>): void {
  const laws: Record<string, Law<S>> = {
    "union commutes": (a, b) => [a.union(b), b.union(a)],
    "union associates": (a, b, c) => [a.union(b).union(c), a.union(b.union(c))],
    "union is idempotent": (a) => [a.union(a), a],
    "intersection commutes": (a, b) => [a.intersection(b), b.intersection(a)],
    "intersection associates": (a, b, c) => [a.intersection(b).intersection(c), a.intersection(b.intersection(c))],
    "intersection is idempotent": (a) => [a.intersection(a), a],
    "intersection distributes over union": (a, b, c) => [a.intersection(b.union(c)), a.intersection(b).union(a.intersection(c))],
    "union distributes over intersection": (a, b, c) => [a.union(b.intersection(c)), a.union(b).intersection(a.union(c))],
    "union absorbs intersection": (a, b) => [a.union(a.intersection(b)), a],
    "intersection absorbs union": (a, b) => [a.intersection(a.union(b)), a],
    "De Morgan, of a union": (a, b, _, not) => [not(a.union(b)), not(a).intersection(not(b))],
    "De Morgan, of an intersection": (a, b, _, not) => [not(a.intersection(b)), not(a).union(not(b))],
    "the complement of a complement is the set": (a, _b, _c, not) => [not(not(a)), a],
    "difference is intersection with the complement": (a, b, _, not) => [a.difference(b), a.intersection(not(b))],
    "difference of a difference is intersection": (a, b) => [a.difference(a.difference(b)), a.intersection(b)],
    "difference by a union is difference twice": (a, b, c) => [a.difference(b.union(c)), a.difference(b).difference(c)],
    "a set is what another leaves of it and what they share": (a, b) => [a.difference(b).union(a.intersection(b)), a],
  };

  describe(`${kind}: laws`, () => {
    test.each(Object.entries(laws))("%s", (_, law) => {
      fc.assert(
        fc.property(sets, sets, sets, (a, b, c) => {
          const [left, right] = law(a, b, c, (set) => everything.difference(set));
          expect(left.equals(right)).toBe(true);
          expect(left).toStrictEqual(right);
        }),
        { numRuns: 60 },
      );
    });
  });

  describe(`${kind}: against plain Sets`, () => {
    test("union, intersection and difference", () => {
      fc.assert(
        fc.property(sets, sets, (a, b) => {
          const [left, right] = [points(a), points(b)];
          expect(points(a.union(b))).toEqual(new Set([...left, ...right]));
          expect(points(a.intersection(b))).toEqual(new Set([...left].filter((point) => right.has(point))));
          expect(points(a.difference(b))).toEqual(new Set([...left].filter((point) => !right.has(point))));
        }),
      );
    });

    test("covers, overlaps, equals and isEmpty, also for sets that are close to each other", () => {
      const near = fc
        .tuple(sets, sets)
        .chain(([a, b]) => fc.constantFrom<[S, S][]>([a, b], [a, a.union(b)], [a, a.difference(b)], [a.union(b), b.union(a)]));
      fc.assert(
        fc.property(near, ([a, b]) => {
          const [left, right] = [points(a), points(b)];
          if (a.covers !== undefined) expect(a.covers(b)).toBe([...right].every((point) => left.has(point)));
          if (a.overlaps !== undefined) expect(a.overlaps(b)).toBe([...right].some((point) => left.has(point)));
          expect(a.equals(b)).toBe(left.size === right.size && [...right].every((point) => left.has(point)));
          expect(a.isEmpty()).toBe(left.size === 0);
        }),
      );
    });
  });
}
