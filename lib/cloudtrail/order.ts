import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Change } from "../model/change.ts";
import { Splitter } from "./splitter.ts";

/** How many changes are sorted in memory at a time. */
const CHUNK = 50_000;
// Each run is an open file while runs are merged.
const MOST_RUNS = 100;

export interface OrderOptions {
  /** How many changes may stay in memory. */
  readonly chunk?: number;
  /** The folder for temporary files; the system's unless given. */
  readonly temporary?: string;
}

/**
 * The changes by time, each once though several files tell of it. CloudTrail keeps whole seconds, so within one a resource
 * is created first and deleted last, what groups refer to comes before the groups, rules are granted before they are
 * revoked, and the rest stands by id. Up to `chunk` changes stay in memory; more go through a folder of temporary files,
 * which is removed in the end.
 */
export async function* inTimeOrder(changes: AsyncIterable<Change>, options: OrderOptions = {}): AsyncGenerator<Change> {
  const { chunk = CHUNK, temporary = tmpdir() } = options;
  let folder: string | undefined;
  let runs: string[] = [];
  let files = 0;
  let held: Change[] = [];
  const spill = async (sorted: Iterable<Change> | AsyncIterable<Change>) => {
    folder ??= await mkdtemp(join(temporary, "portcullis-"));
    const path = join(folder, `${files++}.json`);
    await pipeline(Readable.from(asList(sorted)), createWriteStream(path));
    return path;
  };
  try {
    for await (const change of changes) {
      if (held.length >= chunk) {
        runs.push(await spill(held.sort(compare)));
        held = [];
        if (runs.length >= MOST_RUNS) {
          const merged = await spill(merge(runs.map(readRun)));
          await Promise.all(runs.map((path) => rm(path)));
          runs = [merged];
        }
      }
      held.push(change);
    }
    held.sort(compare);
    yield* once(runs.length === 0 ? held : merge([...runs.map(readRun), fromMemory(held)]));
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

function compare(a: Change, b: Change): number {
  return inOrder(a.at, b.at) || stage(a) - stage(b) || inOrder(a.id, b.id) || inOrder(a.subject.id, b.subject.id);
}

// Plain comparison of code units, since that of a locale is slower and may differ from one machine to the next.
function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// Granted before revoked, so that a hole which stood for less than a second is still judged while it stands; whether
// the value is there afterwards is for the world to know, which saw what stood before.
const STAGES = [
  "created",
  "changed",
  "group-created",
  "rules-granted",
  "rules-modified",
  "rules-described",
  "rules-revoked",
  "group-deleted",
] as const;

function stage({ claim }: Change): number {
  if (claim?.kind !== "effects") return STAGES.indexOf(claim?.kind ?? "rules-granted");
  // What is made comes before what changes it. What is deleted was let go by all others before.
  const ops = new Set(claim.effects.map(({ op }) => op));
  return ops.has("delete") ? STAGES.length : STAGES.indexOf(ops.has("create") ? "created" : "changed");
}

/** Sorted changes, each once. */
export async function* once(sorted: Iterable<Change> | AsyncIterable<Change>): AsyncGenerator<Change> {
  let last: Change | undefined;
  for await (const change of sorted) {
    if (last === undefined || compare(last, change) !== 0) yield change;
    last = change;
  }
}

interface Head {
  readonly change: Change;
  readonly rest: AsyncIterator<Change>;
}

/** What several sorted streams tell, as one. All of them are closed in the end. */
export async function* merge(runs: readonly AsyncGenerator<Change>[]): AsyncGenerator<Change> {
  // From last to first, so that the next change is popped from the end.
  const heads: Head[] = [];
  const advance = async (rest: AsyncIterator<Change>) => {
    const next = await rest.next();
    if (next.done !== true) insert(heads, { change: next.value, rest });
  };
  try {
    for (const run of runs) await advance(run);
    for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
      yield head.change;
      await advance(head.rest);
    }
  } finally {
    // Closes the files of a merge that nobody reads to its end.
    await Promise.all(runs.map((run) => run.return(undefined)));
  }
}

function insert(heads: Head[], head: Head): void {
  let low = 0;
  let high = heads.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = heads[middle];
    if (other !== undefined && compare(other.change, head.change) > 0) low = middle + 1;
    else high = middle;
  }
  heads.splice(low, 0, head);
}

async function* asList(changes: Iterable<Change> | AsyncIterable<Change>): AsyncGenerator<string> {
  let before = "[";
  for await (const change of changes) {
    yield `${before}${JSON.stringify(change)}`;
    before = ",";
  }
  yield "]";
}

/** The changes of a temporary file: a list of them, or a list a line. */
export async function* readRun(path: string): AsyncGenerator<Change> {
  const splitter = new Splitter();
  const chunks: AsyncIterable<Buffer> = createReadStream(path);
  for await (const chunk of chunks) {
    for (const piece of splitter.push(chunk)) {
      if (!("bytes" in piece)) throw new Error(`the temporary file ${path} has been damaged: ${JSON.stringify(piece)}`);
      // Not checked again: this process wrote it a moment ago.
      const change: Change = JSON.parse(piece.bytes.toString("utf8"));
      yield change;
    }
  }
  for (const piece of splitter.end()) throw new Error(`the temporary file ${path} has been damaged: ${JSON.stringify(piece)}`);
}

async function* fromMemory(changes: readonly Change[]): AsyncGenerator<Change> {
  yield* changes;
}
