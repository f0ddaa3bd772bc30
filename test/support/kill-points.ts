import { Ec2Error } from "../../lib/guard/ports.ts";
import type { Around } from "./port-calls.ts";

/**
 * How a call ends what goes on: the process dies before it is made, or after it took effect; or it took effect, its answer is lost, and
 * the process goes on with a time-out.
 */
export const ENDS = ["before", "after", "lost"] as const;
export type End = (typeof ENDS)[number];

/** Something that is begun by a message of a queue, whose calls can be stood around. */
export interface Play {
  /** Works on the message, as often as it comes; throws for another try. */
  deliver(around: Around, attempt: number): Promise<void>;
  /** Throws where something does not hold when all has settled. */
  check(): Promise<void>;
}

/** The calls of an undisturbed run, and how many ways to end it were walked. */
export interface Walked {
  readonly calls: readonly string[];
  readonly points: number;
}

// As often as the changes queue hands a message out (stacks: maxReceiveCount).
const ATTEMPTS = 5;

/**
 * Records the calls of an undisturbed run, and then ends one at each of them in every way, hands the message out again as SQS does
 * until it is done, and checks what is to hold. Throws for the first that does not, with the call and the way.
 */
export async function walk(prepare: () => Promise<Play>): Promise<Walked> {
  const calls: string[] = [];
  const undisturbed = await prepare();
  await undisturbed.deliver((name, act) => {
    calls.push(name);
    return act();
  }, 1);
  await undisturbed.check();
  for (const [place, name] of calls.entries()) {
    for (const end of ENDS) {
      try {
        await survive(await prepare(), place, end);
      } catch (error) {
        throw new Error(`${end} call ${place + 1}, ${name}: ${error instanceof Error ? error.message : error}\n${calls.join("\n")}`, {
          cause: error,
        });
      }
    }
  }
  return { calls, points: calls.length * ENDS.length };
}

async function survive(play: Play, place: number, end: End): Promise<void> {
  const isDone = await delivered(play, endingAt(place, end), 1);
  for (let attempt = 2; !isDone || attempt === 2; attempt++) {
    // What was done is handed out once more all the same: queues deliver at least once.
    if (await delivered(play, (_, act) => act(), attempt)) break;
    if (attempt > ATTEMPTS) throw new Error(`not done after ${ATTEMPTS} attempts`);
  }
  await play.check();
}

async function delivered(play: Play, around: Around, attempt: number): Promise<boolean> {
  try {
    await play.deliver(around, attempt);
    return true;
  } catch {
    return false;
  }
}

function endingAt(place: number, end: End): Around {
  let made = 0;
  return async (name, act) => {
    const here = made++;
    const isDead = end !== "lost" && (here > place || (here === place && end === "before"));
    if (isDead) throw new Error("the process is dead");
    const answer = await act();
    if (here !== place) return answer;
    if (end === "after") throw new Error("the process is dead");
    throw name.startsWith("ec2.") ? new Ec2Error("throttled", "TimeoutError", "socket hang up") : new Error("socket hang up");
  };
}
