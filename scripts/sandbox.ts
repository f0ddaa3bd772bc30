// `npm run sandbox`: the packaged stack on local AWS, an SSH port opened to the world, and the gate closing.
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { findPython } from "../test/support/python-venv.ts";
import { FORBIDDEN, HOLE, type Sandbox, startSandbox } from "../test/support/sandbox.ts";
import { startSlackPage } from "../test/support/slack-page-server.ts";

const HELP = `Usage: npm run sandbox [-- --once]

Deploys the packaged stack on two local AWS emulators (nothing leaves this machine, no AWS account is used), opens
tcp 22 from 0.0.0.0/0 beside a lawful 10.0.0.0/8, reports it as CloudTrail would, and shows the rule disappear and the
Slack message arrive. Then it stays up until Ctrl-C, which removes everything, with a page of the Slack channel: its buttons
and dialogs work, and one chooses whom to be, an approver or the one who opened the port.

  --once   play it once and end; exit 0 only if the hole was closed, the lawful rule stayed and Slack was told
  --help   this text

Needs python3 3.10 or later; the first run installs the emulators into .cache/ (about half a minute).
`;
const POLICY = join(import.meta.dirname, "../test/emulator/portcullis.yml");
const LAWFUL = HOLE.cidrs.filter((cidr) => cidr !== FORBIDDEN);

/** Reads the options; undefined when they are not understood. */
function options(): { once: boolean; help: boolean } | undefined {
  try {
    const { values } = parseArgs({ options: { once: { type: "boolean", default: false }, help: { type: "boolean", default: false } } });
    return values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return undefined;
  }
}

/** Prints lines with the seconds since the last one. */
function stopwatch(): (line: string) => void {
  let last = performance.now();
  return (line) => {
    const now = performance.now();
    process.stdout.write(`${((now - last) / 1000).toFixed(2).padStart(7)} s  ${line}\n`);
    last = now;
  };
}

/** Plays the scenario once; resolves to what went wrong. */
async function play(sandbox: Sandbox, name: string): Promise<readonly string[]> {
  const before = sandbox.recorder.calls.length;
  const tell = stopwatch();
  const group = await sandbox.openHole(name);
  tell(`opened ${HOLE.protocol} ${HOLE.port} from ${HOLE.cidrs.join(", ")} on ${group.id}`);
  await sandbox.report(group.record);
  tell("CloudTrail's event is on the default event bus");
  const left = await sandbox.closed(group.id);
  const lost = LAWFUL.filter((cidr) => !left.includes(cidr));
  tell(`closed: ${FORBIDDEN} is gone, ${left.join(", ") || "nothing"} is still there`);
  const { channel, text } = await sandbox.told(group.id);
  tell(`Slack ${channel}: ${text}`);
  const calls = sandbox.recorder.calls.slice(before).findIndex(({ observed }) => isWithoutHole(observed)) + 1;
  process.stdout.write(`           EC2 calls until the hole was closed: ${calls}\n`);
  return lost.map((cidr) => `the lawful ${HOLE.protocol} ${HOLE.port} from ${cidr} is gone too`);
}

function isWithoutHole(observed: unknown): boolean {
  return Array.isArray(observed) && !observed.includes(FORBIDDEN);
}

async function stayUp(sandbox: Sandbox): Promise<void> {
  const page = await startSlackPage(sandbox.slack);
  const terminal = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
  process.stdout.write(`
The channel:  ${page.url}${sandbox.slack.isConnected() ? "" : "\n  Nothing answers its buttons: the stack has no function for them."}
To look around with the AWS CLI (AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing AWS_REGION=eu-west-1):
  EC2         --endpoint-url ${sandbox.moto.url}
  all else    --endpoint-url ${sandbox.ministack.url}
${terminal === undefined ? "" : "Enter opens another hole. "}Ctrl-C removes everything.
`);
  let played = 1;
  terminal?.on("line", () => {
    play(sandbox, `sandbox-${++played}`).catch((error: unknown) => process.stderr.write(`${error}\n`));
  });
  await interrupted;
  terminal?.close();
  await page.close();
}

const interrupted = new Promise<"interrupted">((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve("interrupted"));
});

async function main(): Promise<number> {
  const chosen = options();
  if (chosen === undefined) return 2;
  if (chosen.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const python = findPython();
  if ("missing" in python) {
    process.stderr.write(`The sandbox needs Python for the emulators: ${python.missing}\n`);
    return 2;
  }
  const tell = stopwatch();
  // A start is not cut short by Ctrl-C: only what has started can be stopped.
  const sandbox = await startSandbox(POLICY, tell);
  try {
    const outcome = await Promise.race([play(sandbox, "sandbox-1"), interrupted]);
    if (outcome === "interrupted") return 130;
    for (const problem of outcome) process.stderr.write(`FAILED: ${problem}\n`);
    if (!chosen.once) await stayUp(sandbox);
    return outcome.length === 0 ? 0 : 1;
  } finally {
    await sandbox.stop();
    process.stdout.write("Everything is stopped and removed.\n");
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`FAILED: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`);
  process.exitCode = 1;
}
