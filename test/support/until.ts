import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 10;

/** Looks again and again until there is something to see. Throws with `failure` and what the emulators logged when time is up. */
export async function until<Result>(
  failure: string,
  log: () => string,
  look: () => Promise<Result | undefined>,
  patience = PATIENCE_MS,
): Promise<Result> {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    const result = await look();
    if (result !== undefined) return result;
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`${failure} within ${patience / 1000} seconds. MiniStack and the functions said:\n${log()}`);
}
