import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Bundle } from "../scripts/bundle.ts";
import { EMULATOR_ENV } from "../test/support/emulators.ts";
import type { Figure } from "./figures.ts";
import { GUARD_ENV } from "./guard-env.ts";
import { inTurn, time } from "./measure.ts";
import type { Say } from "./progress.ts";

const run = promisify(execFile);
const ENV = { ...EMULATOR_ENV, ...GUARD_ENV, PATH: process.env.PATH };
const ROUNDS = 15;
// Of the guard: what a cold start loads, kB, and milliseconds over bare Node.
const LARGEST = 700;
const SLOWEST = 60;

/** Sizes of the packaged functions, and what importing each costs over a Node process that imports nothing. */
export async function benchStart(bundles: readonly Bundle[], say: Say): Promise<readonly Figure[]> {
  const scratch = await mkdtemp(join(tmpdir(), "portcullis-bench-"));
  const figures: Figure[] = [];
  try {
    const empty = join(scratch, "empty.mjs");
    await writeFile(empty, "");
    for (const { name, file, bytes, cold } of bundles) {
      say(name);
      const start = (module: string) => () => time(() => run(process.execPath, [module], { env: ENV }));
      const { a, b, ratio } = await inTurn(ROUNDS, start(file), start(empty));
      const kB = (size: number) => `${(size / 1000).toFixed(0)} kB`;
      figures.push({
        id: `start-${name}`,
        what: `\`${name}\`: bundle, of which a cold start loads; start against bare Node`,
        ours: `${kB(bytes)}, ${kB(cold)}; ${a.toFixed(0)} ms / ${b.toFixed(0)} ms = ${ratio.toFixed(2)} x, ${(a - b).toFixed(0)} ms more`,
        ratio,
        ...(name === "guard" && {
          goal: `loads at most ${LARGEST} kB, ${SLOWEST} ms more`,
          met: cold <= LARGEST * 1000 && a - b <= SLOWEST,
        }),
      });
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return figures;
}
