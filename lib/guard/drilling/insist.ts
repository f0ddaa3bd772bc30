import { type Clock, Ec2Error, type Ec2Refusal } from "../ports.ts";

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;
const PATIENCE = 60_000;

/** Makes an EC2 call again while it is throttled, or refused in another way that passes, for a minute; then throws what it threw last. */
export async function insist<Answer>(
  clock: Clock,
  call: () => Promise<Answer>,
  passing: readonly Ec2Refusal[] = ["throttled"],
): Promise<Answer> {
  const began = clock.now();
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await call();
    } catch (error) {
      const passes = error instanceof Ec2Error && passing.includes(error.refusal);
      if (!passes || clock.now() + pause - began > PATIENCE) throw error;
      await clock.sleep(pause);
    }
  }
}
