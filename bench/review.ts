import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { writeArchive } from "./archive.ts";
import { runTimed, type Taken } from "./child.ts";
import type { Figure } from "./figures.ts";
import { median, middle, time } from "./measure.ts";
import type { Say } from "./progress.ts";

const ROOT = join(import.meta.dirname, "..");
// BENCH_REVIEW_MB=5000 makes the large archive 5 GB. Of 1 GB, a tenth of the time is the start.
const MEGABYTES = Number(process.env.BENCH_REVIEW_MB ?? 3000);
const ROUNDS = 3;

/** A review of an archive against unpacking and parsing the same files; what a second worker brings; and its memory as input grows. */
export async function benchReview(say: Say): Promise<readonly Figure[]> {
  const scratch = await mkdtemp(join(tmpdir(), "portcullis-bench-"));
  try {
    say(`an archive of ${MEGABYTES} MB is written`);
    const [small, large] = [join(scratch, "small"), join(scratch, "large")];
    await writeArchive(small, (MEGABYTES / 4) * 1e6);
    const { bytes, records } = await writeArchive(large, MEGABYTES * 1e6);
    const review = (folder: string, jobs: number) =>
      runTimed([join(ROOT, "cli/portcullis.ts"), "review", folder, "--format", "jsonl", "--fail-on", "never", "--jobs", String(jobs)]);
    const unpack = () => runTimed([join(ROOT, "bench/floor.ts"), large]);
    const runs: { floor: Taken; one: Taken; two: Taken; beside: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      say(`round ${round + 1} of ${ROUNDS}`);
      const floor = await unpack();
      const [one, two] = [await review(large, 1), await review(large, 2)];
      const beside = await time(() => Promise.all([unpack(), unpack()]));
      runs.push({ floor, one, two, beside });
    }
    const few = await review(small, 1);
    const of = (take: (run: (typeof runs)[number]) => number) => median(runs.map(take));
    const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
    const against = (b: "floor" | "two", what: "wall" | "cpu") => {
      const ratioOf = ({ one, [b]: other }: (typeof runs)[number]) => one[what] / other[what];
      const run = middle(runs, ratioOf);
      const ratio = ratioOf(run);
      return { ratio, text: `${seconds(run.one[what])} / ${seconds(run[b][what])} = ${ratio.toFixed(2)} x` };
    };
    const [floor, cpu, workers] = [against("floor", "wall"), against("floor", "cpu"), against("two", "wall")];
    const size = `${Math.round(bytes / 1e6).toLocaleString("en-US")} MB, ${records.toLocaleString("en-US")} records`;
    const spare = of(({ floor, beside }) => (2 * floor.wall) / beside);
    const [most, before, mostOfTwo] = [of(({ one }) => one.resident), few.resident, of(({ two }) => two.resident)];
    return [
      {
        id: "review-floor",
        what: `${size}: one worker / unpacking and parsing alone`,
        ours: floor.text,
        ratio: floor.ratio,
        goal: "at most 1 x",
        met: floor.ratio <= 1,
      },
      { id: "review-floor-cpu", what: "the same in time of the processor", ours: cpu.text, ratio: cpu.ratio },
      {
        id: "review-workers",
        what: `one worker / two workers, each beside the thread that judges, on ${availableParallelism()} cores`,
        ours: workers.text,
        ratio: workers.ratio,
        goal: "at least 1.7 x",
        met: workers.ratio >= 1.7,
      },
      {
        id: "review-spare",
        what: "what a second core brings to two programs that share nothing, here and now",
        ours: `${spare.toFixed(2)} x`,
      },
      {
        id: "review-memory",
        what: "resident memory with one worker, of this / of a quarter of it; with two workers",
        ours: `${most.toFixed(0)} MB / ${before.toFixed(0)} MB; ${mostOfTwo.toFixed(0)} MB`,
        goal: "at most 300 MB, flat",
        met: Math.max(most, mostOfTwo) <= 300 && most < before * 1.5,
      },
    ];
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
