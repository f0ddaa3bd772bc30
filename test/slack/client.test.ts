import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { slackMessenger } from "../../lib/slack/client.ts";
import { messageFor } from "../../lib/slack/message.ts";
import { SlackError } from "../../lib/slack/slack-error.ts";
import { decision } from "../support/decisions.ts";
import { type SlackServer, start } from "../support/slack-server.ts";

const CHANNEL = "#net-guard";
const MESSAGE = messageFor(decision());
const HOUR = () => 3_600_000;

let slack: SlackServer;
let before = 0;
let waits: number[] = [];
beforeAll(async () => {
  slack = await start();
});
afterEach(() => {
  waits = [];
});
afterAll(() => slack.close());

function messenger(token = "xoxb-test") {
  before = slack.requests();
  const sleep = async (milliseconds: number) => {
    waits.push(milliseconds);
  };
  return slackMessenger({ token: async () => token, url: slack.url, sleep });
}

const tried = () => slack.requests() - before;

async function failureOf(posting: Promise<unknown>): Promise<SlackError> {
  const error = await posting.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SlackError)) throw new Error(`Expected a SlackError, got ${String(error)}`);
  return error;
}

describe("posting to Slack", () => {
  test("delivers text and blocks to the channel", async () => {
    const { channel, ts } = await messenger().post(CHANNEL, MESSAGE);
    const message = slack.messages.at(-1);
    expect(channel).toMatch(/^C/);
    expect(message).toMatchObject({ channel: CHANNEL, text: MESSAGE.text, blocks: MESSAGE.blocks, ts });
    expect(tried()).toBe(1);
  });

  test("delivers a message once whose answer is lost, to a channel by name and to a thread", async () => {
    const slackIs = messenger();
    const count = slack.messages.length;
    slack.behaveOn("chat.postMessage", "lose");
    const parent = await slackIs.post("#lost", MESSAGE, { about: "event/sg-1", timeLeft: HOUR });
    slack.behaveOn("chat.postMessage", "lose");
    const reply = await slackIs.post("#lost", MESSAGE, { about: "event/sg-2", thread: parent.ts, timeLeft: HOUR });
    expect(slack.messages.slice(count).map(({ ts }) => ts)).toEqual([parent.ts, reply.ts]);
  });

  test("waits as long as a 429 asks, then delivers", async () => {
    slack.behave({ status: 429, retryAfter: 7 });
    await messenger().post(CHANNEL, MESSAGE, { timeLeft: HOUR });
    expect(waits).toEqual([7000]);
    expect(tried()).toBe(2);
  });

  test("leaves a 429 to the queue when its wait does not fit in the time left", async () => {
    slack.behave({ status: 429, retryAfter: 30 });
    const error = await failureOf(messenger().post(CHANNEL, MESSAGE, { timeLeft: () => 20_000 }));
    expect(error.message).toBe("Slack did not take the message for #net-guard: ratelimited and asks to wait 30 s; the queue tries again");
    expect([error.permanent, error.retryAfter]).toEqual([false, 30_000]);
    expect(waits).toEqual([]);
    expect(tried()).toBe(1);
  });

  test("retries a 429 that names no wait", async () => {
    slack.behave({ status: 429 });
    await messenger().post(CHANNEL, MESSAGE, { timeLeft: HOUR });
    expect(tried()).toBe(2);
  });

  test("retries `ratelimited` that comes with status 200", async () => {
    slack.behave({ error: "ratelimited", retryAfter: 2 });
    await messenger().post(CHANNEL, MESSAGE, { timeLeft: HOUR });
    expect(waits).toEqual([2000]);
  });

  test("retries HTTP 500 with growing pauses, three tries in all", async () => {
    slack.behave({ status: 500 }, { status: 503 });
    await messenger().post(CHANNEL, MESSAGE, { timeLeft: HOUR });
    expect(waits).toEqual([250, 500]);
    slack.behave({ status: 500 }, { status: 500 }, { status: 502 });
    const error = await failureOf(messenger().post(CHANNEL, MESSAGE, { timeLeft: HOUR }));
    expect(error.code).toBe("HTTP 502");
    expect(tried()).toBe(3);
  });

  test("does not begin another try that the time left has no room for", async () => {
    slack.behave({ status: 500 });
    expect((await failureOf(messenger().post(CHANNEL, MESSAGE, { timeLeft: () => 4000 }))).code).toBe("HTTP 500");
    expect(tried()).toBe(1);
  });

  test("gives up on a request that hangs, and tries again", async () => {
    before = slack.requests();
    slack.behave("hang");
    const impatient = slackMessenger({ token: async () => "xoxb-test", url: slack.url, timeout: 100, sleep: async () => {} });
    await impatient.post(CHANNEL, MESSAGE, { timeLeft: HOUR });
    expect(tried()).toBe(2);
  });

  test("gives up on a server that cannot be reached", async () => {
    const gone = await start();
    await gone.close();
    const posting = slackMessenger({ token: async () => "xoxb-test", url: gone.url, sleep: async () => {} }).post(CHANNEL, MESSAGE, {
      timeLeft: HOUR,
    });
    expect((await failureOf(posting)).code).toBe("unreachable");
  });

  const PERMANENT: Record<string, RegExp> = {
    invalid_auth: /invalid_auth; put a valid bot token .* SLACK_BOT_TOKEN_SECRET/,
    token_revoked: /put a valid bot token/,
    channel_not_found: /channel_not_found; correct the channel in the policy or in SLACK_CHANNEL/,
    not_in_channel: /invite the app to the channel/,
    missing_scope: /chat:write/,
  };
  for (const [code, says] of Object.entries(PERMANENT)) {
    test(`${code} is not retried, and says what to do`, async () => {
      slack.behave({ error: code });
      const error = await failureOf(messenger().post(CHANNEL, MESSAGE, { timeLeft: HOUR }));
      expect(error.message).toMatch(says);
      expect(error.permanent).toBe(true);
      expect(tried()).toBe(1);
    });
  }

  test("an error that Slack may add some day is retried", async () => {
    slack.behave({ error: "service_unavailable" });
    await messenger().post(CHANNEL, MESSAGE, { timeLeft: HOUR });
    expect(tried()).toBe(2);
  });

  test("refused blocks are told with the reason that Slack gives", async () => {
    const error = await failureOf(messenger().post(CHANNEL, { text: "x", blocks: [{ type: "surprise" }] }, { timeLeft: HOUR }));
    expect(error.message).toContain("invalid_blocks ([ERROR] unsupported type: surprise [json-pointer:/blocks/0])");
    expect(error.permanent).toBe(true);
  });

  test("no error shows the token", async () => {
    slack.behave({ error: "invalid_auth" }, { status: 500 }, { status: 500 }, { status: 500 });
    const permanent = await failureOf(messenger("xoxb-secret").post(CHANNEL, MESSAGE, { timeLeft: HOUR }));
    const passing = await failureOf(messenger("xoxb-secret").post(CHANNEL, MESSAGE, { timeLeft: HOUR }));
    for (const error of [permanent, passing]) expect(`${error.stack} ${JSON.stringify(error.cause)}`).not.toContain("xoxb-secret");
  });
});
