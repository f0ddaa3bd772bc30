import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { findBrowser, launchBrowser } from "../test/support/browser.ts";
import { change, decision } from "../test/support/decisions.ts";
import { pageOf } from "../test/support/html-page.ts";
import type { Figure } from "./figures.ts";
import { inTurn, time } from "./measure.ts";
import type { Say } from "./progress.ts";

const DECISIONS = 10_000;

/** Opening the page of 10,000 decisions, until its list shows, against a page as large that only has text; and scrolling through it. */
export async function benchHtml(say: Say): Promise<readonly Figure[]> {
  if ("missing" in findBrowser()) return [{ id: "html-open", what: "the page of 10,000 decisions", ours: "no browser can run here" }];
  say("a page");
  const scratch = await mkdtemp(join(tmpdir(), "portcullis-bench-"));
  const browser = await launchBrowser();
  try {
    const day = (i: number) => new Date(Date.UTC(2026, 0, 1) + i * 600_000).toISOString();
    const made = Array.from({ length: DECISIONS }, (_, i) =>
      decision({
        change: change({
          id: `event-${i}`,
          at: day(i),
          account: String(111122220000 + (i % 40)),
          subject: { kind: "security-group", id: `sg-${i}` },
        }),
      }),
    );
    const page = await pageOf(made);
    const [ours, plain] = [join(scratch, "page.html"), join(scratch, "plain.html")];
    await writeFile(ours, page);
    const line = "<p>tcp 22 from 0.0.0.0/0 is open to the internet</p>\n";
    await writeFile(plain, `<!doctype html><meta charset="utf-8"><title>plain</title>${line.repeat(page.length / line.length)}`);
    const { a, b, ratio } = await inTurn(5, opening(browser, ours, "#list [role=option]"), opening(browser, plain, "p"));
    const size = `${(page.length / 1e6).toFixed(1)} MB`;
    const slowest = await slowestFrame(browser, ours);
    return [
      {
        id: "html-open",
        what: `opening the page of 10,000 decisions / ${size} of plain text`,
        ours: `${a.toFixed(0)} ms / ${b.toFixed(0)} ms = ${ratio.toFixed(2)} x`,
        goal: "less than 2 s, at most 1 x",
        met: a < 2_000 && ratio <= 1,
      },
      {
        id: "html-scroll",
        what: "scrolling through it: the slowest of 200 frames",
        ours: `${slowest.toFixed(0)} ms`,
        goal: "at most 100 ms",
        met: slowest <= 100,
      },
    ];
  } finally {
    await browser.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

function opening(browser: Browser, file: string, selector: string) {
  return async () => {
    const tab = await browser.newPage();
    const took = await time(async () => {
      await tab.goto(`${pathToFileURL(file).href}#decisions`);
      await tab.locator(selector).first().waitFor({ state: "attached" });
    });
    await tab.close();
    return took;
  };
}

const SCROLL = `new Promise((resolve) => {
  let [worst, left, before] = [0, 200, performance.now()];
  const step = (now) => {
    worst = Math.max(worst, now - before);
    before = now;
    scrollBy({ top: 3200, behavior: "instant" });
    if (left-- > 0) requestAnimationFrame(step); else resolve(worst);
  };
  document.getElementById("list").scrollIntoView({ behavior: "instant" });
  requestAnimationFrame((now) => { before = now; requestAnimationFrame(step); });
})`;

async function slowestFrame(browser: Browser, file: string): Promise<number> {
  const tab = await browser.newPage();
  await tab.goto(pathToFileURL(file).href);
  return Number(await tab.evaluate(SCROLL));
}
