import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { readBotToken } from "../../lib/aws/secrets.ts";
import { encodeDecision } from "../../lib/guard/decision-record.ts";
import type { Log } from "../../lib/guard/notify-ports.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { notify } from "../../lib/slack/notify.ts";
import { notifyPorts } from "../../lib/wiring/notify.ts";
import { change, decision } from "../support/decisions.ts";
import { type SecretsServer, startSecrets } from "../support/secrets-server.ts";
import { type SlackServer, start } from "../support/slack-server.ts";
import { sqsEvent } from "../support/sqs-event.ts";

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

describe("the notify function", () => {
  let slack: SlackServer;
  let secrets: SecretsServer;
  let handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
  let printed: string[];

  beforeAll(async () => {
    slack = await start();
    secrets = await startSecrets({ "portcullis/slack": "xoxb-very-secret\n", "portcullis/other": "not a token" });
    Object.assign(process.env, {
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      SLACK_API_URL: slack.url,
      SLACK_BOT_TOKEN_SECRET: "portcullis/slack",
      SLACK_CHANNEL: "#net-guard",
      // Powertools then writes through the global console, where the test can read it.
      POWERTOOLS_DEV: "true",
    });
    ({ handler } = await import("../../functions/notify.ts"));
  });
  beforeEach(() => {
    printed = [];
    for (const level of ["debug", "info", "warn", "error"] as const) {
      jest.spyOn(console, level).mockImplementation((...words: unknown[]) => void printed.push(words.join(" ")));
    }
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await slack.close();
    await secrets.close();
  });

  test("posts to the channel of the decision's scope, or to the default one", async () => {
    const event = sqsEvent(onBus(decision({ channel: "#payments" })), onBus(decision()));
    expect(await handler(event, lambdaContext())).toEqual(failed());
    expect(slack.messages.slice(-2).map(({ channel }) => channel)).toEqual(["#payments", "#net-guard"]);
    expect(slack.messages.at(-1)?.text).toBe("🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion in payments-prod, eu-west-1");
  });

  test("does not post what is clean", async () => {
    const count = slack.messages.length;
    expect(await handler(sqsEvent(onBus(decision({ outcome: "clean", findings: [], acts: [] }))), lambdaContext())).toEqual(failed());
    expect(slack.messages).toHaveLength(count);
  });

  test("fails only the item that Slack refuses, and logs why", async () => {
    slack.behave("ok", { error: "channel_not_found" }, "ok");
    const count = slack.messages.length;
    const event = sqsEvent(onBus(decision()), onBus(decision({ channel: "#gone" })), onBus(decision()));
    expect(await handler(event, lambdaContext())).toEqual(failed(1));
    expect(slack.messages).toHaveLength(count + 2);
    expect(printed.join("\n")).toContain("Slack did not take the message for #gone: channel_not_found; correct the channel");
  });

  test("leaves an item to the queue when Slack asks to wait longer than the function has", async () => {
    slack.behave({ status: 429, retryAfter: 60 });
    expect(await handler(sqsEvent(onBus(decision()), onBus(decision())), lambdaContext(20_000))).toEqual(failed(0));
  });

  const UNREADABLE: Record<string, string> = {
    "no JSON": "{",
    "no event": "null",
    "an event without a decision": JSON.stringify({ detail: { hello: "world" } }),
    "a decision with traffic that is none": onBus(decision()).replaceAll('"traffic":"tcp 22 from 0.0.0.0/0"', '"traffic":"everything"'),
  };
  for (const [name, body] of Object.entries(UNREADABLE)) {
    test(`reports ${name} as failed, logs it, and posts the rest`, async () => {
      const count = slack.messages.length;
      expect(await handler(sqsEvent(body, onBus(decision())), lambdaContext())).toEqual(failed(0));
      expect(slack.messages).toHaveLength(count + 1);
      expect(printed.join("\n")).toContain("message-0");
    });
  }

  test("asks for the token once, and never shows it", async () => {
    expect(secrets.asked).toEqual(["portcullis/slack"]);
    slack.behave({ error: "invalid_auth" });
    expect(await handler(sqsEvent(onBus(decision())), lambdaContext())).toEqual(failed(0));
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
  const event: unknown = JSON.parse(onBus(decision({ change: change() })));

  test("without a token, decisions go to the log, and a warning says so once", async () => {
    const { log, lines } = recordingLog();
    const ports = notifyPorts({ SLACK_BOT_TOKEN_SECRET: "", SLACK_CHANNEL: "#net-guard" }, log);
    await notify(ports, event);
    await notify(ports, event);
    const told = `info: Decision not posted, for want of a Slack token: ${TOLD}`;
    expect(lines).toEqual([expect.stringContaining("warn: Decisions go to this log only: set SLACK_BOT_TOKEN_SECRET"), told, told]);
  });

  test("without any channel, a decision goes to the log", async () => {
    const { log, lines } = recordingLog();
    await notify({ log, messenger: { post: () => Promise.reject(new Error("must not be asked")) } }, event);
    expect(lines).toEqual([`info: Decision not posted, for want of a channel: ${TOLD}`]);
  });
});
