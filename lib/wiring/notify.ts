import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod/mini";
import { DynamoLedger } from "../aws/dynamodb/ledger.ts";
import { DynamoThreads } from "../aws/dynamodb/threads.ts";
import { readBotToken } from "../aws/secrets.ts";
import { buryIn } from "../aws/sqs/dead-letters.ts";
import type { Meter } from "../guard/meter.ts";
import type { Log, NotifyPorts } from "../guard/notify-ports.ts";
import { slackMessenger } from "../slack/client.ts";
import { countFailures } from "../slack/count-failures.ts";
import { PATIENCE, required, systemClock } from "./environment.ts";

/** What the environment says: about Slack, and where the ledger and the dead-letter queue are; serverless.yml sets it. */
export interface NotifyEnvironment {
  /** The name or arn of the secret with the bot token. */
  readonly SLACK_BOT_TOKEN_SECRET?: string | undefined;
  /** The name of the secret by which Slack signs; without one, nobody answers. */
  readonly SLACK_SIGNING_SECRET?: string | undefined;
  readonly SLACK_CHANNEL?: string | undefined;
  readonly SLACK_API_URL?: string | undefined;
  readonly LEDGER_TABLE?: string | undefined;
  readonly DEAD_LETTERS_URL?: string | undefined;
  /** Where the policy's snapshot lies; beside the bundle unless set. */
  readonly POLICY_FILE?: string | undefined;
}

// The snapshot was checked when it was packaged, and only this of it concerns who is mentioned.
const Snapshot = z.object({ slack: z.object({ directory: z.record(z.string(), z.string()) }) });

/**
 * The ports for notifying. Without a token's secret there is no messenger, and the log says so once. Throws when the rest of the
 * environment or the policy's snapshot is not as it must be.
 */
export function notifyPorts(env: NotifyEnvironment, bundle: string, log: Log, meter: Meter): NotifyPorts {
  // An empty value is how a template says that a parameter was not given.
  const { SLACK_BOT_TOKEN_SECRET: secret = "", SLACK_CHANNEL: channel = "", SLACK_API_URL: url = "" } = env;
  if (secret === "") {
    log.warn("Decisions go to this log only: set SLACK_BOT_TOKEN_SECRET to the name of a secret with a Slack bot token", {});
  }
  const dynamo = new DynamoDBClient(PATIENCE);
  const table = required(env, "LEDGER_TABLE");
  const policy: unknown = JSON.parse(readFileSync(env.POLICY_FILE ?? `${bundle}/policy.json`, "utf8"));
  const slack = () => slackMessenger({ token: (options) => readBotToken(secret, options), ...(url !== "" && { url }) });
  return {
    log,
    meter,
    threads: new DynamoThreads(dynamo, table, systemClock),
    decisions: new DynamoLedger(dynamo, table, systemClock),
    directory: Snapshot.parse(policy).slack.directory,
    bury: buryIn(required(env, "DEAD_LETTERS_URL")),
    answers: (env.SLACK_SIGNING_SECRET ?? "") !== "",
    ...(channel !== "" && { channel }),
    ...(secret !== "" && { messenger: countFailures(slack(), meter) }),
  };
}
