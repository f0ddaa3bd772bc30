// Draws docs/images/report-light.png and report-dark.png, the page of the recorded events under the strictest policy, and
// report-plan.png, a network as a plan leaves it.
// `node scripts/picture-report.ts`
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { launchBrowser } from "../test/support/browser.ts";

const ROOT = join(import.meta.dirname, "..");
const IMAGES = join(ROOT, "docs/images");
const VIEW = { viewport: { width: 1280, height: 940 }, deviceScaleFactor: 1.25, reducedMotion: "reduce" } as const;
// A group that somebody opened by ModifySecurityGroupRules.
const OPENED = "sg-03dcb7be1b5c780c2 2026-02-03T09:15";

const folder = mkdtempSync(join(tmpdir(), "portcullis-picture-"));
const browser = await launchBrowser();

// The page of a review, as a file.
function pageOf(path: string, policy: string): string {
  const file = join(folder, `${basename(path)}.html`);
  const options = ["--policy", policy, "--fail-on", "never", "--output", `html=${file}`];
  execFileSync(process.execPath, ["cli/portcullis.ts", "review", path, ...options], { cwd: ROOT, stdio: "ignore" });
  return pathToFileURL(file).href;
}

try {
  const events = pageOf("events", "examples/strict.yml");
  const light = await browser.newPage({ ...VIEW, colorScheme: "light" });
  await light.goto(events);
  await light.screenshot({ path: join(IMAGES, "report-light.png") });
  const dark = await browser.newPage({ ...VIEW, colorScheme: "dark" });
  await dark.goto(`${events}#decisions`);
  await dark.getByLabel("Search").fill(OPENED);
  await dark
    .getByRole("status")
    .getByText(/^1 of /)
    .waitFor();
  await dark.locator("#list [role=option]").click();
  await dark.getByRole("dialog").waitFor();
  await dark.screenshot({ path: join(IMAGES, "report-dark.png") });
  // High enough that nothing lies upon the drawing.
  const plan = await browser.newPage({ ...VIEW, viewport: { width: 1280, height: 2400 }, colorScheme: "light" });
  await plan.goto(pageOf("test/fixtures/terraform/constructed/network.json", "examples/pull-request/portcullis.yml"));
  await plan.locator("#network-1").screenshot({ path: join(IMAGES, "report-plan.png") });
  console.log(`Wrote ${join(IMAGES, "report-light.png")}, report-dark.png and report-plan.png`);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
