import { Ec2Error } from "../../lib/guard/ports.ts";
import type { Around } from "./port-calls.ts";

/**
 * How a call ends what goes on: the process dies before it is made, or after it took effect; or it took effect, its answer is lost, and
 * the process goes on with a time-out, or the SDK asks EC2 once more.
 */
const ENDS = ["before", "after", "lost", "twice"] as const;
type End = (typeof ENDS)[number];

/** Something that is begun by a message of a queue, whose calls can be stood around. */
export interface Play {
  /** Works on the message, as often as it comes; throws for another try. */
  deliver(around: Around, attempt: number): Promise<void>;
  /** Throws where something does not hold when all has settled. */
  check(): Promise<void>;
}

/** The calls of an undisturbed run, and how many ways to end one were walked. */
export interface Walked {
  readonly calls: readonly string[];
  readonly points: number;
}

/** Where and how an attempt ends. */
interface KillPoint {
  readonly place: number;
  readonly end: End;
}

// As often as the changes queue hands a message out (stacks: maxReceiveCount).
const ATTEMPTS = 5;

/**
 * Ends a run at each of its calls in every way, hands the message out again as SQS does until it is done, and checks what is to hold;
 * with two deaths, ends each attempt after that likewise. Throws for the first that does not hold, with the calls and the ways.
 */
export async function walk(prepare: () => Promise<Play>, deaths = 1): Promise<Walked> {
  const calls = await survive(await prepare(), []);
  const paths: (readonly KillPoint[])[] = pointsOf(calls).map((point) => [point]);
  for (const path of paths) {
    try {
      const next = await survive(await prepare(), path);
      if (path.length < deaths) paths.push(...pointsOf(next).map((point) => [...path, point]));
    } catch (error) {
      const where = path.map(({ place, end }) => `${end} call ${place + 1}`).join(", then ");
      throw new Error(`${where}: ${error instanceof Error ? error.message : error}\n${calls.join("\n")}`, { cause: error });
    }
  }
  return { calls, points: paths.length };
}

function pointsOf(calls: readonly string[]): KillPoint[] {
  // The stores' adapters know what they wrote themselves, so that only EC2 is asked twice.
  return calls.flatMap((name, place) => ENDS.filter((end) => end !== "twice" || name.startsWith("ec2.")).map((end) => ({ place, end })));
}

/** Ends the first attempts at these points, and checks; resolves to the calls of the attempt after them. */
async function survive(play: Play, path: readonly KillPoint[]): Promise<string[]> {
  const calls: string[] = [];
  for (let attempt = 1; ; attempt++) {
    const point = path[attempt - 1];
    const recorded: Around = (name, act) => {
      if (attempt === path.length + 1) calls.push(name);
      return act();
    };
    const isDone = await delivered(play, point === undefined ? recorded : endingAt(point), attempt);
    // What was done is handed out once more all the same: queues deliver at least once.
    if (isDone && attempt > path.length) break;
    if (attempt > ATTEMPTS) throw new Error(`not done after ${ATTEMPTS} attempts`);
  }
  await play.check();
  return calls;
}

async function delivered(play: Play, around: Around, attempt: number): Promise<boolean> {
  try {
    await play.deliver(around, attempt);
    return true;
  } catch {
    return false;
  }
}

function endingAt({ place, end }: KillPoint): Around {
  let made = 0;
  return async (name, act) => {
    const here = made++;
    const isDead = end !== "lost" && end !== "twice" && (here > place || (here === place && end === "before"));
    if (isDead) throw new Error("the process is dead");
    const answer = await act();
    if (here !== place) return answer;
    if (end === "after") throw new Error("the process is dead");
    if (end === "twice") return answer === undefined && name === "ec2.carryOut" ? answer : askedAgain(name, act);
    throw name.startsWith("ec2.") ? new Ec2Error("throttled", "TimeoutError", "socket hang up") : new Error("socket hang up");
  };
}

// What took effect and is asked for once more, EC2 refuses, and the error says that there was no answer before.
async function askedAgain(name: string, act: () => Promise<unknown>): Promise<unknown> {
  try {
    const answer = await act();
    if (name !== "ec2.carryOut" || answer !== undefined) return answer;
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    throw new Ec2Error(error.refusal, error.code, error.message, { mayHaveTakenEffect: true });
  }
  throw new Ec2Error("rule-not-found", "NotFound", "it is done already", { mayHaveTakenEffect: true });
}
