import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoBreakers } from "../aws/dynamodb/breakers.ts";
import { DynamoContests } from "../aws/dynamodb/contests.ts";
import { DynamoDirectory } from "../aws/dynamodb/directory.ts";
import { DynamoGrants } from "../aws/dynamodb/grants.ts";
import { DynamoLedger } from "../aws/dynamodb/ledger.ts";
import { DynamoStandings } from "../aws/dynamodb/standings.ts";
import type { GuardPorts } from "../guard/guarding.ts";
import { measured } from "../guard/measure.ts";
import type { Meter } from "../guard/meter.ts";
import { LiveWorld } from "../worlds/live.ts";
import { type AccountsEnvironment, accountsFrom } from "./accounts.ts";
import { type BundledPolicyEnvironment, bundledPolicy } from "./bundled-policy.ts";
import { PATIENCE, required, systemClock } from "./environment.ts";
import { lazily } from "./lazily.ts";

/** What the guard's environment must say; serverless.yml sets it. */
export interface GuardEnvironment extends AccountsEnvironment, BundledPolicyEnvironment {
  readonly LEDGER_TABLE?: string | undefined;
  readonly BUS_NAME?: string | undefined;
  /** The arn of the role under which the fire drill opens its rule; empty where there is none. */
  readonly DRILL_ROLE?: string | undefined;
  /** After how many minutes an event closes nothing by what it claims. */
  readonly EVENT_AGE_LIMIT?: string | undefined;
}

/** The guard's ports in AWS. Throws when the environment or the policy's snapshot is not as it must be. */
export async function guardPorts(env: GuardEnvironment, bundle: string, meter: Meter): Promise<GuardPorts> {
  const table = required(env, "LEDGER_TABLE");
  const role = required(env, "SELF_ROLE");
  const bus = required(env, "BUS_NAME");
  const dynamo = new DynamoDBClient(PATIENCE);
  const directory = new DynamoDirectory(dynamo, table, systemClock);
  return {
    policy: await bundledPolicy(env, bundle),
    ec2For: accountsFrom(env, directory),
    worldOf: (ec2, expected) => new LiveWorld(ec2, systemClock, expected),
    ledger: measured(new DynamoLedger(dynamo, table, systemClock), meter),
    grants: new DynamoGrants(dynamo, table),
    directory,
    standings: new DynamoStandings(dynamo, table),
    breaker: new DynamoBreakers(dynamo, table, systemClock),
    contests: new DynamoContests(dynamo, table, systemClock),
    // Narrowing and announcing come after the first act, so what they take is loaded then.
    remainders: lazily(async () => new (await import("../aws/dynamodb/remainders.ts")).DynamoRemainders(dynamo, table, systemClock)),
    bus: lazily(async () => (await import("./bus.ts")).eventBus(bus)),
    clock: systemClock,
    ageLimit: minutesIn(env) * 60_000,
    self: {
      role,
      member: env.MEMBER_ROLE,
      session: required(env, "AWS_LAMBDA_FUNCTION_NAME"),
      ...(env.DRILL_ROLE && { drills: [env.DRILL_ROLE] }),
    },
  };
}

const AGE_LIMIT_MINUTES = 15;

function minutesIn({ EVENT_AGE_LIMIT: text = "" }: GuardEnvironment): number {
  const minutes = text === "" ? AGE_LIMIT_MINUTES : Number(text);
  if (Number.isFinite(minutes) && minutes > 0) return minutes;
  throw new Error(
    `the environment variable EVENT_AGE_LIMIT is "${text}": expected a number of minutes (eventAgeLimitMinutes in serverless.yml)`,
  );
}
