// Breaks everything that the functions call, at random, while hundreds of groups are opened, and insists on what was promised (docs/chaos.md).
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { planOf } from "./plan.ts";
import { reportOf, summaryOf } from "./report.ts";
import { type Progress, storm } from "./storm.ts";
import { verdictOn } from "./verdict.ts";

const HELP = `npm run chaos -- [--seed 7] [--changes 1000] [--trace file]

Deploys the packaged stack for three accounts in two regions on local emulators (moto, MiniStack and a local Slack; the first run
installs them into .cache/), and lets people change security groups there, lawfully and not. Meanwhile calls of the functions are
throttled, fail, hang, lose their answers, succeed in part or read what is no longer so, and functions are killed. Events of
the changes come late, twice, in any order or never. When the queues are empty, one sweep runs. Then:

  - no forbidden rule may be left, and no lawful one gone,
  - every change that was reported must have one decision in the ledger, which tells what was closed,
  - Slack must have heard of each once,
  - no dead-letter queue may hold anything.

Options
  --changes n   how many calls change a group; 1000 unless told, which takes some minutes
  --seed n      the run's luck; printed, and another each time unless told. The same seed makes the same changes, reports and
                faults; what comes first where things go on at once is up to the machine
  --trace file  writes all that happened, in order, into a file
  --help        this text

Ends with 1 where a promise was broken, and tells which change it was and what happened to its group, in order.
`;

const { values: options } = parseArgs({
  options: {
    changes: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    trace: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (options.help) process.stdout.write(HELP);
else await run(whole("changes"), whole("seed"));

async function run(changes: number, seed: number): Promise<void> {
  process.stdout.write(`chaos over ${changes.toLocaleString("en")} changes with --seed ${seed}\n`);
  const plan = planOf(seed, changes);
  const ended = await storm({ plan, tell: ticker(changes) });
  const breaks = verdictOn(ended.observed);
  if (options.trace !== undefined)
    writeFileSync(options.trace, `${ended.trace.happenings.map((one) => ended.trace.line(one)).join("\n")}\n`);
  process.stdout.write(`${reportOf(breaks, ended)}${summaryOf(breaks, ended)}`);
  process.exitCode = breaks.length === 0 ? 0 : 1;
}

function whole(name: "changes" | "seed"): number {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value >= (name === "changes" ? 1 : 0)) return value;
  throw new Error(`--${name} is "${options[name]}": expected a whole number`);
}

// A line when a phase begins, and every ten seconds.
function ticker(changes: number): (progress: Progress) => void {
  const began = performance.now();
  let [last, next] = ["", 0];
  return ({ phase, steps, waiting, faults }) => {
    const seconds = (performance.now() - began) / 1000;
    if (phase === last && seconds < next) return;
    [last, next] = [phase, seconds + 10];
    const wrong = [...faults.values()].reduce((sum, one) => sum + one, 0);
    process.stdout.write(
      `${seconds.toFixed(0).padStart(5)} s  ${phase}: ${steps} of ${changes} changes, ${waiting} messages wait, ${wrong} faults\n`,
    );
  };
}
