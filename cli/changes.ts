import { readHistory } from "../lib/cloudtrail/history.ts";
import type { Batch } from "../lib/cloudtrail/read-file.ts";
import type { Change } from "../lib/model/change.ts";
import type { Tally, Unreadable } from "../lib/report/tally.ts";

/** Who is told what, while the changes are read. */
export interface Listeners {
  readonly tally: Tally;
  /** Told of each part of a file, in turn: which file, its number from 1, and how many there are. */
  readonly onFile: (path: string, n: number, total: number) => void;
  readonly onUnreadable: (unreadable: Unreadable) => Promise<void>;
  /** Told of a change that came too late to be judged in its place. */
  readonly onLate?: (change: Change) => void;
}

/**
 * The changes that these files and folders tell of, each once, by time, read by so many workers (see `readHistory`). Throws InputError
 * for a path that does not exist.
 */
export async function* changesIn(paths: readonly string[], listeners: Listeners, jobs?: number): AsyncGenerator<Change> {
  const { tally, onFile, onUnreadable, onLate = () => {} } = listeners;
  let told = 0;
  const onBatch = async (source: string, batch: Batch, n: number, total: number) => {
    told += batch.changes.length;
    tally.records += batch.records;
    for (const [reason, count] of batch.ignored) tally.ignore(reason, count);
    tally.unreadable += batch.unreadable.length;
    for (const unreadable of batch.unreadable) await onUnreadable({ source, ...unreadable });
    onFile(source, n, total);
  };
  const onUnlisted = async (source: string, reason: string) => {
    tally.unreadable++;
    await onUnreadable({ source, index: 0, reason });
  };
  for await (const change of readHistory(paths, { onBatch, onUnlisted, onLate, ...(jobs !== undefined && { jobs }) })) {
    told--;
    yield change;
  }
  tally.ignore("told by another record already", told);
}
