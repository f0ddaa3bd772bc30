import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Figure } from "./figures.ts";
import { worstGrowth } from "./measure.ts";
import type { Say } from "./progress.ts";

const run = promisify(execFile);
const CHILD = join(import.meta.dirname, "scaling-child.ts");
const RULES = [1, 10, 100, 1_000];
const GROUPS = [100, 1_000, 10_000, 100_000];
const SORTS = [
  ["one-port-each-private", "group of rules, one port each, private", RULES],
  ["one-port-each-public", "group of rules, one port each, public", RULES],
  ["one-port-an-address-each", "group of rules, one port, an address each", RULES],
  ["overlapping-ranges-of-ports", "group of rules, overlapping ranges of ports", RULES],
  ["prefix-list", "group with a prefix list of entries", RULES],
  ["organization", "sweep of an organization of groups", GROUPS],
] as const;
const MOST = 12;
const LONG_MS = 3_000;

interface Judged {
  readonly milliseconds: number;
  readonly peak: number;
}

/** How time and memory of a judgement grow when what is judged grows tenfold, each size in a process of its own. */
export async function benchScaling(say: Say): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [sort, what, sizes] of SORTS) {
    const judged: Judged[] = [];
    for (const size of sizes) {
      say(`${what}, ${size.toLocaleString("en")}`);
      judged.push(await judgedIn(sort, size));
    }
    const growth = worstGrowth(judged.map(({ milliseconds }) => milliseconds));
    const memory = worstGrowth(judged.map(({ peak }) => peak));
    figures.push({
      id: `scaling-${sort}`,
      what: `${what}: ${sizes.map((size) => size.toLocaleString("en")).join(", ")}`,
      ours: `${judged.map(({ milliseconds }) => brief(milliseconds)).join(", ")} ms; ${judged.map(({ peak }) => (peak / 1e6).toFixed(0)).join(", ")} MB; at worst ${growth.toFixed(1)} x the time and ${memory.toFixed(1)} x the memory`,
      ratio: growth,
      goal: `at most ${MOST} x`,
      met: growth <= MOST && memory <= MOST,
    });
  }
  return figures;
}

// Twice, and the better of both, as the least disturbed; what takes long evens out by itself.
async function judgedIn(sort: string, size: number): Promise<Judged> {
  const once = async (): Promise<Judged> => {
    const args = ["--max-semi-space-size=8", CHILD, sort, String(size)];
    return JSON.parse((await run(process.execPath, args, { timeout: 180_000 })).stdout);
  };
  const a = await once();
  if (a.milliseconds > LONG_MS) return a;
  const b = await once();
  return { milliseconds: Math.min(a.milliseconds, b.milliseconds), peak: Math.min(a.peak, b.peak) };
}

function brief(milliseconds: number): string {
  return milliseconds < 10 ? milliseconds.toPrecision(2) : milliseconds.toFixed(0);
}
