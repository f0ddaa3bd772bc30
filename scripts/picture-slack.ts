// Draws docs/images/slack-message.png: what a closed port and a dry run look like in Slack. `node scripts/picture-slack.ts`
// with CHROMIUM naming the browser: one of the system has the fonts that the one of the tests lacks.
import { join } from "node:path";
import { revokeRules } from "../lib/model/remedy.ts";
import { messageFor } from "../lib/slack/message.ts";
import { launchBrowser } from "../test/support/browser.ts";
import { change, decision, finding, rule } from "../test/support/decisions.ts";
import { renderChannel } from "../test/support/slack-page.ts";

const OUTPUT = join(import.meta.dirname, "../docs/images/slack-message.png");

const closed = decision();

const dryChange = change({
  id: "1b5e0c7e-8a52-4c0e-9d3b-2f6f1c9e4a70",
  at: "2026-03-02T09:31:44Z",
  account: "444455556666",
  actor: {
    arn: "arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_DeveloperAccess_0123456789abcdef/marco@example.com",
    sourceIp: "203.0.113.40",
    userAgent: "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0",
  },
  subject: { kind: "security-group", id: "sg-0fedcba9876543210" },
});
const wide = rule("tcp 443-8443 from 0.0.0.0/0", "load balancer & debug ports");
const dryRun = decision({
  id: `${dryChange.id}/${dryChange.subject.id}`,
  change: dryChange,
  mode: "dry-run",
  outcome: "would-act",
  findings: [finding("tcp 444-8443 from 0.0.0.0/0", { rules: [wide] })],
  acts: [{ remedy: revokeRules(dryChange.subject.id, [wide]), result: "would" }],
  names: { account: "shop-staging", subject: "web", vpc: "vpc-0123abcd4567ef890" },
  latency: { eventAge: 2800 },
});

const page = renderChannel(
  [
    { ...messageFor(closed, { buttons: true }), time: "10:14" },
    { ...messageFor(dryRun, { buttons: true }), time: "10:31" },
  ],
  { title: "# net-guard" },
);

const browser = await launchBrowser();
try {
  const tab = await browser.newPage({ viewport: { width: 780, height: 600 }, deviceScaleFactor: 2 });
  await tab.setContent(page);
  await tab.screenshot({ path: OUTPUT, fullPage: true });
  console.log(`Wrote ${OUTPUT}`);
} finally {
  await browser.close();
}
