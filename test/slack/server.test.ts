import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { type SlackServer, start } from "../support/slack-server.ts";

type Answer = Readonly<Record<string, unknown>>;

let slack: SlackServer;
let clock = Date.parse("2026-03-02T09:00:00Z");
beforeAll(async () => {
  slack = await start({ now: () => clock });
  slack.addUser({ id: "U1", name: "lena", email: "lena@example.com" });
  slack.setGroup("S1", ["U1", "U2"]);
});
afterEach(() => {
  slack.stay("ok");
  slack.pace(0);
});
afterAll(() => slack.close());

async function request(
  method: string,
  fields: object,
  token = "xoxb-test",
): Promise<{ status: number; wait: string | null; answer: Answer }> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${slack.url}${method}`, { method: "POST", headers, body: JSON.stringify(fields) });
  return { status: response.status, wait: response.headers.get("retry-after"), answer: { ...JSON.parse(await response.text()) } };
}

async function call(method: string, fields: object = {}, token?: string): Promise<Answer> {
  return (await request(method, fields, token)).answer;
}

async function post(channel: string, fields: object = {}): Promise<{ channel: string; ts: string }> {
  const { ok, channel: id, ts } = await call("chat.postMessage", { channel, text: "x", ...fields });
  expect(ok).toBe(true);
  return { channel: String(id), ts: String(ts) };
}

const messagesOf = (answer: Answer): readonly Answer[] => (Array.isArray(answer.messages) ? answer.messages : []);
const tsOf = (answer: Answer) => messagesOf(answer).map(({ ts }) => ts);
const metadata = (about: string) => ({ event_type: "portcullis", event_payload: { about } });

describe("messages of the local Slack", () => {
  test("go to a channel by name or id, and every one has another ts", async () => {
    const first = await post("#names");
    const second = await post(first.channel);
    expect(second.channel).toBe(first.channel);
    expect(first.channel).toMatch(/^C[A-Z0-9]+$/);
    expect(Number(second.ts)).toBeGreaterThan(Number(first.ts));
    expect(slack.parentsIn("#names").map(({ ts }) => ts)).toEqual([first.ts, second.ts]);
  });

  test("a form is read as JSON is", async () => {
    const blocks = [{ type: "divider" }];
    const form = new URLSearchParams({
      channel: "#forms",
      text: "x",
      blocks: JSON.stringify(blocks),
      metadata: JSON.stringify(metadata("1")),
    });
    const headers = { authorization: "Bearer xoxb-test" };
    await fetch(`${slack.url}chat.postMessage`, { method: "POST", headers, body: form });
    expect(slack.parentsIn("#forms")).toMatchObject([{ text: "x", blocks, metadata: metadata("1") }]);
  });

  test("answer in threads, an answer to an answer in the same one", async () => {
    const parent = await post("#threads");
    const reply = await post("#threads", { thread_ts: parent.ts });
    const nested = await post("#threads", { thread_ts: reply.ts });
    expect(slack.threadOf(parent).map(({ ts }) => ts)).toEqual([reply.ts, nested.ts]);
    expect(slack.parentsIn("#threads")).toHaveLength(1);
    expect(await call("chat.postMessage", { channel: "#other", text: "x", thread_ts: parent.ts })).toMatchObject({
      error: "thread_not_found",
    });
    expect(await call("chat.postMessage", { channel: "#threads", text: "x", thread_ts: parent.ts, reply_broadcast: true })).toMatchObject({
      ok: false,
    });
  });

  test("are edited by the channel's id, and keep their metadata", async () => {
    const { channel, ts } = await post("#edits", { text: "before", metadata: metadata("1") });
    expect(await call("chat.update", { channel, ts, text: "after" })).toMatchObject({ ok: true, ts, text: "after" });
    expect(slack.parentsIn("#edits")).toMatchObject([{ ts, text: "after", metadata: metadata("1") }]);
    expect(slack.editsOf({ ts })).toMatchObject([{ text: "before" }]);
    expect(await call("chat.update", { channel: "#edits", ts, text: "x" })).toMatchObject({ error: "channel_not_found" });
    expect(await call("chat.update", { channel, ts: "1.000001", text: "x" })).toMatchObject({ error: "message_not_found" });
    expect(await call("chat.update", { channel, ts })).toMatchObject({ error: "no_text" });
  });

  test("are listed without threads, newest first, a page at a time", async () => {
    const [a, b, c] = [await post("#history"), await post("#history"), await post("#history")];
    const reply = await post("#history", { thread_ts: a.ts });
    const first = await call("conversations.history", { channel: a.channel, limit: 2 });
    expect(tsOf(first)).toEqual([c.ts, b.ts]);
    expect(first).toMatchObject({ has_more: true });
    const cursor = { ...Object(first.response_metadata) }.next_cursor;
    const second = await call("conversations.history", { channel: a.channel, limit: 2, cursor });
    expect(messagesOf(second)).toMatchObject([{ ts: a.ts, reply_count: 1, latest_reply: reply.ts }]);
    expect(second).toMatchObject({ has_more: false, response_metadata: { next_cursor: "" } });
    expect(tsOf(await call("conversations.history", { channel: a.channel, oldest: b.ts }))).toEqual([c.ts]);
    expect(tsOf(await call("conversations.history", { channel: a.channel, latest: b.ts, inclusive: true }))).toEqual([b.ts, a.ts]);
    expect(await call("conversations.history", { channel: "#history" })).toMatchObject({ error: "channel_not_found" });
    expect(await call("conversations.history", { channel: a.channel, limit: 1001 })).toMatchObject({ error: "invalid_limit" });
    expect(await call("conversations.history", { channel: a.channel, cursor: "x" })).toMatchObject({ error: "invalid_cursor" });
  });

  test("threads are listed parent first, oldest first", async () => {
    const parent = await post("#replies", { metadata: metadata("parent") });
    const replies = [await post("#replies", { thread_ts: parent.ts }), await post("#replies", { thread_ts: parent.ts })];
    const asked = { channel: parent.channel, ts: parent.ts };
    expect(tsOf(await call("conversations.replies", asked))).toEqual([parent, ...replies].map(({ ts }) => ts));
    expect(await call("conversations.replies", { ...asked, ts: "1.000001" })).toMatchObject({ error: "thread_not_found" });
  });

  test("show their metadata to those who ask for it", async () => {
    const { channel } = await post("#metadata", { metadata: metadata("1") });
    const [without] = messagesOf(await call("conversations.history", { channel }));
    const [withIt] = messagesOf(await call("conversations.history", { channel, include_all_metadata: true }));
    expect([without?.metadata, withIt?.metadata]).toEqual([undefined, metadata("1")]);
  });

  const REFUSED: Record<string, [fields: object, error: string]> = {
    "without text": [{ text: "" }, "no_text"],
    "of 40,001 characters": [{ text: "x".repeat(40_001) }, "msg_too_long"],
    "with blocks that are none": [{ blocks: "x" }, "invalid_blocks_format"],
    "with a block that is none": [{ blocks: [{ type: "surprise" }] }, "invalid_blocks"],
    "with metadata that is none": [{ metadata: "x" }, "invalid_metadata_format"],
    "with metadata without an event": [{ metadata: { event_payload: {} } }, "invalid_metadata_schema"],
    "with metadata of 20,000 characters": [{ metadata: metadata("x".repeat(20_000)) }, "metadata_too_large"],
    "to no channel": [{ channel: "" }, "channel_not_found"],
    "to a channel that cannot be": [{ channel: "#Net Guard" }, "channel_not_found"],
    "to an id that is not known": [{ channel: "C404" }, "channel_not_found"],
  };
  for (const [name, [fields, error]] of Object.entries(REFUSED)) {
    test(`refuses a message ${name}`, async () => {
      const before = slack.messages.length;
      expect(await call("chat.postMessage", { channel: "#refused", text: "x", ...fields })).toMatchObject({ ok: false, error });
      expect(slack.messages).toHaveLength(before);
    });
  }
});

describe("the rest of the local Slack", () => {
  test("knows people by e-mail and the members of groups", async () => {
    expect(await call("users.lookupByEmail", { email: "Lena@example.com" })).toMatchObject({ ok: true, user: { id: "U1" } });
    expect(await call("users.lookupByEmail", { email: "nobody@example.com" })).toMatchObject({ ok: false, error: "users_not_found" });
    expect(await call("usergroups.users.list", { usergroup: "S1" })).toEqual({ ok: true, users: ["U1", "U2"] });
    expect(await call("usergroups.users.list", { usergroup: "S2" })).toMatchObject({ error: "no_such_subteam" });
  });

  test("lists channels with their ids", async () => {
    const { channel } = await post("#listed");
    const { channels } = await call("conversations.list", { limit: 1000 });
    expect(channels).toContainEqual(expect.objectContaining({ id: channel, name: "listed" }));
  });

  test("checks tokens", async () => {
    const other = await start();
    const ask = async (headers: Record<string, string>) => (await fetch(`${other.url}auth.test`, { method: "POST", headers })).json();
    expect(await ask({})).toMatchObject({ error: "not_authed" });
    expect(await ask({ authorization: "Bearer xoxb-old" })).toMatchObject({ ok: true, team_id: "T0LOCAL" });
    other.setToken("xoxb-new");
    expect(await ask({ authorization: "Bearer xoxb-old" })).toMatchObject({ error: "invalid_auth" });
    expect(await ask({ authorization: "Bearer xoxb-new" })).toMatchObject({ ok: true });
    await other.close();
  });

  test("knows no other method", async () => expect(await call("chat.delete")).toMatchObject({ error: "unknown_method" }));
});

describe("the local Slack on a bad day", () => {
  const ping = () => request("auth.test", {});

  test("answers the next requests as told, then as usual", async () => {
    slack.behave({ status: 429, retryAfter: 7 }, { status: 500 }, { error: "ratelimited", retryAfter: 2 });
    expect(await ping()).toMatchObject({ status: 429, wait: "7" });
    expect(await ping()).toMatchObject({ status: 500 });
    expect(await ping()).toMatchObject({ status: 200, wait: "2", answer: { ok: false, error: "ratelimited" } });
    expect(await ping()).toMatchObject({ answer: { ok: true } });
  });

  test("misbehaves on one method only", async () => {
    slack.behaveOn("chat.update", { status: 503 });
    expect(await ping()).toMatchObject({ status: 200 });
    expect(await request("chat.update", {})).toMatchObject({ status: 503 });
    expect(slack.calls.slice(-2)).toEqual(["auth.test", "chat.update"]);
  });

  test("is down until told otherwise, and counts who asked", async () => {
    const before = slack.requests();
    slack.stay("refuse");
    await expect(ping()).rejects.toThrow("fetch failed");
    await expect(ping()).rejects.toThrow("fetch failed");
    slack.stay("ok");
    expect(await ping()).toMatchObject({ answer: { ok: true } });
    expect(slack.requests() - before).toBe(3);
  });

  test("takes a message and loses the answer", async () => {
    slack.behave("lose");
    await expect(request("chat.postMessage", { channel: "#lost", text: "x" })).rejects.toThrow("fetch failed");
    expect(slack.parentsIn("#lost")).toHaveLength(1);
  });

  test("takes one message a second and channel", async () => {
    slack.pace(1000);
    const say = (channel: string) => request("chat.postMessage", { channel, text: "x" });
    expect(await say("#pace-a")).toMatchObject({ status: 200 });
    expect(await say("#pace-b")).toMatchObject({ status: 200 });
    expect(await say("#pace-a")).toMatchObject({ status: 429, wait: "1", answer: { error: "ratelimited" } });
    clock += 999;
    expect(await say("#pace-a")).toMatchObject({ status: 429 });
    clock += 1;
    expect(await say("#pace-a")).toMatchObject({ status: 200 });
    expect(slack.parentsIn("#pace-a")).toHaveLength(2);
  });
});
