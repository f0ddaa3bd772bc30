// What the README and docs/benchmarks.md say about speed and cost, as programs: each figure is a ratio of what took turns in this run.
// `--only closing,start,scaling` measures some of it and writes nothing.
import { readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleService } from "../scripts/bundle.ts";
import { benchClosing } from "./closing.ts";
import { costsOf } from "./costs.ts";
import type { Section } from "./figures.ts";
import { pageOf, type Results, readmeWith, thisMachine } from "./page.ts";
import { benchScaling } from "./scaling.ts";
import { benchStart } from "./start.ts";

const ROOT = join(import.meta.dirname, "..");
const { values: options } = parseArgs({ options: { only: { type: "string", default: "closing,start,scaling" } } });
const wanted = new Set(options.only.split(","));
const [load = 0] = loadavg();
const sections: Section[] = [];

const bundles = await bundleService(ROOT);
const guard = bundles.find(({ name }) => name === "guard");
if (guard === undefined) throw new Error("there is no bundle of the guard");

const closing = wanted.has("closing") ? await benchClosing(guard) : undefined;
if (closing !== undefined) {
  tell({
    id: "closing",
    title: "Closing a hole",
    how: "Somebody opens SSH of a group to the internet, and the same event goes to the packaged `functions/guard` and to Cloud Custodian's own Lambda handler with [its documented policy](../bench/custodian/config.json) (without its notification), each in a process of its own. Custodian's is the source that its archive for Lambda holds, in a place where Python cannot keep bytecode, as there. EC2 and STS are the same moto server, behind a proxy that counts calls and notes when the revocation was answered; the guard's table and bus answer at once. Every time the group is seen to be closed.",
    figures: closing.figures,
  });
}
if (wanted.has("scaling")) {
  tell({
    id: "scaling",
    title: "Judging more",
    how: "By the default policy, each size in a process of its own: the least time of a judgement, all read anew, and the most memory that the process had (Node and the project's source among it). An organization is swept account by account, a hundred groups each, one of them open and closed by the way. The goal is for each step of ten.",
    figures: await benchScaling(),
  });
}
if (wanted.has("start")) {
  tell({
    id: "start",
    title: "Starting",
    how: "Sizes of the packaged functions, and a process that imports one against a process that imports nothing.",
    figures: await benchStart(bundles),
  });
}
if (closing !== undefined && wanted.size === 3) {
  const results: Results = {
    at: new Date().toISOString(),
    machine: thisMachine(load),
    versions: {
      Node: process.version,
      ...versionsIn("test/emulator/requirements.txt", "moto"),
      ...versionsIn("bench/custodian/requirements.txt", "c7n"),
    },
    sections,
    costs: costsOf(closing.calls, closing.theirCalls),
  };
  for (const { design, perMillionChanges, perMonth } of results.costs) {
    process.stdout.write(`${design}: $${perMillionChanges.toFixed(2)} a million changes, $${perMonth.toFixed(0)} a month\n`);
  }
  writeFileSync(join(ROOT, "bench/results.json"), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(join(ROOT, "docs/benchmarks.md"), pageOf(results));
  const readme = join(ROOT, "README.md");
  writeFileSync(readme, readmeWith(readFileSync(readme, "utf8"), results));
  process.stdout.write("wrote bench/results.json, docs/benchmarks.md and the figures in README.md\n");
}

function tell(section: Section): void {
  sections.push(section);
  process.stdout.write(`\n${section.title}\n`);
  for (const { what, ours, theirs, goal, met } of section.figures) {
    const verdict = goal === undefined ? "" : `   (${goal}${met === undefined ? "" : met ? ": met" : ": NOT MET"})`;
    process.stdout.write(`  ${what}: ${ours}${theirs === undefined ? "" : ` against ${theirs}`}${verdict}\n`);
  }
}

function versionsIn(file: string, name: string): Record<string, string> {
  const [, version] = new RegExp(`^${name}(?:\\[[^\\]]*\\])?==(\\S+)$`, "m").exec(readFileSync(join(ROOT, file), "utf8")) ?? [];
  return version === undefined ? {} : { [name === "c7n" ? "Cloud Custodian" : name]: version };
}
