import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { EventBus } from "../aws/bus.ts";
import { DynamoDirectory } from "../aws/directory.ts";
import { DynamoGrants } from "../aws/grants.ts";
import { DynamoLedger } from "../aws/ledger.ts";
import { DynamoStandings } from "../aws/standings.ts";
import type { GuardPorts } from "../guard/guard.ts";
import { measured } from "../guard/measure.ts";
import type { Meter } from "../guard/meter.ts";
import { readSnapshot } from "../policy/policy.ts";
import { LiveWorld } from "../worlds/live.ts";
import { type AccountsEnvironment, accountsFrom, PATIENCE, required, systemClock } from "./environment.ts";

/** What the guard's environment must say; serverless.yml sets it. */
export interface GuardEnvironment extends AccountsEnvironment {
  readonly LEDGER_TABLE?: string | undefined;
  readonly BUS_NAME?: string | undefined;
  /** Where the policy's snapshot lies; beside the bundle unless set. */
  readonly POLICY_FILE?: string | undefined;
}

/** The guard's ports in AWS. Throws when the environment or the policy's snapshot is not as it must be. */
export function guardPorts(env: GuardEnvironment, bundle: string, meter: Meter): GuardPorts {
  const policyFile = env.POLICY_FILE ?? `${bundle}/policy.json`;
  const table = required(env, "LEDGER_TABLE");
  const role = required(env, "SELF_ROLE");
  const dynamo = new DynamoDBClient(PATIENCE);
  const directory = new DynamoDirectory(dynamo, table, systemClock);
  return {
    policy: readSnapshot(JSON.parse(readFileSync(policyFile, "utf8")), policyFile),
    ec2For: accountsFrom(env, directory),
    worldOf: (ec2, expected) => new LiveWorld(ec2, systemClock, expected),
    ledger: measured(new DynamoLedger(dynamo, table, systemClock), meter),
    grants: new DynamoGrants(dynamo, table),
    directory,
    standings: new DynamoStandings(dynamo, table),
    bus: new EventBus(new EventBridgeClient(PATIENCE), required(env, "BUS_NAME")),
    clock: systemClock,
    self: { role, member: env.MEMBER_ROLE, session: required(env, "AWS_LAMBDA_FUNCTION_NAME") },
  };
}
