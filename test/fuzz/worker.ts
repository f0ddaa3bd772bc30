import { parentPort, workerData } from "node:worker_threads";
import type { Json } from "./json.ts";
import { luckOf } from "./random.ts";
import { shrunk } from "./shrink.ts";
import { BrokenProperty, type Target } from "./target.ts";
import { TARGETS } from "./targets/index.ts";

/** What a worker is to do: the inputs of these numbers, every `stride`th one; or one input, to see whether it ends at all. */
export interface Task {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly stride: number;
  readonly targets: readonly string[];
  /** Shared with the one who waits: the number of the input at work. */
  readonly progress: Int32Array;
  /** A file with targets instead of those of the project, for the fuzzer's own tests. */
  readonly targetsFile?: string | undefined;
}

/** An input that broke a property, or the code. */
export interface Find {
  readonly target: string;
  readonly seed: number;
  readonly number: number;
  /** The error's name and message. */
  readonly says: string;
  readonly stack?: string | undefined;
  readonly input: Json;
}

/** The target and the input of a number: the same in every run with this seed and these targets. */
export function inputOf(seed: number, number: number, targets: readonly Target[]): { readonly target: Target; make: () => Json } {
  const rounds = Array.from({ length: ROUNDS }, (_, round) => targets.filter(({ every = 1 }) => round % every === 0)).flat();
  const target = rounds[number % rounds.length];
  if (target === undefined) throw new Error("no targets");
  return { target, make: () => target.make(luckOf(seed, number)) };
}
const ROUNDS = 10;
const SHRINKING_MS = 10_000;

/** The targets of these names, in a file of others if one is given; all where no name is. */
export async function targetsNamed(names: readonly string[], file?: string): Promise<readonly Target[]> {
  const all: readonly Target[] = file === undefined ? TARGETS : (await import(file)).TARGETS;
  const chosen = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  if (chosen.length === 0 || chosen.length < names.length) {
    throw new Error(`found no target for some of ${names.join(", ")}; expected ${all.map(({ name }) => name).join(", ")}`);
  }
  return chosen;
}

async function work({ seed, from, to, stride, targets: names, progress, targetsFile }: Task): Promise<void> {
  const targets = await targetsNamed(names, targetsFile);
  const seen = new Set<string>();
  for (let number = from; number < to; number += stride) {
    Atomics.store(progress, 0, number);
    const { target, make } = inputOf(seed, number, targets);
    const input = make();
    const error = await failure(target, input);
    if (error === undefined) continue;
    const kind = kindOf(target, error);
    if (seen.has(kind)) continue;
    seen.add(kind);
    // What takes long to fail is told as it is, before anybody takes the worker for one that hangs.
    const until = performance.now() + SHRINKING_MS;
    const isSame = async (smaller: Json) => {
      if (performance.now() > until) return false;
      const other = await failure(target, smaller);
      return other !== undefined && kindOf(target, other) === kind;
    };
    const smallest = target.shrinks === false ? input : await shrunk(input, isSame);
    const last = (await failure(target, smallest)) ?? error;
    const find: Find = {
      target: target.name,
      seed,
      number,
      says: `${last.name}: ${last.message}`.slice(0, 3_000),
      stack: last.stack?.slice(0, 3_000),
      input: smallest,
    };
    parentPort?.postMessage(find);
  }
  Atomics.store(progress, 0, to);
}

async function failure(target: Target, input: Json): Promise<Error | undefined> {
  try {
    await target.check(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

// Failures of one kind differ by their values only: quoted texts and numbers.
function kindOf({ name }: Target, error: Error): string {
  const place = error instanceof BrokenProperty ? "" : (/\((.*?:\d+):\d+\)|at (.*?:\d+):\d+/.exec(error.stack ?? "")?.[0] ?? "");
  return [name, error.name, error.message.replace(/"[^"]*"|[\w-]*\d[\w-]*/g, "_").slice(0, 60), place].join("|");
}

if (parentPort !== null) await work(workerData as Task);
