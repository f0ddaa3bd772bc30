import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { describeInBrowser } from "../support/browser-suite.ts";
import { close, listen } from "../support/ec2-recorder.ts";
import { isJson, type Json } from "../support/slack-elements.ts";
import { readBody } from "../support/slack-http.ts";
import { startSlackPage } from "../support/slack-page-server.ts";
import { type SlackServer, start } from "../support/slack-server.ts";

const plain = (text: string) => ({ type: "plain_text", text });
const button = (text: string, action: string, more: object = {}) => ({
  type: "button",
  text: plain(text),
  action_id: action,
  value: "d1",
  ...more,
});
const SURE = { title: plain("Undo what was done?"), text: plain("It opens again."), confirm: plain("Undo it"), deny: plain("Leave it") };
const MESSAGE = {
  text: "Closed: tcp 22",
  blocks: [
    { type: "header", text: plain("Closed: tcp 22") },
    { type: "section", text: { type: "mrkdwn", text: "<@U1> opened it" } },
    {
      type: "actions",
      elements: [button("Undo", "undo", { style: "danger", confirm: SURE }), button("Allow until…", "until"), button("Explain", "explain")],
    },
  ],
};
const MOMENT = Date.parse("2026-03-02T13:00:00Z") / 1000;
const DIALOG = {
  type: "modal",
  callback_id: "allow",
  title: plain("Allow for a while"),
  submit: plain("Allow"),
  blocks: [
    {
      type: "input",
      block_id: "until",
      label: plain("Until"),
      element: { type: "datetimepicker", action_id: "until", initial_date_time: MOMENT },
    },
    { type: "input", block_id: "reason", label: plain("Why"), element: { type: "plain_text_input", action_id: "reason", multiline: true } },
  ],
};

describeInBrowser("the page of the local Slack", () => {
  let slack: SlackServer;
  let served: { url: string; close: () => Promise<void> };
  let app: { url: string; close: () => Promise<void> };
  let browser: Browser;
  let page: Page;
  let parent: { channel: string; ts: string };
  let got: Json[];
  // What the app does with what people press, until a test says otherwise.
  let handle: (payload: Json) => Promise<object | undefined>;

  beforeAll(async () => {
    const server = createServer((request, response) => {
      readBody(request)
        .then(async (body) => {
          const form = new URLSearchParams(body);
          const payload: Json = form.has("payload") ? JSON.parse(form.get("payload") ?? "{}") : Object.fromEntries(form);
          got.push(payload);
          const answer = await handle(payload);
          response.end(answer === undefined ? "" : JSON.stringify(answer));
        })
        .catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    app = { url: await listen(server), close: () => close(server) };
    browser = await launchBrowser();
  });
  beforeEach(async () => {
    got = [];
    handle = async () => undefined;
    await page?.close();
    await served?.close();
    await slack?.close();
    slack = await start({ requestUrl: app.url });
    slack.addUser({ id: "U1", name: "lena", title: "made the change" });
    slack.addUser({ id: "U2", name: "ada", title: "approver" });
    served = await startSlackPage(slack);
    const { channel, ts } = await call("chat.postMessage", { channel: "#net-guard", ...MESSAGE });
    parent = { channel: String(channel), ts: String(ts) };
    page = await browser.newPage();
    await page.goto(`${served.url}/?user=U2`);
    await page.getByRole("heading", { name: "Closed: tcp 22" }).waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await served.close();
    await slack.close();
    await app.close();
  });

  async function call(method: string, fields: object): Promise<Json> {
    const headers = { authorization: "Bearer xoxb-test", "content-type": "application/json" };
    return JSON.parse(await (await fetch(`${slack.url}${method}`, { method: "POST", headers, body: JSON.stringify(fields) })).text());
  }

  const answer = (payload: Json, content: object) =>
    fetch(String(payload.response_url), { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(content) });
  const press = (name: string) => page.getByRole("button", { name, exact: true }).first().click();
  const shows = (text: string) => page.getByText(text).first().waitFor();

  test("a button opens a dialog, which is filled in; the answer arrives in the thread", async () => {
    handle = async (payload) => {
      if (payload.type === "block_actions") await call("views.open", { trigger_id: payload.trigger_id, view: DIALOG });
      else await call("chat.postMessage", { channel: parent.channel, thread_ts: parent.ts, text: "allowed until later" });
      return undefined;
    };
    await press("Allow until…");
    await page.getByRole("dialog", { name: "Allow for a while" }).waitFor();
    await page.getByLabel("Until").fill("2026-03-02T15:30");
    await page.getByLabel("Why").fill("a demo");
    const expected = await page.evaluate(`new Date("2026-03-02T15:30").getTime() / 1000`);
    await press("Allow");
    await page.getByRole("region", { name: "Thread, 1 reply" }).getByText("allowed until later").waitFor();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(got[0]).toMatchObject({ user: { id: "U2" }, actions: [{ action_id: "until", value: "d1" }] });
    expect(got[1]).toMatchObject({
      type: "view_submission",
      view: { state: { values: { until: { until: { selected_date_time: expected } }, reason: { reason: { value: "a demo" } } } } },
    });
  });

  test("a dialog starts with its moment, keeps what was typed while messages come, and shows objections", async () => {
    handle = async (payload) => {
      if (payload.type === "block_actions") await call("views.open", { trigger_id: payload.trigger_id, view: DIALOG });
      else return { response_action: "errors", errors: { until: "This is in the past." } };
      return undefined;
    };
    await press("Allow until…");
    await page.getByLabel("Why").fill("half a sen");
    await call("chat.postMessage", { channel: "#net-guard", text: "something else" });
    await page.getByText("something else").waitFor({ state: "attached" });
    expect(await page.getByLabel("Why").inputValue()).toBe("half a sen");
    await press("Allow");
    await shows("This is in the past.");
    expect(await page.getByLabel("Until").getAttribute("aria-invalid")).toBe("true");
    expect(got[1]).toMatchObject({ view: { state: { values: { until: { until: { selected_date_time: MOMENT } } } } } });
    await press("Cancel");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(slack.views.at(-1)?.open).toBe(false);
  });

  test("a button with a question waits for the answer to it", async () => {
    await press("Undo");
    await page.getByRole("dialog", { name: "Undo what was done?" }).waitFor();
    await press("Leave it");
    await press("Explain");
    await press("Undo");
    const sent = page.waitForResponse(/\/press$/);
    await press("Undo it");
    await sent;
    expect(got.map(({ actions }) => Array.isArray(actions) && isJson(actions[0]) && actions[0].action_id)).toEqual(["explain", "undo"]);
  });

  test("an answer to one person is seen by them alone, where they asked", async () => {
    handle = async (payload) => {
      await answer(payload, { text: "the rule says why" });
      return undefined;
    };
    await press("Explain");
    await shows("Only visible to you");
    await shows("the rule says why");
    await page.getByLabel("You are").selectOption("U1");
    await page.getByText("the rule says why").waitFor({ state: "detached" });
    expect(await page.locator(".mention.me").textContent()).toBe("@lena");
  });

  test("edits show, and what has the focus keeps it", async () => {
    await page.getByRole("button", { name: "Explain" }).focus();
    const [header, ...rest] = MESSAGE.blocks;
    await call("chat.update", { ...parent, text: "x", blocks: [header, { type: "section", text: plain("Now: open again") }, ...rest] });
    await shows("Now: open again");
    await shows("(edited)");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Explain");
  });

  test("commands are run, and other text is not sent", async () => {
    handle = async () => ({ text: "all is well" });
    await page.getByLabel("Command").fill("/portcullis status");
    await press("Send");
    await shows("all is well");
    expect(got[0]).toMatchObject({ command: "/portcullis", text: "status", channel_name: "net-guard", user_id: "U2" });
    await page.getByLabel("Command").fill("hello");
    await press("Send");
    await shows("Only the command /portcullis works here.");
  });

  test("an app that fails or is not there is told", async () => {
    handle = async () => {
      throw new Error("broken");
    };
    await press("Explain");
    await shows("Portcullis answered with 500");
    slack.connect(undefined);
    await press("Explain");
    await shows("Nothing answers");
  });

  test("runs and loads nothing that a message brings", async () => {
    const asked: string[] = [];
    page.on("request", (request) => void asked.push(new URL(request.url()).origin));
    await call("chat.postMessage", {
      channel: "#net-guard",
      text: "<img src=https://example.com/x onerror=alert(1)> <https://example.com|link>",
    });
    await page.getByRole("link", { name: "link" }).waitFor();
    expect(new Set(asked)).toEqual(new Set([served.url]));
    expect(await page.locator("main img").count()).toBe(0);
  });
});
