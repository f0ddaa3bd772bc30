import { isList, isValues, type Value, type Values } from "./value.ts";

/** Where a map or list begins, and on which lines its names or items stand; lines count from 1. */
interface Position {
  readonly own: number;
  readonly of: ReadonlyMap<string, number>;
}

// Values are plain, so that they can be compared and written; where they came from is kept beside them.
const positions = new WeakMap<object, Position>();

export function noteLines(holder: Values | readonly Value[], own: number, of: ReadonlyMap<string, number> = new Map()): void {
  positions.set(holder, { own, of });
}

/** A copy with the lines of what it was copied from. */
export function withLinesOf<V extends Values | readonly Value[]>(from: Values | readonly Value[], to: V): V {
  const position = positions.get(from);
  if (position !== undefined) positions.set(to, position);
  return to;
}

/** The line of a map or list, or of what it holds under this name; undefined for what no file holds. */
export function lineOf(holder: Value | undefined, name?: string | number): number | undefined {
  const position = isValues(holder) || isList(holder) ? positions.get(holder) : undefined;
  return (name === undefined ? undefined : position?.of.get(String(name))) ?? position?.own;
}

/** The line at the end of a path, or of the last holder on it that a file holds. */
export function lineAt(holder: Value | undefined, path: readonly (string | number)[]): number | undefined {
  let line = lineOf(holder);
  let at = holder;
  for (const step of path) {
    line = lineOf(at, step) ?? line;
    at = isList(at) ? at[Number(step)] : isValues(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return line;
}
