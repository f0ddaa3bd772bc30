import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { ACTIONS } from "../../lib/slack/buttons.ts";
import { launchBrowser } from "../support/browser.ts";
import { describeInBrowser } from "../support/browser-suite.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { FORBIDDEN, type Sandbox, startSandbox } from "../support/sandbox.ts";
import { startSlackPage } from "../support/slack-page-server.ts";

const [APPROVER, ACTOR, OTHER] = ["U0ADA", "U0MALLORY", "U0LENA"];
const LAWFUL = "10.0.0.0/8";
const PATIENCE_MS = 60_000;

describeOnEmulators("what people answer in Slack, through the packaged stack", () => {
  let sandbox: Sandbox;
  let served: { url: string; close: () => Promise<void> };

  beforeAll(async () => {
    sandbox = await startSandbox(join(import.meta.dirname, "portcullis.yml"));
    served = await startSlackPage(sandbox.slack);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await served?.close();
    await sandbox?.stop();
  });

  /** Opens a hole, and waits until it is closed and told. */
  async function closedHole(name: string) {
    const { id, record } = await sandbox.openHole(name);
    await sandbox.report(record);
    const message = await sandbox.told(id);
    expect(await sandbox.ingressOf(id)).toEqual([LAWFUL]);
    return { id, message };
  }

  const threadSays = (message: { ts: string }, text: string) =>
    sandbox.seen(`"${text}" in the thread`, () => sandbox.slack.threadOf(message).find((reply) => reply.text.includes(text)));
  const hears = (user: string, text: string) =>
    sandbox.seen(`"${text}", said to ${user} alone`, () => sandbox.slack.answers.find((answer) => JSON.stringify(answer).includes(text)));

  test(
    "an exception until a moment opens it again; when it ends the guard closes it, and the thread tells all of it",
    async () => {
      const { id, message } = await closedHole("allowed");
      await sandbox.slack.pressButton({ ts: message.ts, action: ACTIONS.allowUntil, user: APPROVER });
      const view = await sandbox.seen("the dialog", () => sandbox.slack.views.find(({ open }) => open));
      const until = Math.ceil(Date.now() / 1000) + 6;
      const submitted = await sandbox.slack.submitDialog({ view: view.id, user: APPROVER, values: { until, reason: "a demo" } });
      expect(submitted).toEqual({ status: 200, body: "" });
      expect(await sandbox.reopened(id)).toEqual(expect.arrayContaining([LAWFUL, FORBIDDEN]));
      expect(JSON.stringify(await threadSays(message, "put back as it was"))).toContain("a demo");
      expect(await sandbox.closed(id)).toEqual([LAWFUL]);
      expect(Date.now() / 1000).toBeGreaterThan(until);
      const end = await threadSays(message, "Closed: tcp 22");
      expect(JSON.stringify(end.blocks)).toContain("has ended");
      expect(await sandbox.settled()).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    "undone, it is put back, and the guard leaves it when CloudTrail reports that",
    async () => {
      const { id, message } = await closedHole("undone");
      await sandbox.slack.pressButton({ ts: message.ts, action: ACTIONS.undo, user: APPROVER });
      await sandbox.reopened(id);
      await threadSays(message, "put back as it was");
      await sandbox.report(await sandbox.recordOfHole(id));
      await threadSays(message, "Allowed by an exception");
      expect(await sandbox.ingressOf(id)).toContain(FORBIDDEN);
      // Pressed once more, it is not done once more.
      await sandbox.slack.pressButton({ ts: message.ts, action: ACTIONS.undo, user: APPROVER });
      await threadSays(message, "it stands already");
      expect(await sandbox.settled()).toBe(0);
    },
    PATIENCE_MS,
  );

  test.each([
    ["who made the change", ACTOR, "another approver"],
    ["who is no approver", OTHER, "not among the approvers"],
  ])(
    "whoever may not undo is told so alone, and nothing opens: %s",
    async (_, user = "", says) => {
      const policy = user === ACTOR ? "not among the approvers" : says;
      const { id, message } = await closedHole(`refused-${user.toLowerCase()}`);
      await sandbox.slack.pressButton({ ts: message.ts, action: ACTIONS.undo, user });
      await hears(user, policy);
      expect(await sandbox.settled()).toBe(0);
      expect(await sandbox.ingressOf(id)).toEqual([LAWFUL]);
      expect(sandbox.slack.threadOf(message)).toEqual([]);
    },
    PATIENCE_MS,
  );

  test("a request that Slack did not sign is refused, and a repeated delivery is answered once", async () => {
    const { id, message } = await closedHole("repeated");
    const request = sandbox.slack.buttonRequest({ ts: message.ts, action: ACTIONS.allow4h, user: APPROVER });
    const forged = { ...request, body: request.body.replace(APPROVER ?? "", "U0LENA") };
    expect(await sandbox.slack.deliver(forged)).toMatchObject({ status: 401 });
    expect(await sandbox.slack.deliver(request)).toMatchObject({ status: 200 });
    expect(await sandbox.slack.deliver(request)).toMatchObject({ status: 200 });
    await sandbox.reopened(id);
    expect(await sandbox.settled()).toBe(0);
    expect(new Set(sandbox.slack.threadOf(message).map(({ text }) => text)).size).toBe(1);
  });

  test("commands: a group explained, the exceptions, the status", async () => {
    const { id } = await closedHole("explained");
    await sandbox.slack.command({ text: `explain ${id}`, user: OTHER ?? "" });
    await hears(OTHER ?? "", "tcp 22 from 10.0.0.0/8");
    await sandbox.slack.command({ text: "exceptions", user: OTHER ?? "" });
    await hears(OTHER ?? "", "undone");
    await sandbox.slack.command({ text: "status", user: OTHER ?? "" });
    await hears(OTHER ?? "", "enforce");
  });

  describeInBrowser("in a browser", () => {
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      browser = await launchBrowser();
      page = await browser.newPage();
    });
    afterAll(() => browser?.close());

    test(
      "an approver reads why, undoes it, and reads what became of it",
      async () => {
        const { id, message } = await closedHole("browser");
        await page.goto(`${served.url}/?user=${APPROVER}`);
        const told = page.locator("article", { hasText: id }).first();
        await told.getByRole("button", { name: "Explain", exact: true }).first().click();
        await page.getByText("Only visible to you").first().waitFor();
        await told.getByRole("button", { name: "Undo", exact: true }).first().click();
        await page.getByRole("dialog").getByRole("button", { name: "Undo", exact: true }).click();
        expect(await sandbox.reopened(id)).toContain(FORBIDDEN);
        const { ts } = await threadSays(message, "put back as it was");
        await page.locator(`[data-ts="${ts}"]`).getByText("put back as it was").waitFor();
      },
      PATIENCE_MS,
    );
  });
});
