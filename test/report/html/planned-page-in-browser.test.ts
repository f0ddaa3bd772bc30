import { mkdtemp, readFile, rm } from "node:fs/promises";
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

const PLANS = {
  "a new network, and a group that changes": ["test/fixtures/terraform/constructed/network.json", "examples/pull-request/portcullis.yml"],
  "the example repository": ["examples/pull-request/plan.json", "examples/pull-request/portcullis.yml"],
  "a template": ["test/fixtures/cloudformation/eks.yaml", "examples/strict.yml"],
} as const;
const [FIRST] = Object.keys(PLANS);

// What a drawing shows where it should not: texts outside of their boxes, boxes on each other, ways behind boxes that they do not lead to.
const FAULTS = `[...document.querySelectorAll("svg.network")].flatMap((svg) => {
  const inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
  const boxes = [...svg.querySelectorAll("g.box")].map((group) => ({ group, rect: group.querySelector("rect").getBoundingClientRect() }));
  const texts = boxes.flatMap(({ group, rect }) =>
    [...group.querySelectorAll("text")].filter((text) => !inside(text.getBoundingClientRect(), rect)).map((text) => "outside: " + text.textContent));
  const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => !apart(a.rect, b.rect)).map((b) => "overlap: " + a.group.textContent + " / " + b.group.textContent));
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const origin = svg.getBoundingClientRect();
  const behind = [...svg.querySelectorAll("path.way")].flatMap((way) => {
    const length = way.getTotalLength();
    const points = Array.from({ length: 200 }, (_, i) => way.getPointAtLength((length * i) / 199)).map(({ x, y }) => ({ x: origin.left + x * scale, y: origin.top + y * scale }));
    return boxes.filter(({ rect }) => points.some(({ x, y }) => x > rect.left + 2 && x < rect.right - 2 && y > rect.top + 2 && y < rect.bottom - 2)).map(({ group }) => "behind: " + group.textContent);
  });
  return [...texts, ...pairs, ...behind];
})`;

describeInBrowser("the page of a plan in a browser", () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  let errors: string[];
  const fileOf = (name: string) => join(folder, `${Object.keys(PLANS).indexOf(name)}.html`);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "portcullis-plan-page-"));
    for (const [name, [plan, policy]] of Object.entries(PLANS)) {
      const run = await runCli(["review", plan, "--policy", policy, "--fail-on", "never", "--output", `html=${fileOf(name)}`]);
      expect(run.code).toBe(0);
    }
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    errors = [];
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
    page.on("pageerror", (error) => void errors.push(String(error)));
    page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
  });
  afterEach(async () => {
    expect(errors).toEqual([]);
    await page.close();
  });
  const open = (name = FIRST ?? "") => page.goto(pathToFileURL(fileOf(name)).href);
  const unfold = () => page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");

  describe.each(Object.keys(PLANS))("of %s", (name) => {
    test.each(["light", "dark"] as const)("axe finds nothing serious in %s, closed and open", async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await open(name);
      expect(await seriousViolations(page)).toEqual([]);
      await unfold();
      expect(await seriousViolations(page)).toEqual([]);
      await page.locator("#list").focus();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      expect(await seriousViolations(page)).toEqual([]);
    });

    test.each([1280, 390])("fits a window of %i, and its drawings lay nothing on anything else", async (width) => {
      await page.setViewportSize({ width, height: 900 });
      await open(name);
      await unfold();
      expect(await page.locator("svg.network").count()).toBeGreaterThan(0);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      expect(await page.evaluate(FAULTS)).toEqual([]);
      // Smaller, and nobody could read it.
      const sizes = await page.evaluate(
        "[...document.querySelectorAll('svg.network')].map((svg) => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)",
      );
      for (const scale of z.array(z.number()).parse(sizes)) expect(scale * 11.5).toBeGreaterThan(9);
    });
  });

  test("a drawing is in its window whole, where there is room", async () => {
    await open();
    const frame = page.locator("details.net[open] .chart-frame");
    expect(await frame.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  });

  test("is walked by keyboard, from a decision about a plan to the drawing of its network, and through it", async () => {
    await open();
    const list = page.getByRole("listbox", { name: /^Decisions/ });
    await page.getByLabel("Search").fill("desktops planned");
    await page.getByRole("status").getByText("1 of 4 decisions").waitFor();
    await list.focus();
    await page.keyboard.press("Enter");
    const ingress = page
      .getByRole("dialog")
      .locator("section")
      .filter({ has: page.getByRole("heading", { name: "Ingress" }) });
    const columns = await ingress.locator(".columns > div").allTextContents();
    expect(columns).toEqual([
      "Beforetcp 80, 443 from 0.0.0.0/0",
      "After this change+tcp 3389 from 0.0.0.0/0new, forbiddentcp 443 from 0.0.0.0/0−tcp 80 from 0.0.0.0/0taken away",
      "With Portcullistcp 443 from 0.0.0.0/0",
    ]);
    const link = page.getByRole("dialog").getByRole("link", { name: "The drawing of its network" });
    await link.focus();
    await page.keyboard.press("Enter");
    const drawn = page.locator("details.net[open]").filter({ hasText: "vpc-0a1b2c3d4e5f60718" });
    await drawn.getByRole("img", { name: /^vpc-0a1b2c3d4e5f60718 .*1 security group open to the internet/ }).waitFor();
    const frame = drawn.getByRole("group", { name: "Drawing of vpc-0a1b2c3d4e5f60718" });
    await frame.focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await drawn.getByRole("rowheader", { name: "Forbidden by aws_security_group.desktops" }).waitFor();
  });

  test("says what is known after apply only, in a decision and in the drawing", async () => {
    await open();
    await page.getByLabel("Search").fill("aws_security_group.web");
    await page.locator("#list [role=option]").first().click();
    const unknown = page.getByRole("dialog").locator("li.unknown");
    expect(await unknown.textContent()).toBe("?cidr_ipv4 of aws_vpc_security_group_ingress_rule.web_partnerknown after apply");
    await page.keyboard.press("Escape");
    const box = page.locator("g.box.open");
    expect(await box.textContent()).toMatch(/^Known after apply/);
  });

  test("tells no time: neither of decisions, nor a time line, and not what stands at an end", async () => {
    await open();
    expect(await page.locator("#time").count()).toBe(0);
    expect(await page.getByText("still there at the end").count()).toBe(0);
    await page.locator("#list").scrollIntoViewIfNeeded();
    for (const when of await page.locator("#list .when").allTextContents()) expect(when).toBe("planned");
  });

  test("is the same to the byte when it is written again, at another time", async () => {
    const again = join(folder, "again.html");
    const [plan, policy] = PLANS["a template"];
    await runCli(["review", plan, "--policy", policy, "--fail-on", "never", "--output", `html=${again}`]);
    expect(await readFile(again, "utf8")).toBe(await readFile(fileOf("a template"), "utf8"));
  });
});
