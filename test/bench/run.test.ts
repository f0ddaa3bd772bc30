import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import * as z from "zod/mini";

const ROOT = new URL("../../", import.meta.url).pathname;
const Results = z.object({ sections: z.array(z.object({ id: z.string(), figures: z.array(z.object({ what: z.string() })) })) });

function bench(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["bench/run.ts", ...args], { cwd: ROOT, encoding: "utf8" });
  return { status, stdout, stderr };
}

test("--help says what is measured, what it needs and what it writes, and the last run has every section of it", () => {
  const { status, stdout } = bench("--help");
  expect(status).toBe(0);
  for (const said of ["docs/benchmarks.md", "bench/results.json", "README.md", "python3", "minutes"]) expect(stdout).toContain(said);
  const [, sections = ""] = /writes nothing: (.*)\n/.exec(stdout) ?? [];
  const results = Results.parse(JSON.parse(readFileSync(`${ROOT}bench/results.json`, "utf8")));
  expect(results.sections.map(({ id }) => id)).toEqual(sections.split(", "));
  for (const { figures } of results.sections) expect(figures.length).toBeGreaterThan(0);
});

test.each([
  [["--only", "closing,nothing"], 'there is no section "nothing"; there are closing, '],
  [["--fast"], "Unknown option '--fast'"],
])("%j is refused before anything is measured", (args, reason) => {
  const { status, stdout, stderr } = bench(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain(reason);
  expect(stderr).toContain("Usage: npm run bench");
});
