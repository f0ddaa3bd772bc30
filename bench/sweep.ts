import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSweep } from "../lib/guard/records/sweep-record.ts";
import type { Bundle } from "../scripts/bundle.ts";
import { EMULATOR_ENV } from "../test/support/emulators.ts";
import { RULES_EACH, startPagedEc2 } from "../test/support/paged-ec2.ts";
import type { Figure } from "./figures.ts";
import { startFront } from "./front.ts";
import { GUARD_ACCOUNT, GUARD_ENV } from "./guard-env.ts";
import { worstGrowth } from "./measure.ts";
import { Program } from "./program.ts";
import type { Say } from "./progress.ts";

const GROUPS = [500, 5_000, 50_000];
const PAGE = 1_000;
// What is read besides the pages of groups and their rules.
const FEW = 3;
const MOST = 12;
const REGION = "eu-west-1";
const ROUNDS = 3;

interface Swept {
  readonly calls: number;
  readonly pages: number;
  readonly milliseconds: number;
  readonly peak: number;
}

/** Calls, time and memory of a sweep of one account and region as its groups grow. */
export async function benchSweep(sweep: Bundle, say: Say): Promise<readonly Figure[]> {
  const swept: Swept[] = [];
  for (const groups of GROUPS) {
    say(`${groups.toLocaleString("en")} groups`);
    swept.push(await sweepOf(groups, sweep));
  }
  const sizes = GROUPS.map((groups) => groups.toLocaleString("en")).join(", ");
  const time = worstGrowth(swept.map(({ milliseconds }) => milliseconds));
  const memory = worstGrowth(swept.map(({ peak }) => peak));
  return [
    {
      id: "sweep-calls",
      what: `calls to EC2 and STS in a sweep of ${sizes} groups with ${RULES_EACH} rules each`,
      ours: swept.map(({ calls, pages }) => `${calls} (${pages} pages + ${calls - pages})`).join(", "),
      goal: `the pages and ${FEW}`,
      met: swept.every(({ calls, pages }) => calls <= pages + FEW),
    },
    {
      id: "sweep-growth",
      what: "time and memory of the same",
      ours: `${swept.map(({ milliseconds }) => milliseconds.toFixed(0)).join(", ")} ms; ${swept.map(({ peak }) => (peak / 1e6).toFixed(0)).join(", ")} MB; at worst ${time.toFixed(1)} x the time and ${memory.toFixed(1)} x the memory`,
      ratio: time,
      goal: `at most ${MOST} x`,
      met: time <= MOST && memory <= MOST,
    },
  ];
}

async function sweepOf(groups: number, sweep: Bundle): Promise<Swept> {
  const scratch = await mkdtemp(join(tmpdir(), "portcullis-bench-"));
  const ec2 = await startPagedEc2({ groups, account: GUARD_ACCOUNT });
  const front = await startFront(ec2.url);
  const env = { ...EMULATOR_ENV, ...GUARD_ENV, PATH: process.env.PATH, AWS_ENDPOINT_URL: front.url, BUNDLE: sweep.file };
  const program = new Program({
    command: process.execPath,
    args: [join(import.meta.dirname, "drivers/guard.mjs")],
    cwd: scratch,
    env,
  });
  try {
    const times: number[] = [];
    let peak = 0;
    let calls = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const request = { run: `bench-${round}`, at: new Date().toISOString(), account: GUARD_ACCOUNT, region: REGION };
      const handled = await program.handle(JSON.parse(encodeSweep(request)));
      times.push((handled.left - handled.entered) / 1e6);
      peak = handled.peak;
      calls = front.take().filter(({ service }) => service === "ec2 and sts").length;
    }
    const pages = Math.ceil(groups / PAGE) + Math.ceil((groups * RULES_EACH) / PAGE);
    return { calls, pages, milliseconds: Math.min(...times), peak };
  } finally {
    await program.end();
    await front.close();
    await ec2.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
