import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { DynamoLedger } from "../../lib/aws/dynamodb/ledger.ts";
import { readBotToken } from "../../lib/aws/secrets.ts";
import { NO_METER } from "../../lib/guard/meter.ts";
import type { Log } from "../../lib/guard/notify-ports.ts";
import { encodeDecision } from "../../lib/guard/records/decision-record.ts";
import { type Decision, decisionId } from "../../lib/model/decision.ts";
import { notifyAll } from "../../lib/telling/notify.ts";
import { notifyPorts } from "../../lib/wiring/notify.ts";
import { FIRST } from "../support/attempts.ts";
import { change, decision } from "../support/decisions.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { EMULATOR_ENV, type Emulator, startMinistack } from "../support/emulators.ts";
import { type SecretsServer, startSecrets } from "../support/secrets-server.ts";
import { type SlackServer, start } from "../support/slack-server.ts";
import { sqsEvent } from "../support/sqs-event.ts";
import { TellingRig } from "../support/telling-rig.ts";

let made = 0;

/** A decision about a resource that nobody was told about, as EventBridge hands it to the queue. */
function fresh(overrides: Partial<Decision> = {}): string {
  const one = change({ id: `event-${++made}`, subject: { kind: "security-group", id: `sg-${made}` } });
  return onBus(decision({ id: decisionId(one), change: one, ...overrides }));
}

/** A decision as EventBridge hands it to the queue. */
function onBus(given: Decision): string {
  return JSON.stringify({
    version: "0",
    id: "0d079340-135a-c8c6-95c2-41fb8f496c53",
    "detail-type": "Decision",
    source: "portcullis",
    account: "999988887777",
    time: "2026-03-02T09:14:11Z",
    region: "eu-west-1",
    resources: [],
    detail: JSON.parse(encodeDecision(given)),
  });
}

function lambdaContext(timeLeft = 30_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: "notify",
    functionVersion: "1",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:999988887777:function:notify",
    memoryLimitInMB: "512",
    awsRequestId: "c6af9ac6-7b61-11e6-9a41-93e812345678",
    logGroupName: "",
    logStreamName: "",
    getRemainingTimeInMillis: () => timeLeft,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}

const failed = (...ids: number[]): SQSBatchResponse => ({ batchItemFailures: ids.map((id) => ({ itemIdentifier: `message-${id}` })) });

describeOnEmulators("the notify function", () => {
  let slack: SlackServer;
  let secrets: SecretsServer;
  let ministack: Emulator;
  let sqs: SQSClient;
  let dynamo: DynamoDBClient;
  let deadLetters: string;
  let folder: string;
  let handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
  let printed: string[];

  beforeAll(async () => {
    slack = await start();
    secrets = await startSecrets({ "portcullis/slack": "xoxb-very-secret\n", "portcullis/other": "not a token" });
    ministack = await startMinistack();
    sqs = new SQSClient(ministack.client);
    const fifo = { FifoQueue: "true", ContentBasedDeduplication: "true" };
    const queue = await sqs.send(new CreateQueueCommand({ QueueName: "dead.fifo", Attributes: fifo }));
    deadLetters = queue.QueueUrl ?? "";
    dynamo = new DynamoDBClient(ministack.client);
    await createLedger(dynamo);
    folder = await mkdtemp(join(tmpdir(), "portcullis-notify-"));
    const policy = join(folder, "policy.json");
    await writeFile(policy, JSON.stringify({ slack: { directory: { lena: "U0LENA" } } }));
    Object.assign(process.env, EMULATOR_ENV, {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_DYNAMODB: ministack.url,
      AWS_ENDPOINT_URL_SQS: ministack.url,
      LEDGER_TABLE: "ledger",
      DEAD_LETTERS_URL: deadLetters,
      POLICY_FILE: policy,
      SLACK_API_URL: slack.url,
      SLACK_BOT_TOKEN_SECRET: "portcullis/slack",
      SLACK_CHANNEL: "#net-guard",
      // Powertools then writes through the global console, where the test can read it.
      POWERTOOLS_DEV: "true",
    });
    ({ handler } = await import("../../functions/notify.ts"));
  }, START_TIMEOUT_MS);
  beforeEach(() => {
    printed = [];
    for (const level of ["debug", "info", "warn", "error"] as const) {
      jest.spyOn(console, level).mockImplementation((...words: unknown[]) => void printed.push(words.join(" ")));
    }
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    sqs?.destroy();
    dynamo?.destroy();
    await Promise.all([slack?.close(), secrets?.close(), ministack?.stop()]);
    await rm(folder, { recursive: true });
  });

  /** The bodies that lie in the dead-letter queue, and takes them out. */
  async function buried() {
    const { Messages: messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deadLetters, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    return messages.map(({ Body }) => Body);
  }

  test("posts to the channel of the decision's scope, or to the default one, and mentions whom the directory knows", async () => {
    const event = sqsEvent(fresh({ channel: "#payments" }), fresh());
    expect(await handler(event, lambdaContext())).toEqual(failed());
    expect(slack.messages.slice(-2).map(({ channel }) => channel)).toEqual(["#payments", "#net-guard"]);
    expect(slack.messages.at(-1)?.text).toBe("🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion in payments-prod, eu-west-1");
    expect(JSON.stringify(slack.messages.at(-1)?.blocks)).toContain("<@U0LENA>");
  });

  test("does not post what is clean", async () => {
    const count = slack.messages.length;
    expect(await handler(sqsEvent(fresh({ outcome: "clean", findings: [], acts: [] })), lambdaContext())).toEqual(failed());
    expect(slack.messages).toHaveLength(count);
  });

  test("posts of a fire drill only that it failed, and logs the others", async () => {
    const count = slack.messages.length;
    const drills = [fresh({ drill: true }), fresh({ drill: true, outcome: "contested" }), fresh({ drill: true, outcome: "would-act" })];
    expect(await handler(sqsEvent(...drills), lambdaContext())).toEqual(failed());
    expect(slack.messages).toHaveLength(count);
    expect(printed.filter((line) => line.includes("Fire drill, not posted: "))).toHaveLength(3);
    expect(await handler(sqsEvent(fresh({ drill: true, outcome: "failed" })), lambdaContext())).toEqual(failed());
    expect(slack.messages).toHaveLength(count + 1);
  });

  test("does not post twice what comes twice", async () => {
    const count = slack.messages.length;
    const body = fresh();
    for (const event of [sqsEvent(body, body), sqsEvent(body)]) expect(await handler(event, lambdaContext())).toEqual(failed());
    expect(slack.messages).toHaveLength(count + 1);
  });

  test("answers in the thread of a resource that was told before, and edits its message", async () => {
    const subject = { kind: "security-group", id: "sg-threaded" } as const;
    const given = ["threaded-1", "threaded-2"]
      .map((id) => change({ id, subject }))
      .map((one) => decision({ id: decisionId(one), change: one }));
    const ledger = new DynamoLedger(dynamo, "ledger", { now: () => Date.now() });
    for (const one of given) await ledger.decide(one, FIRST);
    for (const one of given) expect(await handler(sqsEvent(onBus(one)), lambdaContext())).toEqual(failed());
    const parent = slack.messages.find(({ metadata }) => JSON.stringify(metadata)?.includes("threaded-1"));
    expect(parent === undefined ? [] : slack.threadOf(parent)).toHaveLength(1);
    expect(parent === undefined ? [] : slack.editsOf(parent)).toHaveLength(1);
  });

  test("finds in Slack what was posted and never noted", async () => {
    const one = change({ id: "unnoted", subject: { kind: "security-group", id: "sg-unnoted" } });
    const { id } = decision({ id: decisionId(one), change: one });
    const body = onBus(decision({ id, change: one, channel: "#unnoted" }));
    await handler(sqsEvent(body), lambdaContext());
    const told = { TableName: "ledger", Key: { id: { S: `told/${id}` } } };
    await dynamo.send(new UpdateItemCommand({ ...told, UpdateExpression: "REMOVE channel, ts" }));
    const thread = `thread/${one.account}/${one.region}/sg-unnoted/#unnoted`;
    await dynamo.send(new DeleteItemCommand({ TableName: "ledger", Key: { id: { S: thread } } }));
    expect(await handler(sqsEvent(body), lambdaContext())).toEqual(failed());
    expect(slack.parentsIn("#unnoted")).toHaveLength(1);
  });

  test("posts a burst as one message and its table", async () => {
    const count = slack.messages.length;
    const event = sqsEvent(...Array.from({ length: 10 }, () => fresh({ channel: "#burst" })));
    expect(await handler(event, lambdaContext())).toEqual(failed());
    expect(slack.messages).toHaveLength(count + 2);
  });

  test("posts to the default channel what a channel refuses, and logs why", async () => {
    slack.behave("ok", { error: "channel_not_found" }, "ok", "ok");
    const count = slack.messages.length;
    const event = sqsEvent(fresh(), fresh({ channel: "#gone" }), fresh());
    expect(await handler(event, lambdaContext())).toEqual(failed());
    expect(slack.messages).toHaveLength(count + 3);
    expect(printed.join("\n")).toContain("Slack did not take the message for #gone: channel_not_found; correct the channel");
  });

  test("leaves items to the queue when Slack asks to wait longer than the function has", async () => {
    slack.behave({ status: 429, retryAfter: 60 });
    expect(await handler(sqsEvent(fresh(), fresh()), lambdaContext(20_000))).toEqual(failed(0, 1));
  });

  const UNREADABLE: Record<string, () => string> = {
    "no JSON": () => "{",
    "no event": () => "null",
    "an event without a decision": () => JSON.stringify({ detail: { hello: "world" } }),
    "a decision with traffic that is none": () => fresh().replaceAll('"traffic":"tcp 22 from 0.0.0.0/0"', '"traffic":"everything"'),
  };
  test.each(Object.entries(UNREADABLE))("puts %s into the dead-letter queue at once, logs it, and posts the rest", async (_, write) => {
    const count = slack.messages.length;
    const body = write();
    expect(await handler(sqsEvent(body, fresh()), lambdaContext())).toEqual(failed());
    expect(await buried()).toContain(body);
    expect(slack.messages).toHaveLength(count + 1);
    expect(printed.join("\n")).toContain("An event cannot be told and was put into the dead-letter queue");
  });

  test("asks for the token once, and never shows it", async () => {
    expect(secrets.asked).toEqual(["portcullis/slack"]);
    slack.behave({ error: "invalid_auth" });
    expect(await handler(sqsEvent(fresh()), lambdaContext())).toEqual(failed(0));
    expect(printed.join("\n")).toContain("put a valid bot token");
    expect(printed.join("\n")).not.toContain("very-secret");
  });

  test("a secret that holds something else is refused without being shown", async () => {
    await expect(readBotToken("portcullis/other")).rejects.toThrow('Secret "portcullis/other" holds no Slack token: expected');
    await expect(readBotToken("portcullis/other")).rejects.not.toThrow("not a token");
  });

  test("a secret that is not there is named", async () => {
    await expect(readBotToken("portcullis/none")).rejects.toThrow('Secret "portcullis/none" could not be read');
  });
});

describe("without Slack", () => {
  function recordingLog(): { log: Log; lines: string[] } {
    const lines: string[] = [];
    const line = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
    return { lines, log: { info: line("info"), warn: line("warn"), error: line("error") } };
  }
  const TOLD = "🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion in payments-prod, eu-west-1";
  const event: unknown = JSON.parse(onBus(decision()));

  test("without a token, decisions go to the log, and a warning says so once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "portcullis-notify-"));
    await writeFile(join(folder, "policy.json"), JSON.stringify({ slack: { directory: {} } }));
    const { log, lines } = recordingLog();
    const aws = { LEDGER_TABLE: "ledger", DEAD_LETTERS_URL: "http://127.0.0.1/dead.fifo" };
    const ports = notifyPorts({ ...aws, SLACK_BOT_TOKEN_SECRET: "", SLACK_CHANNEL: "#net-guard" }, folder, log, NO_METER);
    await rm(folder, { recursive: true });
    await notifyAll(ports, [event, event], () => 30_000);
    const told = `info: Decision not posted, for want of a Slack token: ${TOLD}`;
    expect(lines).toEqual([expect.stringContaining("warn: Decisions go to this log only: set SLACK_BOT_TOKEN_SECRET"), told, told]);
  });

  test("without any channel, a decision goes to the log", async () => {
    const { log, lines } = recordingLog();
    const { channel: _, ...ports } = new TellingRig().ports({ log });
    await notifyAll(ports, [event], () => 30_000);
    expect(lines).toEqual([`info: Decision not posted, for want of a channel: ${TOLD}`]);
  });
});

async function createLedger(dynamo: DynamoDBClient): Promise<void> {
  await dynamo.send(
    new CreateTableCommand({
      TableName: "ledger",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
}
