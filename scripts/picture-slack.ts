// Draws docs/images/slack-message.png from the sandbox: a port closed, allowed for a few seconds, and closed again by itself.
// `node scripts/picture-slack.ts`, on a machine with a font for emoji (Debian: fonts-noto-color-emoji).
import { join } from "node:path";
import { ACTIONS } from "../lib/slack/buttons.ts";
import { launchBrowser } from "../test/support/browser.ts";
import { startSandbox } from "../test/support/sandbox.ts";
import { startSlackPage } from "../test/support/slack-page-server.ts";

const OUTPUT = join(import.meta.dirname, "../docs/images/slack-message.png");
const POLICY = join(import.meta.dirname, "../test/emulator/portcullis.yml");
const APPROVER = "U0ADA";

const sandbox = await startSandbox(POLICY);
const served = await startSlackPage(sandbox.slack);
try {
  const { id, record } = await sandbox.openHole("bastion");
  await sandbox.report(record);
  const message = await sandbox.told(id);
  await sandbox.slack.pressButton({ ts: message.ts, action: ACTIONS.allowUntil, user: APPROVER });
  const view = await sandbox.seen("the dialog", () => sandbox.slack.views.find(({ open }) => open));
  const values = { until: Math.ceil(Date.now() / 1000) + 6, reason: "the partner's demo, NET-42" };
  await sandbox.slack.submitDialog({ view: view.id, user: APPROVER, values });
  await sandbox.reopened(id);
  await sandbox.closed(id);
  await sandbox.seen("the end", () => sandbox.slack.messages.find(({ blocks }) => JSON.stringify(blocks).includes("Now: closed again")));
  const browser = await launchBrowser();
  const tab = await browser.newPage({ viewport: { width: 900, height: 1360 }, deviceScaleFactor: 1.5 });
  await tab.goto(`${served.url}/?user=${APPROVER}`);
  await tab.getByText("has ended").waitFor();
  await tab.screenshot({ path: OUTPUT, fullPage: true });
  await browser.close();
  console.log(`Wrote ${OUTPUT}`);
} finally {
  await served.close();
  await sandbox.stop();
}
