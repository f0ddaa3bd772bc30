import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod/mini";
import { DynamoGrants } from "../aws/dynamodb/grants.ts";
import { DynamoLedger } from "../aws/dynamodb/ledger.ts";
import { readBotToken } from "../aws/secrets.ts";
import type { Log } from "../guard/notify-ports.ts";
import type { Policy } from "../policy/policy.ts";
import { slackMessenger } from "../slack/client.ts";
import type { DigestPorts } from "../telling/digest.ts";
import { PATIENCE, required, systemClock } from "./environment.ts";

/** What the environment of the digest must say; serverless.yml sets it. */
export interface DigestEnvironment {
  readonly LEDGER_TABLE?: string | undefined;
  readonly SLACK_BOT_TOKEN_SECRET?: string | undefined;
  readonly SLACK_CHANNEL?: string | undefined;
  readonly SLACK_API_URL?: string | undefined;
  /** Where the policy's snapshot lies; beside the bundle unless set. */
  readonly POLICY_FILE?: string | undefined;
}

// The snapshot was checked when it was packaged, and only this of it concerns the digest.
const Snapshot = z.object({ slack: z.object({ channel: z.optional(z.string()) }) });

/**
 * The ports of the digest in AWS under a policy, the bundled one unless given: it goes to the policy's channel, else to that of
 * the environment. Throws when the environment or the policy's snapshot is not as it must be.
 */
export function digestPorts(env: DigestEnvironment, bundle: string, log: Log): (policy?: Policy) => DigestPorts {
  const { SLACK_BOT_TOKEN_SECRET: secret = "", SLACK_API_URL: url = "" } = env;
  const bundled = Snapshot.parse(JSON.parse(readFileSync(env.POLICY_FILE ?? `${bundle}/policy.json`, "utf8")));
  const table = required(env, "LEDGER_TABLE");
  const dynamo = new DynamoDBClient(PATIENCE);
  const token = (options?: Parameters<typeof readBotToken>[1]) => readBotToken(secret, options);
  const ports = {
    decisions: new DynamoLedger(dynamo, table, systemClock),
    grants: new DynamoGrants(dynamo, table),
    clock: systemClock,
    log,
    ...(secret !== "" && { messenger: slackMessenger({ token, ...(url !== "" && { url }) }) }),
  };
  return (policy) => {
    const { channel = env.SLACK_CHANNEL ?? "" } = (policy?.document ?? bundled).slack;
    return { ...ports, ...(channel !== "" && { channel }) };
  };
}
