import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  BIGINTS,
  contains,
  firstIndex,
  type Interval,
  type Intervals,
  intersect,
  type Line,
  NUMBERS,
  normalize,
  same,
  subtract,
  unite,
} from "../../lib/model/interval-set.ts";
import { type Algebra, testSetLaws } from "./set-laws.ts";

/** The functions under test, dressed as a set. */
class Points<T extends number | bigint> implements Algebra<Points<T>> {
  readonly line: Line<T>;
  readonly intervals: Intervals<T>;

  constructor(line: Line<T>, intervals: Intervals<T>) {
    this.line = line;
    this.intervals = intervals;
  }

  union(other: Points<T>): Points<T> {
    return new Points(this.line, unite(this.line, this.intervals, other.intervals));
  }

  intersection(other: Points<T>): Points<T> {
    return new Points(this.line, intersect(this.intervals, other.intervals));
  }

  difference(other: Points<T>): Points<T> {
    return new Points(this.line, subtract(this.line, this.intervals, other.intervals));
  }

  covers(other: Points<T>): boolean {
    return other.difference(this).isEmpty();
  }

  equals(other: Points<T>): boolean {
    return same(this.intervals, other.intervals);
  }

  isEmpty(): boolean {
    return this.intervals.length === 0;
  }
}

const LAST = 40;

function testLine<T extends number | bigint>(name: string, line: Line<T>, point: (value: number) => T): void {
  const end = fc.nat(LAST).map(point);
  const interval = fc.tuple(end, end).map(([a, b]): Interval<T> => (a <= b ? [a, b] : [b, a]));
  const everyPoint = Array.from({ length: LAST + 1 }, (_, value) => point(value));
  testSetLaws(name, {
    sets: fc.array(interval, { maxLength: 8 }).map((intervals) => new Points(line, normalize(line, intervals))),
    everything: new Points(line, [[point(0), point(LAST)]]),
    points: (set) => new Set(everyPoint.filter((at) => set.intervals.some(([first, last]) => first <= at && at <= last)).map(String)),
  });

  test(`${name}: normalize sorts, merges neighbours and overlaps, and keeps the points`, () => {
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 12 }), (intervals) => {
        const merged = normalize(line, intervals);
        for (const [i, [first, last]] of merged.entries()) {
          expect(first <= last).toBe(true);
          const next = merged[i + 1];
          if (next !== undefined) expect(line.after(last) < next[0]).toBe(true);
        }
        for (const at of everyPoint) {
          const held = intervals.some(([first, last]) => first <= at && at <= last);
          expect(contains(merged, at)).toBe(held);
        }
      }),
    );
  });
}

testLine("numbers", NUMBERS, Number);
testLine("bigints", BIGINTS, BigInt);

describe("intervals", () => {
  test("one that is reversed holds nothing", () => {
    expect(normalize(NUMBERS, [[5, 3]])).toEqual([]);
  });

  test("the first index from which something holds", () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(60), (length, from) => expect(firstIndex(length, (i) => i >= from)).toBe(Math.min(from, length))),
    );
  });
});
