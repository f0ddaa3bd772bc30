// Breaks everything that the functions call, at random, while hundreds of groups are opened, and insists on what was promised (docs/chaos.md).
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { planOf } from "./plan.ts";
import { reportOf, summaryOf } from "./report.ts";
import { type Progress, storm } from "./storm.ts";
import { Trace } from "./trace.ts";
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

interface Asked {
  readonly changes: number;
  readonly seed: number;
  readonly file: string | undefined;
}

try {
  const asked = read();
  if (asked === "help") process.stdout.write(HELP);
  else await run(asked);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function run({ changes, seed, file }: Asked): Promise<void> {
  process.stdout.write(`chaos over ${changes.toLocaleString("en")} changes with --seed ${seed}\n`);
  const trace = new Trace();
  try {
    const ended = await storm({ plan: planOf(seed, changes), trace, tell: ticker(changes) });
    const breaks = verdictOn(ended.observed);
    process.stdout.write(`${reportOf(breaks, trace)}${summaryOf(breaks, ended)}`);
    process.exitCode = breaks.length === 0 ? 0 : 1;
  } finally {
    if (file !== undefined) writeFileSync(file, `${trace.happenings.map((one) => trace.line(one)).join("\n")}\n`);
  }
}

/** What the command line asks for. Throws for what it cannot ask for. */
function read(): Asked | "help" {
  const text = { type: "string" } as const;
  const { values } = parsed(() => parseArgs({ options: { changes: text, seed: text, trace: text, help: { type: "boolean" } } }));
  if (values.help) return "help";
  return {
    changes: whole("changes", values.changes ?? "1000", 1),
    seed: whole("seed", values.seed ?? String(Date.now() % 2 ** 31), 0),
    file: values.trace,
  };
}

function parsed<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nSee npm run chaos -- --help`, { cause: error });
  }
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least) return value;
  throw new Error(`--${name} is "${text}": expected a whole number of ${least} or more. See npm run chaos -- --help`);
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
