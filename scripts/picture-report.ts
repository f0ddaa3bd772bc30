// Draws docs/images/report-light.png and report-dark.png: the page of the recorded events under the strictest policy.
// `node scripts/picture-report.ts`
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launchBrowser } from "../test/support/browser.ts";

const ROOT = join(import.meta.dirname, "..");
const IMAGES = join(ROOT, "docs/images");
const VIEW = { viewport: { width: 1280, height: 940 }, deviceScaleFactor: 1.25, reducedMotion: "reduce" } as const;
// A group that somebody opened by ModifySecurityGroupRules.
const OPENED = "sg-03dcb7be1b5c780c2 2026-02-03T09:15";

const folder = mkdtempSync(join(tmpdir(), "portcullis-picture-"));
const file = join(folder, "review.html");
const browser = await launchBrowser();
try {
  const args = [
    "cli/portcullis.ts",
    "review",
    "events",
    "--policy",
    "examples/strict.yml",
    "--fail-on",
    "never",
    "--output",
    `html=${file}`,
  ];
  execFileSync(process.execPath, args, { cwd: ROOT, stdio: "ignore" });
  const light = await browser.newPage({ ...VIEW, colorScheme: "light" });
  await light.goto(pathToFileURL(file).href);
  await light.screenshot({ path: join(IMAGES, "report-light.png") });
  const dark = await browser.newPage({ ...VIEW, colorScheme: "dark" });
  await dark.goto(`${pathToFileURL(file).href}#decisions`);
  await dark.getByLabel("Search").fill(OPENED);
  await dark
    .getByRole("status")
    .getByText(/^1 of /)
    .waitFor();
  await dark.locator("#list [role=option]").click();
  await dark.getByRole("dialog").waitFor();
  await dark.screenshot({ path: join(IMAGES, "report-dark.png") });
  console.log(`Wrote ${join(IMAGES, "report-light.png")} and report-dark.png`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
