import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import * as z from "zod/mini";
import { runCli } from "../../cli/run-cli.ts";
import { seriousViolations } from "../../support/axe.ts";
import { launchBrowser } from "../../support/browser.ts";
import { describeInBrowser } from "../../support/browser-suite.ts";
import { change, decision } from "../../support/decisions.ts";
import { pageOf } from "../../support/html-page.ts";
import { hostile } from "../../support/reporting.ts";

const Decisions = z.object({
  decisions: z.array(
    z.object({
      id: z.string(),
      account: z.string(),
      outcome: z.string(),
      findings: z.array(z.object({ rule: z.string(), severity: z.string() })),
    }),
  ),
});

describeInBrowser("the page of a review in a browser", () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  let decisions: z.infer<typeof Decisions>["decisions"];
  // What went wrong in the page, and what it asked for.
  let errors: string[];
  let asked: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "portcullis-page-"));
    const files = ["--output", `html=${join(folder, "page.html")}`, "--output", `json=${join(folder, "page.json")}`];
    const run = await runCli(["review", "events", "--policy", "examples/strict.yml", "--fail-on", "never", ...files]);
    expect(run.code).toBe(0);
    ({ decisions } = Decisions.parse(JSON.parse(await readFile(join(folder, "page.json"), "utf8"))));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    errors = [];
    asked = [];
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    page.on("pageerror", (error) => void errors.push(String(error)));
    page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
    page.on("request", (request) => void asked.push(request.url()));
    await open("page.html");
  });
  afterEach(async () => {
    expect(errors).toEqual([]);
    await page.close();
  });

  const urlOf = (file: string) => pathToFileURL(join(folder, file)).href;
  const open = (file: string) => page.goto(urlOf(file));
  const show = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    await open(name);
  };
  const list = () => page.getByRole("listbox", { name: /^Decisions/ });
  const options = () => list().getByRole("option");
  const sheet = () => page.getByRole("dialog");
  const counted = (text: string) => page.getByRole("status").getByText(text, { exact: true }).waitFor();
  const by = (rule: string) => decisions.filter(({ findings }) => findings.some((finding) => finding.rule === rule));

  test("asks for nothing but itself, whatever is opened", async () => {
    await list().focus();
    await page.keyboard.press("Enter");
    await sheet().waitFor();
    expect(asked).toEqual([urlOf("page.html")]);
  });

  test("filters by outcome, severity, rule, account and text, and says how many are left", async () => {
    const n = decisions.length;
    await counted(`All ${n} decisions`);
    await page.getByLabel("would-act", { exact: true }).check({ force: true });
    await counted(`${decisions.filter(({ outcome }) => outcome === "would-act").length} of ${n} decisions`);
    await page.getByRole("button", { name: "Reset" }).click();
    await counted(`All ${n} decisions`);
    await page.getByLabel("Rule", { exact: true }).selectOption({ label: "flow-logs-enabled" });
    await page.getByLabel("Search").fill("CreateVpc 111122223333");
    await page.waitForFunction("document.querySelectorAll('[role=option]').length < 20");
    for (const option of await options().all()) expect(await option.textContent()).toMatch(/CreateVpc.*111122223333/s);
    await page.getByLabel("Search").fill("no such thing");
    await counted(`None of ${n} decisions match`);
    expect(await options().count()).toBe(0);
  });

  test("a cell of the heat map and a name show their decisions", async () => {
    const [first] = await page.locator("rect.heat").all();
    const title = (await first?.locator("title").textContent()) ?? "";
    const [, rule = "", inAccount = "", count = ""] = /^(\S+) in (\d+): (\d+),/.exec(title) ?? [];
    await first?.click();
    await counted(`${count} of ${decisions.length} decisions`);
    expect(await page.getByLabel("Rule", { exact: true }).locator("option:checked").textContent()).toBe(rule);
    expect(by(rule).filter(({ account }) => account === inAccount)).toHaveLength(Number(count));
    await page.getByRole("button", { name: "mallory" }).click();
    await options().first().getByText("mallory", { exact: true }).waitFor();
    await page.waitForFunction("document.activeElement.id === 'list'");
  });

  test("is walked by keyboard: into the list, along it, into a decision and back", async () => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await list().focus();
    const active = () => page.locator("#list [aria-selected=true]");
    const position = async () => Number(await active().getAttribute("aria-posinset"));
    await page.keyboard.press("Home");
    expect(await position()).toBe(1);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await position()).toBe(3);
    expect(await list().getAttribute("aria-activedescendant")).toBe(await active().getAttribute("id"));
    const resource = (await active().locator(".resource").textContent()) ?? "";
    await page.keyboard.press("Enter");
    await sheet().getByRole("heading", { name: resource }).waitFor();
    await sheet().getByRole("button", { name: "Next" }).press("Enter");
    await sheet().getByText(`4 of ${decisions.length}`).waitFor();
    await page.keyboard.press("Escape");
    await sheet().waitFor({ state: "hidden" });
    expect(await page.evaluate("document.activeElement.id")).toBe("list");
    expect(await position()).toBe(4);
    await page.keyboard.press("End");
    expect(await position()).toBe(decisions.length);
    expect(await active().getAttribute("aria-setsize")).toBe(String(decisions.length));
    await page.keyboard.press("PageUp");
    expect(await position()).toBeLessThan(decisions.length - 3);
    const box = await active().boundingBox();
    expect(box?.y).toBeGreaterThan(0);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(900);
  });

  test("a decision shows what was added and is forbidden, and what remains", async () => {
    await page.getByLabel("Search").fill("sg-03dcb7be1b5c780c2 2026-02-03T09:15");
    await counted(`1 of ${decisions.length} decisions`);
    await options().click();
    const ingress = sheet()
      .locator("section")
      .filter({ has: page.getByRole("heading", { name: "Ingress" }) });
    await ingress.getByRole("heading", { name: "Before" }).waitFor();
    const added = ingress.locator("li.forbidden").first();
    expect(await added.textContent()).toMatch(/^\+tcp 22 from 0\.0\.0\.0\/0 except .*new, forbidden$/);
    const remains = ingress
      .locator("div")
      .filter({ has: page.getByRole("heading", { name: "With Portcullis" }) })
      .last();
    expect(await remains.locator("li.forbidden").count()).toBe(0);
    await sheet().getByRole("button", { name: "Close" }).click();
    await sheet().waitFor({ state: "hidden" });
  });

  test("a decision leads to the drawing of its network", async () => {
    await page.getByLabel("Search").fill("warehouse-tools");
    await page
      .getByRole("status")
      .getByText(/^\d of /)
      .waitFor();
    await options().first().click();
    await sheet().getByRole("link", { name: "The drawing of its network" }).click();
    const drawn = page.locator("details.net[open]").filter({ hasText: "vpc-0f3b6aa14474bd9ea" });
    await drawn.getByRole("img", { name: /^vpc-0f3b6aa14474bd9ea/ }).waitFor();
    await drawn.getByText("In words", { exact: true }).click();
    await drawn.getByRole("rowheader", { name: /warehouse-public-a/ }).waitFor();
  });

  test.each(["light", "dark"] as const)("axe finds nothing serious in %s, closed and open", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    expect(await seriousViolations(page)).toEqual([]);
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
    expect(await seriousViolations(page)).toEqual([]);
    await list().focus();
    await page.keyboard.press("Enter");
    await sheet().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  test("the switch turns light to dark and back, and says which it is", async () => {
    const ground = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    const [light, button] = [await ground(), page.getByRole("button", { name: "Dark" })];
    await button.click();
    expect(await ground()).not.toBe(light);
    expect(await button.getAttribute("aria-pressed")).toBe("true");
    await button.click();
    expect(await ground()).toBe(light);
  });

  test("prints every match as a table and every drawing, without what only a screen can use", async () => {
    await page.getByLabel("critical", { exact: true }).check({ force: true });
    const shown = decisions.filter(({ findings }) => findings.some(({ severity }) => severity === "critical")).length;
    await counted(`${shown} of ${decisions.length} decisions`);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    await page.locator("#print tbody tr").first().waitFor();
    expect(await page.locator("#print tbody tr").count()).toBe(shown);
    expect(await page.locator("header, #filters, #list, dialog, .alternative").filter({ visible: true }).count()).toBe(0);
    const drawings = page.locator("svg.network");
    expect(await drawings.filter({ visible: true }).count()).toBe(await drawings.count());
    expect(await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")).toBe("rgb(255, 255, 255)");
    await page.emulateMedia({ media: "screen" });
    await page.locator("#print tbody tr").first().waitFor({ state: "detached" });
    expect(await page.locator("details.net[open]").count()).toBe(1);
  });

  test("fits a narrow screen", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await list().focus();
    await page.keyboard.press("Enter");
    await sheet().waitFor();
    expect(await page.evaluate("document.querySelector('#sheet-content').scrollWidth")).toBeLessThanOrEqual(390);
  });

  test("keeps only what is in sight of ten thousand decisions in the document", async () => {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      decision({ change: change({ id: `event-${i}` }), names: { subject: `group ${i}` } }),
    );
    await show("many.html", await pageOf(many));
    await counted("All 10,000 decisions");
    expect(await options().count()).toBeLessThan(60);
    await list().focus();
    await page.keyboard.press("End");
    await list().getByRole("option", { name: "(group 0)" }).waitFor();
    expect(await options().count()).toBeLessThan(60);
    await page.getByLabel("Search").fill("event-7777");
    await counted("1 of 10,000 decisions");
    await options().click();
    await sheet().getByText("event-7777/").waitFor();
  });

  describe("with hostile text", () => {
    test.each([
      '</script><script>window.broken = 1</script><img src="https://evil.example/x" onerror="window.broken = 1">',
      '<!--<script>"><svg onload="window.broken = 1">',
      "\u2028window.broken = 1//\u2029\u202e</style>",
    ])("%j runs and loads nothing", async (text) => {
      await show("hostile.html", await pageOf(hostile(text), [{ source: text, index: 0, reason: text }], { subject: text }));
      asked = asked.slice(-1);
      await list().focus();
      for (let i = 0; i < 4; i++) {
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await sheet().waitFor();
        await page.keyboard.press("Escape");
      }
      await page.emulateMedia({ media: "print" });
      await page.locator("#print tbody tr").first().waitFor();
      expect(await page.evaluate("window.broken")).toBeUndefined();
      expect(asked).toEqual([urlOf("hostile.html")]);
      expect(await page.locator("main img, #sheet img").count()).toBe(0);
    });
  });
});
