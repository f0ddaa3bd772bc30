import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { answersIn } from "../aws/dynamodb/answers.ts";
import { DynamoBreakers } from "../aws/dynamodb/breakers.ts";
import { DynamoDirectory } from "../aws/dynamodb/directory.ts";
import { DynamoGrants } from "../aws/dynamodb/grants.ts";
import { DynamoLedger } from "../aws/dynamodb/ledger.ts";
import { DynamoThreads } from "../aws/dynamodb/threads.ts";
import { schedulerOver } from "../aws/schedules.ts";
import { readBotToken, readSigningSecret } from "../aws/secrets.ts";
import { sendTo } from "../aws/sqs/send.ts";
import type { RespondPorts } from "../guard/answering/respond-ports.ts";
import type { Meter } from "../guard/meter.ts";
import type { Log } from "../guard/notify-ports.ts";
import { slackMessenger } from "../slack/client.ts";
import { countFailures } from "../slack/count-failures.ts";
import type { FrontDeskPorts } from "../slack/front-desk.ts";
import { tellInThread } from "../telling/in-thread.ts";
import { LiveWorld } from "../worlds/live.ts";
import { type AccountsEnvironment, accountsFrom } from "./accounts.ts";
import { type BundledPolicyEnvironment, bundledPolicy } from "./bundled-policy.ts";
import { homeOf, PATIENCE, required, systemClock } from "./environment.ts";

/** What the environment of the responder must say; serverless.yml sets it. */
export interface RespondEnvironment extends AccountsEnvironment, BundledPolicyEnvironment {
  readonly LEDGER_TABLE?: string | undefined;
  /** The queue between the front desk and those who answer. */
  readonly QUEUE_URL?: string | undefined;
  /** Where the guard is told to look at a resource again, and the role and group of the schedules that do so. */
  readonly CHANGES_QUEUE_ARN?: string | undefined;
  readonly SCHEDULER_ROLE?: string | undefined;
  readonly SCHEDULE_GROUP?: string | undefined;
  readonly AWS_REGION?: string | undefined;
  readonly SLACK_BOT_TOKEN_SECRET?: string | undefined;
  readonly SLACK_SIGNING_SECRET?: string | undefined;
  readonly SLACK_CHANNEL?: string | undefined;
  readonly SLACK_API_URL?: string | undefined;
}

/** The responder's ports in AWS. Throws when the environment or the policy's snapshot is not as it must be. */
export async function respondPorts(
  env: RespondEnvironment,
  bundle: string,
  log: Log,
  meter: Meter,
): Promise<RespondPorts & FrontDeskPorts> {
  const table = required(env, "LEDGER_TABLE");
  const { account } = homeOf(required(env, "SELF_ROLE"));
  const dynamo = new DynamoDBClient(PATIENCE);
  const directory = new DynamoDirectory(dynamo, table, systemClock);
  const target = {
    queueArn: required(env, "CHANGES_QUEUE_ARN"),
    roleArn: required(env, "SCHEDULER_ROLE"),
    group: required(env, "SCHEDULE_GROUP"),
  };
  const token = required(env, "SLACK_BOT_TOKEN_SECRET");
  const signing = required(env, "SLACK_SIGNING_SECRET");
  const { SLACK_API_URL: url = "", SLACK_CHANNEL: channel = "" } = env;
  const slack = slackMessenger({ token: (options) => readBotToken(token, options), ...(url !== "" && { url }) });
  const desk = countFailures(slack, meter);
  const threads = new DynamoThreads(dynamo, table, systemClock);
  return {
    policy: await bundledPolicy(env, bundle),
    ec2For: accountsFrom(env, directory),
    worldOf: (ec2) => new LiveWorld(ec2, systemClock),
    home: { account, region: required(env, "AWS_REGION") },
    decisions: new DynamoLedger(dynamo, table, systemClock),
    grants: new DynamoGrants(dynamo, table),
    directory,
    breakers: new DynamoBreakers(dynamo, table, systemClock),
    schedules: schedulerOver(new SchedulerClient(PATIENCE), target),
    answers: answersIn(dynamo, table),
    desk,
    tell: tellInThread({ messenger: desk, threads, log, ...(channel !== "" && { channel }) }),
    clock: systemClock,
    meter,
    log,
    signingSecret: () => readSigningSecret(signing),
    handOn: sendTo(required(env, "QUEUE_URL")),
  };
}
