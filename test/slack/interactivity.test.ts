import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { close, listen } from "../support/ec2-recorder.ts";
import { readBody } from "../support/slack-http.ts";
import { type SlackServer, start } from "../support/slack-server.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const button = (id: string, more: object = {}) => ({
  type: "button",
  text: { type: "plain_text", text: id },
  action_id: id,
  value: "d1",
  ...more,
});
const plain = (text: string) => ({ type: "plain_text", text });
const DIALOG = {
  type: "modal",
  callback_id: "portcullis_allow",
  private_metadata: "{}",
  title: plain("Allow until..."),
  submit: plain("Allow"),
  blocks: [
    { type: "input", block_id: "until", label: plain("Until"), element: { type: "datetimepicker", action_id: "moment" } },
    { type: "input", label: plain("Why"), element: { type: "plain_text_input", action_id: "reason" } },
  ],
};

interface Got {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

let slack: SlackServer;
let app: { url: string; close: () => Promise<void> };
let got: Got[] = [];
let reply: { status: number; body: string; after: number };
let clock = Date.parse("2026-03-02T09:00:00Z");
let ts = "";

beforeAll(async () => {
  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => {
        got.push({ headers: request.headers, body });
        setTimeout(() => response.writeHead(reply.status).end(reply.body), reply.after);
      },
      () => response.destroy(),
    );
  });
  app = { url: await listen(server), close: () => close(server) };
  slack = await start({ now: () => clock, signingSecret: SECRET, requestUrl: app.url, patience: 300 });
  for (const [id, name] of [
    ["U1", "lena"],
    ["U2", "ada"],
  ] as const)
    slack.addUser({ id, name });
  const blocks = [
    { type: "actions", elements: [button("undo"), button("undo2", { action_id: "same", value: "a" })] },
    { type: "actions", elements: [button("same", { value: "b" })] },
  ];
  ts = String((await call("chat.postMessage", { channel: "#net-guard", text: "x", blocks })).ts);
});
beforeEach(() => {
  got = [];
  reply = { status: 200, body: "", after: 0 };
});
afterAll(async () => {
  await slack.close();
  await app.close();
});

async function call(method: string, fields: object): Promise<Record<string, unknown>> {
  const headers = { authorization: "Bearer xoxb-test", "content-type": "application/json" };
  return { ...JSON.parse(await (await fetch(`${slack.url}${method}`, { method: "POST", headers, body: JSON.stringify(fields) })).text()) };
}

function payload(): Record<string, unknown> {
  return { ...JSON.parse(new URLSearchParams(got.at(-1)?.body).get("payload") ?? "{}") };
}

async function respond(url: unknown, content: object): Promise<{ status: number; body: string }> {
  const response = await fetch(String(url), {
    method: "POST",
    body: JSON.stringify(content),
    headers: { "content-type": "application/json" },
  });
  return { status: response.status, body: await response.text() };
}

async function openDialog(): Promise<string> {
  await slack.pressButton({ ts, action: "undo", user: "U2" });
  const { view } = await call("views.open", { trigger_id: payload().trigger_id, view: DIALOG });
  return String({ ...Object(view) }.id);
}

describe("what people press", () => {
  test("a button reaches the app as Slack sends it", async () => {
    expect(await slack.pressButton({ ts, action: "undo", user: "U1" })).toEqual({ status: 200, body: "" });
    expect(payload()).toMatchObject({
      type: "block_actions",
      user: { id: "U1", name: "lena", team_id: "T0LOCAL" },
      team: { id: "T0LOCAL" },
      channel: { id: "C0LOCAL1", name: "net-guard" },
      container: { type: "message", message_ts: ts, channel_id: "C0LOCAL1" },
      message: { ts, text: "x" },
      trigger_id: expect.any(String),
      response_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/response\/\d+$/),
      actions: [{ type: "button", action_id: "undo", block_id: "b0", value: "d1", text: plain("undo"), action_ts: expect.any(String) }],
    });
  });

  test("it is signed with the secret, over the raw body", async () => {
    await slack.pressButton({ ts, action: "undo", user: "U1" });
    const { headers, body }: Got = got[0] ?? { headers: {}, body: "" };
    const timestamp = headers["x-slack-request-timestamp"];
    expect(timestamp).toBe(String(clock / 1000));
    expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(headers["x-slack-signature"]).toBe(`v0=${createHmac("sha256", SECRET).update(`v0:${timestamp}:${body}`).digest("hex")}`);
  });

  test("a request can be forged, aged and replayed before it is delivered", async () => {
    const request = slack.buttonRequest({ ts, action: "undo", user: "U1" });
    await slack.deliver(request);
    await slack.deliver(request);
    await slack.deliver({ ...request, body: request.body.replace("U1", "U2") });
    expect(got.map(({ body }) => body)).toEqual([request.body, request.body, request.body.replace("U1", "U2")]);
  });

  test("of several buttons the value tells which", async () => {
    await slack.pressButton({ ts, action: "same", value: "b", user: "U1" });
    expect(payload().actions).toMatchObject([{ block_id: "b1", value: "b" }]);
  });

  test("what is not there cannot be pressed, nor by somebody unknown", async () => {
    await expect(slack.pressButton({ ts, action: "gone", user: "U1" })).rejects.toThrow(`message ${ts} has no button gone`);
    await expect(slack.pressButton({ ts: "1.000001", action: "undo", user: "U1" })).rejects.toThrow("no message 1.000001");
    await expect(slack.pressButton({ ts, action: "undo", user: "U9" })).rejects.toThrow("no user U9");
  });

  test("an app that is slow or away is told apart from one that answers", async () => {
    reply = { status: 401, body: "no", after: 0 };
    expect(await slack.pressButton({ ts, action: "undo", user: "U1" })).toEqual({ status: 401, body: "no" });
    reply = { status: 200, body: "", after: 600 };
    expect(await slack.pressButton({ ts, action: "undo", user: "U1" })).toEqual({ problem: "operation_timeout" });
    const alone = await start({ requestUrl: "http://127.0.0.1:1/" });
    alone.addUser({ id: "U1", name: "lena" });
    expect(await alone.command({ text: "status", user: "U1" })).toMatchObject({ problem: expect.stringContaining("dispatch_failed") });
    alone.connect(undefined);
    await expect(alone.command({ text: "status", user: "U1" })).rejects.toThrow("no request URL");
    await alone.close();
  });
});

describe("dialogs", () => {
  test("open once for a trigger, within its time", async () => {
    await openDialog();
    const trigger_id = payload().trigger_id;
    expect(slack.views.at(-1)).toMatchObject({ user: "U2", open: true, view: { callback_id: "portcullis_allow" } });
    expect(await call("views.open", { trigger_id, view: DIALOG })).toMatchObject({ error: "exchanged_trigger_id" });
    expect(await call("views.open", { trigger_id: "1.2.x", view: DIALOG })).toMatchObject({ error: "invalid_trigger_id" });
    await slack.pressButton({ ts, action: "undo", user: "U2" });
    clock += 301;
    expect(await call("views.open", { trigger_id: payload().trigger_id, view: DIALOG })).toMatchObject({ error: "expired_trigger_id" });
  });

  test("a refused dialog leaves its trigger", async () => {
    await slack.pressButton({ ts, action: "undo", user: "U2" });
    const trigger_id = payload().trigger_id;
    const refused = await call("views.open", { trigger_id, view: { ...DIALOG, title: plain("x".repeat(25)) } });
    expect(refused).toMatchObject({
      error: "invalid_arguments",
      response_metadata: { messages: [expect.stringContaining("/view/title")] },
    });
    expect(await call("views.open", { trigger_id, view: DIALOG })).toMatchObject({ ok: true });
  });

  test("are submitted with what was filled in, and close", async () => {
    const view = await openDialog();
    await slack.submitDialog({ view, user: "U2", values: { until: 1_772_460_000, reason: "a demo" } });
    expect(payload()).toMatchObject({
      type: "view_submission",
      user: { id: "U2" },
      view: {
        id: view,
        callback_id: "portcullis_allow",
        private_metadata: "{}",
        state: {
          values: {
            until: { moment: { type: "datetimepicker", selected_date_time: 1_772_460_000 } },
            b1: { reason: { type: "plain_text_input", value: "a demo" } },
          },
        },
      },
    });
    expect(slack.views.at(-1)?.open).toBe(false);
  });

  test("stay open when the app objects or fails", async () => {
    const view = await openDialog();
    reply = { status: 200, body: JSON.stringify({ response_action: "errors", errors: { until: "is past" } }), after: 0 };
    await slack.submitDialog({ view, user: "U2", values: {} });
    expect(payload()).toMatchObject({ view: { state: { values: { until: { moment: { selected_date_time: null } } } } } });
    reply = { status: 500, body: "", after: 0 };
    await slack.submitDialog({ view, user: "U2", values: {} });
    expect(slack.views.at(-1)?.open).toBe(true);
    slack.closeDialog(view);
    expect(slack.views.at(-1)?.open).toBe(false);
  });
});

describe("answers", () => {
  const urlOfPress = async () => {
    await slack.pressButton({ ts, action: "undo", user: "U1" });
    return payload().response_url;
  };

  test("are taken five times, for half an hour", async () => {
    const url = await urlOfPress();
    for (let i = 0; i < 5; i++) expect(await respond(url, { text: `answer ${i}` })).toEqual({ status: 200, body: "ok" });
    expect(await respond(url, { text: "one more" })).toMatchObject({ status: 404, body: expect.stringContaining("used_url") });
    expect(slack.answers.at(-1)).toMatchObject({ user: "U1", channel: "#net-guard", text: "answer 4", kind: "ephemeral", answerTo: url });
    const late = await urlOfPress();
    clock += 30 * 60_000 + 1;
    expect(await respond(late, { text: "x" })).toMatchObject({ status: 404, body: expect.stringContaining("expired_url") });
  });

  test("are held to the limits of messages", async () => {
    const url = await urlOfPress();
    expect(await respond(url, { blocks: [{ type: "surprise" }] })).toMatchObject({
      status: 400,
      body: expect.stringContaining("invalid_blocks"),
    });
    expect(await respond(url, { text: "x", replace_original: true })).toMatchObject({ status: 400 });
    expect(await respond(url, {})).toMatchObject({ status: 400, body: expect.stringContaining("no_text") });
  });

  test("for everybody are messages of the channel", async () => {
    await respond(await urlOfPress(), { text: "all", response_type: "in_channel" });
    expect(slack.parentsIn("#net-guard").at(-1)).toMatchObject({ text: "all" });
  });

  test("their own buttons work", async () => {
    await respond(await urlOfPress(), { blocks: [{ type: "actions", elements: [button("again")] }] });
    await slack.pressButton({ ts: slack.answers.at(-1)?.ts ?? "", action: "again", user: "U1" });
    expect(payload()).toMatchObject({ container: { is_ephemeral: true }, actions: [{ action_id: "again" }] });
    expect(payload()).not.toHaveProperty("message");
  });
});

describe("the command", () => {
  test("comes as a form, and what is answered at once is shown", async () => {
    reply = { status: 200, body: JSON.stringify({ text: "two exceptions" }), after: 0 };
    await slack.command({ text: "exceptions", user: "U1", channel: "#net-guard" });
    const fields = Object.fromEntries(new URLSearchParams(got[0]?.body));
    expect(fields).toMatchObject({
      command: "/portcullis",
      text: "exceptions",
      user_id: "U1",
      user_name: "lena",
      channel_name: "net-guard",
      team_id: "T0LOCAL",
    });
    expect(slack.answers.at(-1)).toMatchObject({ user: "U1", text: "two exceptions", kind: "ephemeral" });
    expect(await respond(fields.response_url, { text: "and more" })).toMatchObject({ status: 200 });
    reply = { status: 200, body: "plain", after: 0 };
    await slack.command({ text: "", user: "U1" });
    expect(slack.answers.at(-1)).toMatchObject({ text: "plain", channel: "#net-guard" });
  });
});
