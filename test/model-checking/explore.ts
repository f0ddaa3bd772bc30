import { createHash } from "node:crypto";
import type { Scheduler } from "./scheduler.ts";

/** A world with actors that have begun, and what is to hold when they are done. */
export interface Started {
  readonly scheduler: Scheduler;
  /** Everything outside of the actors, as text. */
  snapshot(): string;
  /** When nothing can happen any more: throws where something does not hold. */
  finish(): Promise<void>;
}

/** How much was explored. */
export interface Explored {
  /** Different states of world and actors. */
  readonly states: number;
  /** Ways to go on from them: each was taken. */
  readonly steps: number;
  /** States in which nothing could happen any more: each was checked. */
  readonly ends: number;
  /** Calls of the longest schedule. */
  readonly longest: number;
}

/** Thrown for a schedule after which something does not hold; the message has all of its calls. */
class ScheduleError extends Error {
  override readonly name = "ScheduleError";
}

// More calls than any schedule here takes: who goes on after so many, goes on for ever.
const FOREVER = 400;

/**
 * Explores every order in which the calls of the actors can come, breadth first: starts the world anew for each, since what runs
 * cannot be copied, and goes on from a state only once. Throws ScheduleError for the first schedule that ends badly.
 */
export async function explore(start: () => Promise<Started>): Promise<Explored> {
  const seen = new Set<string>();
  const queue: (readonly number[])[] = [[]];
  let [steps, ends, longest] = [0, 0, 0];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const started = await start();
    const { scheduler } = started;
    const taken: string[] = [];
    for (let depth = 0; ; depth++) {
      const due = scheduler.due();
      const isNew = depth >= path.length;
      if (isNew) {
        const key = createHash("sha1").update(started.snapshot()).update(scheduler.state()).digest("base64");
        if (seen.has(key)) break;
        seen.add(key);
        const here: readonly number[] = [...path, ...Array.from({ length: depth - path.length }, () => 0)];
        for (let other = 1; other < due.length; other++) queue.push([...here, other]);
        steps += due.length;
      }
      const call = due[isNew ? 0 : (path[depth] ?? 0)];
      if (call === undefined) {
        ends++;
        longest = Math.max(longest, depth);
        await orThrow(started, taken);
        break;
      }
      taken.push(`${call.actor}: ${call.name}`);
      if (depth > FOREVER) throw new ScheduleError(`no end after ${FOREVER} calls\n${taken.join("\n")}`);
      await scheduler.step(call);
    }
  }
  return { states: seen.size, steps, ends, longest };
}

async function orThrow(started: Started, taken: readonly string[]): Promise<void> {
  try {
    await started.finish();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ScheduleError(`${message}\nafter\n${taken.join("\n")}`, { cause: error });
  }
}
