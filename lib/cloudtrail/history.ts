import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { Change } from "../model/change.ts";
import { sortFiles } from "./archive.ts";
import { InputError, listFiles, STDIN } from "./inputs.ts";
import { inTimeOrder, merge, once } from "./order.ts";
import { unpack } from "./packed.ts";
import type { Batch } from "./read-file.ts";
import { HERE, type Reader, Workers } from "./reader.ts";
import { type Arrival, inWindows } from "./windows.ts";

/** Who is told what while a history is read. */
export interface HistoryOptions {
  /** How many workers read; none reads in this thread. Unless given, one a core but the last, and none for small inputs. */
  readonly jobs?: number;
  /** The folder for temporary files; the system's unless given. */
  readonly temporary?: string;
  /** Told of each part that was read, in the order of the files: which file, its number from 1, and how many there are. */
  readonly onBatch: (path: string, batch: Batch, n: number, total: number) => Promise<void>;
  /** Told of what lies in a folder and cannot be looked into. */
  readonly onUnlisted: (path: string, reason: string) => Promise<void>;
  /** Told of each change that came so late that it stands where it came. */
  readonly onLate: (change: Change) => void;
}

// From here on, workers are worth their start.
const SMALL = 16 * 1024 * 1024;

/**
 * The changes that these files and folders tell of, each once, by time, whatever the number of workers. Files as CloudTrail leaves them
 * in S3 are read in the order of their delivery, in constant memory (see `inWindows`); all others are read first and sorted as a whole,
 * what does not fit into memory in a temporary folder. Throws InputError for a path that does not exist, or a temporary folder that is full.
 */
export async function* readHistory(paths: readonly string[], options: HistoryOptions): AsyncGenerator<Change> {
  const { onBatch, onUnlisted, onLate, temporary } = options;
  const unlisted: (readonly [string, string])[] = [];
  const files = await listFiles(paths, (path, reason) => unlisted.push([path, reason]));
  for (const [path, reason] of unlisted) await onUnlisted(path, reason);
  const { logs, others } = sortFiles(files);
  const jobs = options.jobs ?? ((await areSmall(files)) ? 0 : Math.max(1, availableParallelism() - 1));
  const reader: Reader = jobs === 0 ? HERE : new Workers(Math.min(jobs, files.length));
  const parts = async function* (list: readonly string[], before: number) {
    for await (const { n, batch } of reader.read(list)) {
      await onBatch(list[n] ?? "", batch, before + n + 1, files.length);
      yield { n, batch };
    }
  };
  const apart = async function* (): AsyncGenerator<Change> {
    for await (const { batch } of parts(others, 0)) for (const packed of batch.packed) yield* unpack(packed);
  };
  const delivered = async function* (): AsyncGenerator<Arrival> {
    const list = logs.map(({ path }) => path);
    for await (const { n, batch } of parts(list, others.length)) {
      yield { deliveredAt: logs[n]?.deliveredAt ?? "", packed: batch.packed };
    }
  };
  const place = temporary === undefined ? {} : { temporary };
  try {
    yield* once(merge([inTimeOrder(apart(), place), inWindows(delivered(), { ...place, onLate })]));
  } catch (error) {
    throw explained(error);
  } finally {
    await reader.close();
  }
}

async function areSmall(files: readonly string[]): Promise<boolean> {
  let size = 0;
  for (const path of files) {
    if (path === STDIN) continue;
    // What cannot be read says so when it is read.
    size += await stat(path).then(
      (about) => about.size,
      () => 0,
    );
    if (size > SMALL) return false;
  }
  return true;
}

function explained(error: unknown): unknown {
  if (!(error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT"))) return error;
  const advice = "expected room for the changes in it. Set TMPDIR to a folder with more, or give the files as CloudTrail leaves them in S3";
  return new InputError(`the temporary folder is full (${error.message}): ${advice}, which need little`, { cause: error });
}
