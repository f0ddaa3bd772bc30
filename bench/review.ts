import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { writeArchive } from "./archive.ts";
import { runTimed, type Taken } from "./child.ts";
import { median, report, time } from "./measure.ts";

const ROOT = join(import.meta.dirname, "..");
// BENCH_REVIEW_MB=5000 makes the large archive 5 GB.
const MEGABYTES = Number(process.env.BENCH_REVIEW_MB ?? 1000);
const ROUNDS = 3;

/** A review of an archive against unpacking and parsing the same files; what a second worker brings; and its memory as input grows. */
export async function benchReview(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "portcullis-bench-"));
  try {
    const [small, large] = [join(scratch, "small"), join(scratch, "large")];
    await writeArchive(small, (MEGABYTES / 4) * 1e6);
    const { bytes, records } = await writeArchive(large, MEGABYTES * 1e6);
    const review = (folder: string, jobs: number) =>
      runTimed([join(ROOT, "cli/portcullis.ts"), "review", folder, "--format", "jsonl", "--fail-on", "never", "--jobs", String(jobs)]);
    const unpack = () => runTimed([join(ROOT, "bench/floor.ts"), large]);
    const runs: { floor: Taken; one: Taken; two: Taken; beside: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const floor = await unpack();
      const [one, two] = [await review(large, 1), await review(large, 2)];
      const beside = await time(() => Promise.all([unpack(), unpack()]));
      runs.push({ floor, one, two, beside });
    }
    const few = await review(small, 1);
    const of = (take: (run: (typeof runs)[number]) => number) => median(runs.map(take));
    const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
    const ratio = (a: "one" | "floor", b: "floor" | "two", what: "wall" | "cpu") =>
      `${seconds(of((run) => run[a][what]))} / ${seconds(of((run) => run[b][what]))} = ${of((run) => run[a][what] / run[b][what]).toFixed(2)} x`;
    const size = `${(bytes / 1e6).toFixed(0)} MB, ${records.toLocaleString("en-US")} records`;
    report(`review of ${size}: one worker / gunzip + JSON.parse`, ratio("one", "floor", "wall"), "at most 1 x");
    report("  the same in time of the processor", ratio("one", "floor", "cpu"), "");
    report("review: one worker / two workers", ratio("one", "two", "wall"), "at least 1.7 x on two free cores");
    const spare = of(({ floor, beside }) => (2 * floor.wall) / beside);
    report(
      "  what a second core brings to two programs that share nothing",
      `${spare.toFixed(2)} x`,
      "the most there is on this machine now",
    );
    const [most, before] = [of(({ one }) => one.resident), few.resident];
    report("review: resident memory, this / a quarter of it", `${most.toFixed(0)} MB / ${before.toFixed(0)} MB`, "at most 300 MB, flat");
    report("review: resident memory with two workers", `${of(({ two }) => two.resident).toFixed(0)} MB`, "at most 300 MB");
    report("load of the machine at the end (1 min)", (loadavg()[0] ?? 0).toFixed(1), "");
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
