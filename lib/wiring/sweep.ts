import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { OrganizationsClient } from "@aws-sdk/client-organizations";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDirectory } from "../aws/dynamodb/directory.ts";
import { DynamoGrants } from "../aws/dynamodb/grants.ts";
import { DynamoStandings } from "../aws/dynamodb/standings.ts";
import { readOrganization } from "../aws/organization.ts";
import { askIn } from "../aws/sqs/sweep-queue.ts";
import type { Meter } from "../guard/meter.ts";
import type { Log } from "../guard/notify-ports.ts";
import type { SweepPorts } from "../guard/sweeping/sweep-ports.ts";
import { LiveWorld } from "../worlds/live.ts";
import { WholeWorld } from "../worlds/whole.ts";
import { homeOf, PATIENCE, required, systemClock } from "./environment.ts";
import { type GuardEnvironment, guardPorts } from "./guard.ts";

/** What the environment of the sweep must say: what the guard's says, and this; serverless.yml sets it. */
export interface SweepEnvironment extends GuardEnvironment {
  /** Where sweeps are asked for. */
  readonly QUEUE_URL?: string | undefined;
  /** The regions that are swept in each account, with commas. */
  readonly REGIONS?: string | undefined;
}

// Organizations throttles soon, and nobody waits for it (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html).
const SLOWLY = { ...PATIENCE, maxAttempts: 10, retryMode: "adaptive" };

/** The ports of the sweep in AWS, but for the time that an invocation has. Throws when the environment or the policy's snapshot is not as it must be. */
export async function sweepPorts(env: SweepEnvironment, bundle: string, log: Log, meter: Meter): Promise<Omit<SweepPorts, "timeLeft">> {
  const dynamo = new DynamoDBClient(PATIENCE);
  const table = required(env, "LEDGER_TABLE");
  const standings = new DynamoStandings(dynamo, table);
  const regions = required(env, "REGIONS")
    .split(",")
    .map((region) => region.trim())
    .filter((region) => region !== "");
  return {
    ...(await guardPorts(env, bundle, meter)),
    grants: new DynamoGrants(dynamo, table),
    directory: new DynamoDirectory(dynamo, table, systemClock),
    wholeWorldOf: (ec2) => new WholeWorld(new LiveWorld(ec2, systemClock)),
    standings,
    state: standings,
    readOrganization: () => readOrganization(new OrganizationsClient(SLOWLY)),
    home: homeOf(required(env, "SELF_ROLE")).account,
    regions,
    ask: askIn(new SQSClient(PATIENCE), required(env, "QUEUE_URL")),
    meter,
    log,
  };
}
