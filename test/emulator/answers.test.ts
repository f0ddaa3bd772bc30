import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { ACTIONS } from "../../lib/slack/buttons.ts";
import { launchBrowser } from "../support/browser.ts";
import { describeInBrowser } from "../support/browser-suite.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { FORBIDDEN, type Sandbox, startSandbox } from "../support/sandbox.ts";
import { startSlackPage } from "../support/slack-page-server.ts";

const [APPROVER, ACTOR, OTHER] = ["U0ADA", "U0MALLORY", "U0LENA"] as const;
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
    "an exception for a few seconds opens it again; when it ends the guard closes it, and the thread tells all of it",
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

  test(
    "whoever may not undo is told so alone, and nothing opens",
    async () => {
      const { id, message } = await closedHole("refused");
      await sandbox.slack.pressButton({ ts: message.ts, action: ACTIONS.undo, user: OTHER });
      await hears(OTHER, "not among the approvers");
      await sandbox.slack.pressButton({ ts: message.ts, action: ACTIONS.undo, user: ACTOR });
      await hears(ACTOR, "you made this change yourself");
      expect(await sandbox.settled()).toBe(0);
      expect(await sandbox.ingressOf(id)).toEqual([LAWFUL]);
      expect(sandbox.slack.threadOf(message)).toEqual([]);
    },
    PATIENCE_MS,
  );

  test("a request that Slack did not sign is refused, and a repeated delivery is answered once", async () => {
    const { id, message } = await closedHole("repeated");
    const request = sandbox.slack.buttonRequest({ ts: message.ts, action: ACTIONS.allow4h, user: APPROVER });
    const forged = { ...request, body: request.body.replace(APPROVER, "U0LENA") };
    expect(await sandbox.slack.deliver(forged)).toMatchObject({ status: 401 });
    expect(await sandbox.slack.deliver(request)).toMatchObject({ status: 200 });
    expect(await sandbox.slack.deliver(request)).toMatchObject({ status: 200 });
    await sandbox.reopened(id);
    expect(await sandbox.settled()).toBe(0);
    expect(sandbox.slack.threadOf(message)).toHaveLength(1);
  });

  test("commands: a group explained, the exceptions, the status", async () => {
    const { id } = await closedHole("explained");
    await sandbox.slack.command({ text: `explain ${id}`, user: OTHER });
    await hears(OTHER, "tcp 22 from 10.0.0.0/8");
    await sandbox.slack.command({ text: "exceptions", user: OTHER });
    await hears(OTHER, "undone");
    await sandbox.slack.command({ text: "status", user: OTHER });
    await hears(OTHER, "enforce");
  });

  test("the digest of the day before is posted once, with the exceptions that end today", async () => {
    await sandbox.invoke("digest");
    await sandbox.invoke("digest");
    const digests = sandbox.slack.messages.filter(({ text }) => text.includes("📋 Portcullis on"));
    expect(digests).toEqual([expect.objectContaining({ channel: "#net-sandbox", text: expect.stringContaining("about to end") })]);
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
      "an approver reads why, and undoes it",
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

    test(
      "an approver allows it until a moment, the guard leaves it until then, and closes it",
      async () => {
        const { id, message } = await closedHole("browser-allowed");
        await page.goto(`${served.url}/?user=${APPROVER}`);
        const told = page.locator(`article[data-ts="${message.ts}"]`);
        await told.getByRole("button", { name: "Allow until…", exact: true }).click();
        await page.getByRole("dialog").waitFor();
        // Its own clock is the browser's; a few seconds are enough for the guard to hear of the call that puts it back.
        const until = new Date(Date.now() + 12_000);
        await page
          .getByLabel("Until")
          .fill(
            await page.evaluate(
              `(at => new Date(at - new Date(at).getTimezoneOffset() * 60000).toISOString().slice(0, 19))(${until.getTime()})`,
            ),
          );
        await page.getByLabel("Why").fill("a partner's demo");
        await page.getByRole("button", { name: "Allow", exact: true }).click();
        await page.getByRole("dialog").waitFor({ state: "hidden" });
        await sandbox.reopened(id);
        await sandbox.report(await sandbox.recordOfHole(id));
        await threadSays(message, "Allowed by an exception");
        expect(await sandbox.ingressOf(id)).toContain(FORBIDDEN);
        expect(await sandbox.closed(id)).toEqual([LAWFUL]);
        expect(Date.now()).toBeGreaterThan(until.getTime());
        const { ts } = await threadSays(message, "Closed: tcp 22");
        await page.locator(`[data-ts="${ts}"]`).getByText("has ended").waitFor();
        await page.locator(`article[data-ts="${message.ts}"]`).getByText("Now: closed").waitFor();
      },
      PATIENCE_MS,
    );
  });
});
