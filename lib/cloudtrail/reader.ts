import { Worker } from "node:worker_threads";
import { STDIN } from "./inputs.ts";
import { type Batch, readFile } from "./read-file.ts";
import type { Order, ToldPart } from "./read-worker.ts";

/** A part of a file, and which one: its place in the list that was read. */
export interface Part {
  readonly n: number;
  readonly batch: Batch;
}

/** Reads files, part by part, in the order of the list. */
export interface Reader {
  read(paths: readonly string[]): AsyncGenerator<Part>;
  close(): Promise<void>;
}

// Files are handed out by so many: each time, and each answer, wakes a thread.
const MOST_AT_ONCE = 16;
// Towards the end by fewer, so that no worker is left with much when all others have nothing.
const TURNS_LEFT = 8;
// Shares that a worker has before it, so that it never waits for the next.
const AHEAD = 2;
// Records and what they unpack to are short-lived; a young heap that grows at will would be most of the memory.
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 512 };

/** Reads in this thread. */
export const HERE: Reader = {
  async *read(paths) {
    for (const [n, path] of paths.entries()) for await (const batch of readFile(path)) yield { n, batch };
  },
  close: async () => {},
};

/** Reads with this many workers, and standard input in this thread. The parts and their order are those of `HERE`. */
export class Workers implements Reader {
  private readonly workers: readonly Crew[];

  constructor(jobs: number) {
    this.workers = Array.from({ length: jobs }, () => new Crew());
  }

  async *read(paths: readonly string[]): AsyncGenerator<Part> {
    const readers = new Map<number, Crew>();
    let next = 0;
    const assign = () => {
      while (next < paths.length) {
        const most = Math.min(MOST_AT_ONCE, Math.ceil((paths.length - next) / (this.workers.length * TURNS_LEFT)));
        const idle = this.workers.reduce((a, b) => (b.before < a.before ? b : a));
        if (idle.before >= most * AHEAD) return;
        const share: string[] = [];
        for (const path of paths.slice(next, next + most)) {
          const n = next++;
          if (path === STDIN) continue;
          readers.set(n, idle);
          share.push(path);
        }
        if (share.length > 0) idle.assign(share);
      }
    };
    for (const [n, path] of paths.entries()) {
      assign();
      const reader = readers.get(n);
      readers.delete(n);
      if (reader === undefined) {
        for await (const batch of readFile(path)) yield { n, batch };
        continue;
      }
      for (let last = false; !last; ) {
        const told = await reader.next();
        last = told.last;
        if (last) assign();
        yield { n, batch: told.batch };
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
  }
}

/** One worker, and what it told and nobody took yet. */
class Crew {
  /** How many files it has been given and was not yet taken the last part of. */
  before = 0;
  private readonly worker = new Worker(new URL("./read-worker.ts", import.meta.url), { resourceLimits: LIMITS });
  private readonly told: (readonly ToldPart[])[] = [];
  private readonly parts: ToldPart[] = [];
  private failure: Error | undefined;
  private wake = () => {};

  constructor() {
    this.worker.on("message", (told: readonly ToldPart[]) => {
      this.told.push(told);
      this.wake();
    });
    this.worker.on("error", (error: Error) => this.fail(error));
    this.worker.on("exit", (code) => this.fail(new Error(`a worker ended with code ${code} before it had read its files`)));
  }

  assign(paths: readonly string[]): void {
    this.before += paths.length;
    this.say({ paths });
  }

  async next(): Promise<ToldPart> {
    for (;;) {
      const part = this.parts.shift();
      if (part !== undefined) {
        if (part.last) this.before--;
        return part;
      }
      const told = this.told.shift();
      if (told !== undefined) {
        this.parts.push(...told);
        this.say({ taken: true });
        continue;
      }
      if (this.failure !== undefined) throw this.failure;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private say(order: Order): void {
    this.worker.postMessage(order);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }
}
