import type { TimeLeft } from "../guard/notify-ports.ts";
import type { SlackError } from "./slack-error.ts";

const ATTEMPTS = 3;
const FIRST_PAUSE = 250;
const PATIENCE = 10_000;

export interface Patience {
  /** Milliseconds that one try may take. */
  readonly timeout: number;
  readonly timeLeft?: TimeLeft | undefined;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * Does it up to three times while it fails with what may pass, and waits as long as Slack asks when there is that time.
 * Throws the last failure otherwise.
 */
export async function attempt<T>(
  run: () => Promise<T>,
  toFailure: (error: unknown) => SlackError,
  { timeout, timeLeft = patience(), sleep = pause }: Patience,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await run();
    } catch (error) {
      const failure = toFailure(error);
      const wait = failure.retryAfter ?? FIRST_PAUSE * 2 ** (tried - 1);
      if (failure.permanent || tried === ATTEMPTS || wait + timeout > timeLeft()) throw failure;
      await sleep(wait);
    }
  }
}

function patience(): TimeLeft {
  const end = Date.now() + PATIENCE;
  return () => end - Date.now();
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
