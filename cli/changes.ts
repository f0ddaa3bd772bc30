import { readHistory } from "../lib/cloudtrail/history.ts";
import type { Batch } from "../lib/cloudtrail/read-file.ts";
import type { Change } from "../lib/model/change.ts";
import type { Tally, Unreadable } from "../lib/report/tally.ts";
import { type PlanOptions, planIn, type SourcedPlan } from "./plans.ts";

/** Who is told what, while the changes are read. */
export interface Listeners {
  readonly tally: Tally;
  /** Told of each part of a file, in turn: which file, its number from 1, and how many there are. */
  readonly onFile: (path: string, n: number, total: number) => void;
  readonly onUnreadable: (unreadable: Unreadable) => Promise<void>;
  /** Told of a change that came too late to be judged in its place. */
  readonly onLate?: (change: Change) => void;
  /** Told of each plan among the files, and which file it is. */
  readonly onPlan: (plan: SourcedPlan) => void;
}

/** How they are read. */
export interface ReadingOptions extends PlanOptions {
  /** How many workers read; see `readHistory`. */
  readonly jobs?: number;
}

/**
 * The changes that these files and folders tell of, each once, by time; plans among them go to `onPlan`. Throws InputError for a path that does not exist.
 */
export async function* changesIn(paths: readonly string[], listeners: Listeners, options: ReadingOptions = {}): AsyncGenerator<Change> {
  const { tally, onFile, onUnreadable, onLate = () => {}, onPlan } = listeners;
  const { jobs } = options;
  const onOther = async (source: string, { index, document, reason }: Batch["others"][number]) => {
    const planned = await planIn(document, source, options);
    const problems = planned === undefined ? [reason] : "reason" in planned ? [planned.reason] : planned.problems;
    tally.unreadable += problems.length;
    for (const problem of problems) await onUnreadable({ source, index, reason: problem });
    if (planned !== undefined && "reason" in planned) return;
    tally.records++;
    if (planned !== undefined) onPlan({ plan: planned.plan, source });
  };
  let told = 0;
  const onBatch = async (source: string, batch: Batch, n: number, total: number) => {
    told += batch.changes;
    tally.records += batch.records;
    for (const [reason, count] of batch.ignored) tally.ignore(reason, count);
    tally.unreadable += batch.unreadable.length;
    for (const unreadable of batch.unreadable) await onUnreadable({ source, ...unreadable });
    for (const other of batch.others) await onOther(source, other);
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
