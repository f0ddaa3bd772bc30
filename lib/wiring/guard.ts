import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { EventBus } from "../aws/bus.ts";
import { ec2ByRegion } from "../aws/ec2.ts";
import { DynamoGrants } from "../aws/grants.ts";
import { DynamoLedger } from "../aws/ledger.ts";
import type { GuardPorts } from "../guard/guard.ts";
import { readSnapshot } from "../policy/policy.ts";
import { LiveWorld } from "../worlds/live.ts";
import { accountOf, PATIENCE, required, systemClock } from "./environment.ts";

/** What the guard's environment must say; serverless.yml sets it. */
export interface GuardEnvironment {
  readonly LEDGER_TABLE?: string | undefined;
  readonly BUS_NAME?: string | undefined;
  /** The arn of the role under which the guard runs. */
  readonly SELF_ROLE?: string | undefined;
  /** The arn of the role under which the fire drill opens its rule; empty where there is none. */
  readonly DRILL_ROLE?: string | undefined;
  readonly AWS_LAMBDA_FUNCTION_NAME?: string | undefined;
  /** Where the policy's snapshot lies; beside the bundle unless set. */
  readonly POLICY_FILE?: string | undefined;
}

/** The guard's ports in AWS. Throws when the environment or the policy's snapshot is not as it must be. */
export function guardPorts(env: GuardEnvironment, bundle: string): GuardPorts {
  const policyFile = env.POLICY_FILE ?? `${bundle}/policy.json`;
  const table = required(env, "LEDGER_TABLE");
  const role = required(env, "SELF_ROLE");
  const dynamo = new DynamoDBClient(PATIENCE);
  return {
    policy: readSnapshot(JSON.parse(readFileSync(policyFile, "utf8")), policyFile),
    ec2For: ec2ByRegion(accountOf(role), (region) => new EC2Client({ region, ...PATIENCE })),
    worldOf: (ec2, expected) => new LiveWorld(ec2, systemClock, expected),
    ledger: new DynamoLedger(dynamo, table, systemClock),
    grants: new DynamoGrants(dynamo, table),
    bus: new EventBus(new EventBridgeClient(PATIENCE), required(env, "BUS_NAME")),
    clock: systemClock,
    self: { role, session: required(env, "AWS_LAMBDA_FUNCTION_NAME"), ...(env.DRILL_ROLE && { drills: [env.DRILL_ROLE] }) },
  };
}
