import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../guard/ports.ts";

// A call that hangs must end well before the function does, so that it can be tried again (milliseconds).
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
/** How SDK clients wait and try again. */
export const PATIENCE = { maxAttempts: 4, requestHandler: TIMEOUTS };

export const systemClock: Clock = { now: () => Date.now(), sleep: (milliseconds) => sleep(milliseconds) };

/** The account and partition of an IAM role. Throws for what is no arn of one. */
export function homeOf(role: string): { readonly account: string; readonly partition: string } {
  const [, partition, account] = /^arn:([^:]+):iam::(\d{12}):role\//.exec(role) ?? [];
  if (partition === undefined || account === undefined) {
    throw new Error(`the environment variable SELF_ROLE is "${role}": expected the arn of an IAM role`);
  }
  return { account, partition };
}

/** A variable that must be there. Throws where it is missing or empty. */
export function required<Names extends string>(env: { readonly [Name in Names]?: string | undefined }, name: Names): string {
  const value = env[name];
  if (value === undefined || value === "") throw new Error(`the environment variable ${name} is not set; serverless.yml sets it`);
  return value;
}
