import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { TARGETS } from "./targets/index.ts";

const FINDS = join(import.meta.dirname, "finds");
// It takes half a minute of two cores that have nothing else to do.
const PATIENCE_MS = 300_000;
const scratch = mkdtempSync(join(tmpdir(), "portcullis-fuzz-"));
afterAll(() => rmSync(scratch, { recursive: true }));

function fuzz(...options: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const args = [join(import.meta.dirname, "run.ts"), "--finds", scratch, ...options];
  // Without the options that jest itself was started with.
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, output: stdout + stderr }),
    );
  });
}

test(
  "20,000 mutated inputs break no promise",
  async () => {
    const { code, output } = await fuzz("--inputs", "20000", "--seed", "20261124");
    expect([output, code]).toEqual([expect.stringContaining("nothing found"), 0]);
  },
  PATIENCE_MS,
);

describe("the fuzzer itself", () => {
  const planted = ["--targets-file", join(import.meta.dirname, "planted.ts"), "--inputs", "900", "--seed", "1", "--patience", "4"];

  test("finds a crash and a broken property, saves the smallest input, and says how to meet it again", async () => {
    const { code, output } = await fuzz(...planted, "--target", "crashes", "--target", "breaks");
    expect(code).toBe(1);
    expect(output).toMatch(/crashes-\w+\.json \(input \d+ of --seed 1\)\nTypeError: seven/);
    expect(output).toMatch(/breaks-\w+\.json \(input \d+ of --seed 1\)\nBrokenProperty: seven again/);
    const crash = readdirSync(scratch).find((name) => name.startsWith("crashes-")) ?? "";
    expect(JSON.parse(readFileSync(join(scratch, crash), "utf8"))).toMatchObject({ target: "crashes", input: { a: 7 } });
  });

  test("ends an input that never ends, from outside, and goes on after it", async () => {
    const { code, output } = await fuzz(...planted, "--inputs", "60", "--target", "never-ends");
    expect(output).toContain("it did not end within 4 s");
    expect(output).toMatch(/^60 inputs in/m);
    expect(code).toBe(1);
  });
});

test("what was found once is not met again", async () => {
  for (const name of existsSync(FINDS) ? readdirSync(FINDS) : []) {
    const { target: of, input } = JSON.parse(readFileSync(join(FINDS, name), "utf8"));
    const target = TARGETS.find((one) => one.name === of);
    if (target === undefined) throw new Error(`${name} is of ${of}, which is no target any more`);
    await target.check(input);
  }
});
