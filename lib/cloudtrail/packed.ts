import type { Change } from "../model/change.ts";

/**
 * Changes of one hour, as the text of a JSON list. What waits for its turn waits as text: it goes from thread to thread and to a file
 * as it is, and is nothing for the garbage collector to walk through.
 */
export interface Packed {
  /** ISO 8601, to the hour. */
  readonly hour: string;
  readonly count: number;
  readonly text: string;
}

/** These changes by their hours, in each in their order. */
export function pack(changes: readonly Change[]): readonly Packed[] {
  return [...Map.groupBy(changes, ({ at }) => at.slice(0, 13))].map(([hour, own]) => packAs(hour, own));
}

/** These changes as if they were of this hour. */
export function packAs(hour: string, changes: readonly Change[]): Packed {
  return { hour, count: changes.length, text: JSON.stringify(changes) };
}

/** The changes again. */
export function unpack({ text }: Packed): readonly Change[] {
  // Not checked again: this process wrote it.
  const changes: readonly Change[] = JSON.parse(text);
  return changes;
}
