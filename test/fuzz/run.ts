// Throws mutated inputs at everything that reads what others write, and insists on its promises (targets/).
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { optionsOrHelp, wholeNumber } from "../support/long-run.ts";
import { type Find, inputOf, type Task, targetsNamed } from "./worker.ts";

const HELP = `npm run fuzz -- [--inputs 1000000] [--seed 7] [--target NAME ...]

Damages recorded events, histories, policies, plans, templates and Slack requests, by their structure, and gives them to what reads
them: it may not crash, run for ever, or call clean what it could not read.

Options
  --inputs n     how many; 1000000 unless told, which takes an hour or so
  --seed n       printed, and another each time unless told; the same seed makes the same inputs
  --target name  one of test/fuzz/targets; all unless told, and may be given more than once
  --workers n    how many run at once; 2 unless told
  --patience n   how many seconds one input may take; 30 unless told
  --finds folder where finds are saved, as small as they get; test/fuzz/finds unless told
  --help         this text

Ends with 1 where something was found.
`;
const options = optionsOrHelp(HELP, {
  inputs: { type: "string", default: "1000000" },
  seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  workers: { type: "string", default: "2" },
  patience: { type: "string", default: "30" },
  target: { type: "string", multiple: true, default: [] },
  "targets-file": { type: "string" },
  finds: { type: "string", default: join(import.meta.dirname, "finds") },
});
const [inputs, seed, workers, patience] = [
  wholeNumber("inputs", options.inputs, 0, HELP),
  wholeNumber("seed", options.seed, 0, HELP),
  wholeNumber("workers", options.workers, 1, HELP),
  wholeNumber("patience", options.patience, 1, HELP),
];
const LOOK_MS = 250;
const NOT_STARTED = -1;
const MEMORY_MB = 512;
const started = performance.now();
const finds: Find[] = [];
const done = Array.from({ length: workers }, () => 0);

process.stdout.write(`fuzzing ${inputs.toLocaleString("en")} inputs with --seed ${seed} on ${workers} workers\n`);
const ticker = setInterval(tell, 10_000);
await Promise.all(done.map((_, n) => share(n)));
clearInterval(ticker);
tell();
for (const find of finds) process.stdout.write(`\n${await saved(find)}\n${find.says}\n${find.stack ?? ""}\n`);
process.stdout.write(finds.length === 0 ? "nothing found\n" : `\n${finds.length} found\n`);
process.exitCode = finds.length === 0 ? 0 : 1;

function tell(): void {
  const count = done.reduce((sum, one) => sum + one, 0);
  const seconds = (performance.now() - started) / 1_000;
  process.stdout.write(`${count.toLocaleString("en")} inputs in ${seconds.toFixed(0)} s, ${finds.length} found\n`);
}

/** One worker's share; where an input never ends or fills the memory, that is a find, and another worker goes on after it. */
async function share(n: number): Promise<void> {
  for (let from = n; from < inputs; ) {
    const stuck = await runWorker(n, from);
    if (stuck === undefined) return;
    const { target, make } = inputOf(seed, stuck.number, await targetsNamed(options.target, options["targets-file"]));
    finds.push({ target: target.name, seed, number: stuck.number, says: stuck.says, input: make() });
    from = stuck.number + workers;
  }
}

interface Stuck {
  readonly number: number;
  readonly says: string;
}

async function runWorker(n: number, from: number): Promise<Stuck | undefined> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  // Until the worker has started, which on a busy machine takes its time.
  progress[0] = NOT_STARTED;
  const task: Task = { seed, from, to: inputs, stride: workers, targets: options.target, progress, targetsFile: options["targets-file"] };
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  worker.on("message", (find: Find) => void finds.push(find));
  const ended = new Promise<Stuck | undefined>((resolve) => {
    worker.once("error", (error) =>
      resolve({ number: Math.max(from, Atomics.load(progress, 0)), says: `the worker died: ${String(error)}` }),
    );
    worker.once("exit", () => resolve(undefined));
  });
  let [last, since] = [-1, performance.now()];
  let says: Stuck | undefined;
  const look = setInterval(() => {
    const number = Atomics.load(progress, 0);
    if (number === NOT_STARTED) return;
    done[n] = Math.min(Math.ceil(inputs / workers), Math.floor(number / workers));
    if (number !== last) [last, since] = [number, performance.now()];
    else if (performance.now() - since > patience * 1_000) {
      says ??= { number, says: `it did not end within ${patience} s` };
      void worker.terminate();
    }
  }, LOOK_MS);
  const stuck = await ended;
  clearInterval(look);
  done[n] = Math.min(Math.ceil(inputs / workers), Math.floor(Atomics.load(progress, 0) / workers));
  return says ?? stuck;
}

async function saved(find: Find): Promise<string> {
  const { target, says, input } = find;
  const text = `${written({ target, says, input })}\n`;
  const file = join(options.finds, `${target}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}.json`);
  await mkdir(options.finds, { recursive: true });
  await writeFile(file, text);
  return `${file} (input ${find.number} of --seed ${find.seed})`;
}

// Indented where that is possible: JSON that nests too deeply for its own writer is told by the number of the input alone.
function written(find: Pick<Find, "target" | "says" | "input">): string {
  try {
    return JSON.stringify(find, null, 2);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify({ ...find, input: "nests too deeply to be written" }, null, 2);
  }
}
