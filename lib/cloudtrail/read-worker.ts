import { enableCompileCache } from "node:module";
import { parentPort } from "node:worker_threads";
import type { Batch } from "./read-file.ts";

/** What the main thread says: read this file; or a part that was sent before has been taken. */
export type Order = { readonly path: string } | { readonly taken: true };

/** What a worker says: a part of the file it reads, and whether that was the last. */
export interface Told {
  readonly batch: Batch;
  readonly last: boolean;
}

// As many parts may wait in the main thread, a worker.
const MOST_WAITING = 16;

const port = parentPort;
if (port === null) throw new Error("read-worker.ts runs as a worker only");

// A worker begins with no compiled code of its own, whatever the main thread has.
enableCompileCache();
const { readFile } = await import("./read-file.ts");

const paths: string[] = [];
let waiting = 0;
let wake = () => {};

port.on("message", (order: Order) => {
  if ("path" in order) paths.push(order.path);
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

async function tell(told: Told): Promise<void> {
  await rest(() => waiting < MOST_WAITING);
  waiting++;
  port?.postMessage(told);
}

// Until it is terminated.
for (;;) {
  await rest(() => paths.length > 0);
  const path = paths.shift() ?? "";
  let before: Batch | undefined;
  for await (const batch of readFile(path)) {
    if (before !== undefined) await tell({ batch: before, last: false });
    before = batch;
  }
  if (before !== undefined) await tell({ batch: before, last: true });
}
