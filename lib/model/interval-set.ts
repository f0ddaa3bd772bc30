/** A closed interval of a discrete line: both ends belong to it. */
export type Interval<T> = readonly [first: T, last: T];

/** A set of points on a discrete line: intervals sorted, disjoint and never adjacent, so equal sets have equal lists. */
export type Intervals<T> = readonly Interval<T>[];

/** How to step along a line; `number` for IPv4 addresses, ports and services, `bigint` for IPv6. */
export interface Line<T> {
  readonly after: (point: T) => T;
  readonly before: (point: T) => T;
}

export const NUMBERS: Line<number> = { after: (point) => point + 1, before: (point) => point - 1 };
export const BIGINTS: Line<bigint> = { after: (point) => point + 1n, before: (point) => point - 1n };

/** Sorts and merges any intervals into the canonical list. Intervals whose first is above their last are dropped. */
export function normalize<T extends number | bigint>(line: Line<T>, intervals: Iterable<Interval<T>>): Intervals<T> {
  const sorted = [...intervals].filter(([first, last]) => first <= last);
  sorted.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const merged: [T, T][] = [];
  for (const [first, last] of sorted) {
    const top = merged.at(-1);
    if (top !== undefined && first <= line.after(top[1])) {
      if (last > top[1]) top[1] = last;
    } else {
      merged.push([first, last]);
    }
  }
  return merged;
}

export function unite<T extends number | bigint>(line: Line<T>, a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return normalize(line, [...a, ...b]);
}

export function intersect<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  const shared: Interval<T>[] = [];
  let i = reaching(a, b[0]?.[0]);
  let j = reaching(b, a[0]?.[0]);
  for (let x = a[i], y = b[j]; x !== undefined && y !== undefined; x = a[i], y = b[j]) {
    const first = greater(x[0], y[0]);
    const last = lesser(x[1], y[1]);
    if (first <= last) shared.push([first, last]);
    if (x[1] < y[1]) i++;
    else j++;
  }
  return shared;
}

export function subtract<T extends number | bigint>(line: Line<T>, a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (b.length === 0) return a;
  const left: Interval<T>[] = [];
  let j = 0;
  for (const [first, last] of a) {
    let from = first;
    let done = false;
    // Holes that end before this interval starts can never matter again.
    for (let hole = b[j]; hole !== undefined && hole[1] < from; hole = b[++j]);
    for (let k = j, hole = b[k]; hole !== undefined && hole[0] <= last; hole = b[++k]) {
      if (hole[0] > from) left.push([from, line.before(hole[0])]);
      if (hole[1] >= last) {
        done = true;
        break;
      }
      from = line.after(hole[1]);
    }
    if (!done) left.push([from, last]);
  }
  return left;
}

export function same<T>(a: Intervals<T>, b: Intervals<T>): boolean {
  return a.length === b.length && a.every((interval, i) => interval[0] === b[i]?.[0] && interval[1] === b[i]?.[1]);
}

export function contains<T extends number | bigint>(intervals: Intervals<T>, point: T): boolean {
  const nearest = intervals[reaching(intervals, point)];
  return nearest !== undefined && nearest[0] <= point;
}

/** The least index from 0 to `length` for which `holds`; it must hold for every index after that. */
export function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  for (let high = length; low < high; ) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

// The index of the first interval that ends at or after the point: one small set against a large one must not cost a walk.
function reaching<T extends number | bigint>(intervals: Intervals<T>, point: T | undefined): number {
  return firstIndex(intervals.length, (index) => {
    const interval = intervals[index];
    return point === undefined || interval === undefined || interval[1] >= point;
  });
}

// Math.min and Math.max take no bigint.
function lesser<T>(a: T, b: T): T {
  return b < a ? b : a;
}

function greater<T>(a: T, b: T): T {
  return b > a ? b : a;
}
