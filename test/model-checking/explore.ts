import { createHash } from "node:crypto";
import { commute, type Scheduler } from "./scheduler.ts";

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

/** A state to go on from, and what need not be tried there: calls whose other order with one before them was taken already. */
interface Branch {
  readonly path: readonly number[];
  readonly asleep: ReadonlySet<string>;
}
const NONE: ReadonlySet<string> = new Set();

/**
 * Explores every order in which the calls of the actors can come, depth first: starts the world anew for each, since what runs cannot be
 * copied, and goes on from a state only once. Of two calls that commute it takes one order where both come to the same state, by sleep
 * sets (Godefroid, Partial-Order Methods for the Verification of Concurrent Systems, 1996): no state is left out. Throws ScheduleError
 * for the first schedule that ends badly.
 */
export async function explore(start: () => Promise<Started>, doCommute = commute): Promise<Explored> {
  // Of each state, the calls that were not tried from there.
  const seen = new Map<string, ReadonlySet<string>>();
  const branches: Branch[] = [{ path: [], asleep: NONE }];
  let [steps, ends, longest] = [0, 0, 0];
  for (let branch = branches.pop(); branch !== undefined; branch = branches.pop()) {
    const started = await start();
    const { scheduler } = started;
    const path = [...branch.path];
    const taken: string[] = [];
    let { asleep } = branch;
    for (let depth = 0; ; depth++) {
      const due = scheduler.due();
      if (depth === path.length) {
        const key = createHash("sha1").update(started.snapshot()).update(scheduler.state()).digest("base64");
        const untried = seen.get(key);
        const chosen = due.filter(({ id }) => !asleep.has(id) && (untried?.has(id) ?? true));
        asleep = untried === undefined ? asleep : new Set([...untried].filter((id) => asleep.has(id)));
        seen.set(key, asleep.size === 0 ? NONE : asleep);
        if (due.length === 0 && untried === undefined) {
          ends++;
          longest = Math.max(longest, depth);
          await orThrow(started, taken);
        }
        steps += chosen.length;
        const before = due.filter(({ id }) => asleep.has(id));
        const next = chosen.map((call): Branch => {
          const still = before.filter((other) => doCommute(other, call)).map(({ id }) => id);
          before.push(call);
          return { path: [...path, due.indexOf(call)], asleep: new Set(still) };
        });
        const [first, ...others] = next;
        if (first === undefined) break;
        branches.push(...others);
        path.push(...first.path.slice(depth));
        asleep = first.asleep;
      }
      const call = due[path[depth] ?? 0];
      if (call === undefined) throw new Error(`there is no call ${path[depth]} after\n${taken.join("\n")}`);
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
