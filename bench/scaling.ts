import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Figure } from "./figures.ts";

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

interface Judged {
  readonly milliseconds: number;
  readonly peak: number;
}

/** How time and memory of a judgement grow when what is judged grows tenfold, each size in a process of its own. */
export async function benchScaling(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [sort, what, sizes] of SORTS) {
    const judged: Judged[] = [];
    for (const size of sizes) {
      const { stdout } = await run(process.execPath, [CHILD, sort, String(size)], { timeout: 180_000 });
      judged.push(JSON.parse(stdout));
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

function worstGrowth(figures: readonly number[]): number {
  return Math.max(...figures.slice(1).map((figure, n) => figure / (figures[n] ?? Number.NaN)));
}

function brief(milliseconds: number): string {
  return milliseconds < 10 ? milliseconds.toPrecision(2) : milliseconds.toFixed(0);
}
