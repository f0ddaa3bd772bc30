import { setTimeout as sleep } from "node:timers/promises";
import { ec2AcrossAccounts } from "../aws/accounts.ts";
import type { Clock, DirectoryBook, Ec2For } from "../guard/ports.ts";

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

/** What reaching other accounts needs of the environment; without an external id, the own account is all. */
export interface AccountsEnvironment {
  /** The arn of the role under which the guard runs. */
  readonly SELF_ROLE?: string | undefined;
  /** The name of the role in other accounts. */
  readonly MEMBER_ROLE?: string | undefined;
  readonly EXTERNAL_ID?: string | undefined;
  readonly AWS_LAMBDA_FUNCTION_NAME?: string | undefined;
}

/** EC2 of every account that the environment lets this function reach. Throws when it is not as it must be. */
export function accountsFrom(env: AccountsEnvironment, directory: DirectoryBook): Ec2For {
  const { MEMBER_ROLE: name = "", EXTERNAL_ID: externalId = "" } = env;
  const session = required(env, "AWS_LAMBDA_FUNCTION_NAME");
  return ec2AcrossAccounts({
    own: homeOf(required(env, "SELF_ROLE")),
    ec2: PATIENCE,
    sts: PATIENCE,
    ...(name !== "" && externalId !== "" && { member: { name, externalId, session } }),
    // Of accounts that came after the directory was read nobody knows; but those let the hub in.
    isMember: async (account) => ((await directory.state()) === undefined ? undefined : (await directory.account(account)) !== undefined),
  });
}

/** A variable that must be there. Throws where it is missing or empty. */
export function required<Names extends string>(env: { readonly [Name in Names]?: string | undefined }, name: Names): string {
  const value = env[name];
  if (value === undefined || value === "") throw new Error(`the environment variable ${name} is not set; serverless.yml sets it`);
  return value;
}
