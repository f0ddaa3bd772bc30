// What the README and docs/benchmarks.md say about speed and cost, as programs: each figure is a ratio of what took turns in this run.
import { readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Cost } from "./costs.ts";
import type { Section } from "./figures.ts";
import { pageOf, type Results, readmeWith, thisMachine } from "./page.ts";
import { progressOn } from "./progress.ts";
import { PARTS } from "./sections.ts";

const ROOT = join(import.meta.dirname, "..");
const HELP = `Usage: npm run bench [-- --only <section>,...]

Measures what the README claims, and writes docs/benchmarks.md, bench/results.json and the figures in README.md: about ${Math.ceil(PARTS.reduce((all, { minutes }) => all + minutes, 0))} minutes
on two idle cores. What it needs it sets up: the functions are bundled, and the emulator and Cloud Custodian are
installed into .cache/ once (python3 3.10 or later; the package index must be in reach).

  --only <section>,...  measures these and writes nothing: ${PARTS.map(({ id }) => id).join(", ")}
  --help                prints this

BENCH_REVIEW_MB=5000 reviews 5 GB instead of 3 GB.
`;

const wanted = readArguments(process.argv.slice(2));
if (wanted !== undefined) await run(wanted);

/** The sections that are asked for; undefined where nothing is to be measured. */
function readArguments(args: readonly string[]): readonly string[] | undefined {
  try {
    const { values } = parseArgs({ args: [...args], options: { only: { type: "string" }, help: { type: "boolean" } } });
    if (values.help === true) {
      process.stdout.write(HELP);
      return undefined;
    }
    const ids = PARTS.map(({ id }) => id);
    const asked = values.only?.split(",") ?? ids;
    const unknown = asked.find((name) => !ids.includes(name));
    if (unknown !== undefined) throw new TypeError(`there is no section "${unknown}"; there are ${ids.join(", ")}`);
    return ids.filter((id) => asked.includes(id));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n\n${HELP}`);
    process.exitCode = 2;
    return undefined;
  }
}

async function run(ids: readonly string[]): Promise<void> {
  const [load = 0] = loadavg();
  const { say, clear } = progressOn(process.stderr);
  const sections: Section[] = [];
  let costs: readonly Cost[] = [];
  say("bundling the functions");
  const { bundleService } = await import("../scripts/bundle.ts");
  const bundles = await bundleService(ROOT);
  for (const { id, title, how, measure } of PARTS.filter((part) => ids.includes(part.id))) {
    const measured = await measure({ bundles, say: (text) => say(`${id}: ${text}`) });
    clear();
    const section = { id, title, how, figures: measured.figures };
    sections.push(section);
    tell(section);
    costs = measured.costs ?? costs;
  }
  tellCosts(costs);
  if (ids.length === PARTS.length)
    write({ at: new Date().toISOString(), machine: thisMachine(load), versions: versions(), sections, costs });
}

function tell({ title, figures }: Section): void {
  process.stdout.write(`\n${title}\n`);
  for (const { what, ours, theirs, goal, met } of figures) {
    const verdict = goal === undefined ? "" : `   (${goal}${met === undefined ? "" : met ? ": met" : ": NOT MET"})`;
    process.stdout.write(`  ${what}: ${ours}${theirs === undefined ? "" : ` against ${theirs}`}${verdict}\n`);
  }
}

function tellCosts(costs: readonly Cost[]): void {
  for (const { design, perMillionChanges, perMonth } of costs) {
    process.stdout.write(`${design}: $${perMillionChanges.toFixed(2)} a million changes, $${perMonth.toFixed(0)} a month\n`);
  }
}

function write(results: Results): void {
  const readme = join(ROOT, "README.md");
  writeFileSync(join(ROOT, "bench/results.json"), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(join(ROOT, "docs/benchmarks.md"), pageOf(results));
  writeFileSync(readme, readmeWith(readFileSync(readme, "utf8"), results));
  process.stdout.write("\nwrote bench/results.json, docs/benchmarks.md and the figures in README.md\n");
  const missed = results.sections.flatMap(({ figures }) => figures).filter(({ met }) => met === false);
  if (missed.length > 0) process.stdout.write(`goals not met: ${missed.map(({ id }) => id).join(", ")}\n`);
}

function versions(): Results["versions"] {
  return {
    Node: process.version,
    ...versionIn("test/emulator/requirements.txt", "moto", "moto"),
    ...versionIn("bench/custodian/requirements.txt", "c7n", "Cloud Custodian"),
  };
}

function versionIn(file: string, name: string, title: string): Record<string, string> {
  const [, version] = new RegExp(`^${name}(?:\\[[^\\]]*\\])?==(\\S+)$`, "m").exec(readFileSync(join(ROOT, file), "utf8")) ?? [];
  return version === undefined ? {} : { [title]: version };
}
