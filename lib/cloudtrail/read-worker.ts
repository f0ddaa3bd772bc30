import { enableCompileCache } from "node:module";
import { parentPort } from "node:worker_threads";
import type { Batch } from "./read-file.ts";

/** What the main thread says: read these files; or a message that was sent before has been taken. */
export type Order = { readonly paths: readonly string[] } | { readonly taken: true };

/** A part of a file, and whether that was the last. */
export interface ToldPart {
  readonly batch: Batch;
  readonly last: boolean;
}

// As many messages may wait in the main thread, a worker.
const MOST_WAITING = 4;
// Each message wakes the main thread, so what many files tell goes in one: as much as a large file tells in one part.
const ENOUGH = 500;

const port = parentPort;
if (port === null) throw new Error("read-worker.ts runs as a worker only");

// A worker begins with no compiled code of its own, whatever the main thread has.
enableCompileCache();
const { readFile } = await import("./read-file.ts");

const orders: (readonly string[])[] = [];
let parts: ToldPart[] = [];
let size = 0;
let waiting = 0;
let wake = () => {};

port.on("message", (order: Order) => {
  if ("paths" in order) orders.push(order.paths);
  else waiting--;
  wake();
});

async function rest(isDue: () => boolean): Promise<void> {
  while (!isDue()) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

async function add(batch: Batch, last: boolean): Promise<void> {
  parts.push({ batch, last });
  // A document that may be a plan can be as large as all else together.
  size += batch.changes + batch.unreadable.length + batch.others.length * ENOUGH;
  if (size >= ENOUGH) await tell();
}

async function tell(): Promise<void> {
  await rest(() => waiting < MOST_WAITING);
  waiting++;
  port?.postMessage(parts);
  parts = [];
  size = 0;
}

// Until it is terminated.
for (;;) {
  await rest(() => orders.length > 0);
  for (const path of orders.shift() ?? []) {
    let before: Batch | undefined;
    for await (const batch of readFile(path)) {
      if (before !== undefined) await add(before, false);
      before = batch;
    }
    if (before !== undefined) await add(before, true);
  }
  if (parts.length > 0) await tell();
}
