import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { build, stop } from "esbuild";
import { ROOT } from "../../support/html-page.ts";

afterAll(() => stop());

test("the libraries that draw are loaded for the page alone", async () => {
  const { metafile } = await build({
    entryPoints: [join(ROOT, "cli/review.ts")],
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    outdir: "out",
    logLevel: "silent",
  });
  const { outputs } = metafile;
  // What starts with the command: the entry and what it imports without asking.
  const first = Object.keys(outputs).find((name) => name.endsWith("review.js")) ?? "";
  const cold = new Set([first]);
  for (const name of cold) for (const { path, kind } of outputs[name]?.imports ?? []) if (kind === "import-statement") cold.add(path);
  const inputsOf = (names: Iterable<string>) => [...names].flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}));
  const drawing = /node_modules\/(@observablehq\/plot|@dagrejs\/dagre|linkedom)\/|lib\/report\/html\//;
  expect(inputsOf(cold).some((input) => input.endsWith("lib/report/markdown.ts"))).toBe(true);
  expect(inputsOf(cold).filter((input) => drawing.test(input))).toEqual([]);
  expect(inputsOf(Object.keys(outputs)).filter((input) => drawing.test(input)).length).toBeGreaterThan(50);
});
