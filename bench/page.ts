import { cpus, release, totalmem, type } from "node:os";
import { ASSUMED, type Cost } from "./costs.ts";
import type { Figure, Section } from "./figures.ts";
import { PRICES, PRICES_AS_OF } from "./prices.ts";

/** Everything that one run of the bench found; bench/results.json holds it, and docs/benchmarks.md tells it. */
export interface Results {
  readonly at: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly sections: readonly Section[];
  readonly costs: readonly Cost[];
}

/** The machine as the page names it. */
export function thisMachine(load: number): Readonly<Record<string, string>> {
  const all = cpus();
  return {
    processors: `${all.length} x ${all[0]?.model.trim() || "unknown"}`,
    memory: `${(totalmem() / 1e9).toFixed(0)} GB`,
    system: `${type()} ${release()}`,
    "load before the run (1 minute)": load.toFixed(1),
  };
}

/** docs/benchmarks.md. */
export function pageOf({ at, machine, versions, sections, costs }: Results): string {
  const list = (facts: Readonly<Record<string, string>>) => Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return `# Benchmarks

Written by \`npm run bench\` on ${at.slice(0, 10)}; the same as JSON is in [bench/results.json](../bench/results.json).
${list(machine).join("; ")}. ${list(versions).join(", ")}.

Every figure comes from one run, in which what is compared took turns; times are medians, or those of the round whose ratio is in the middle. A shared machine changes the times, and the ratios little.

${sections.map(sectionText).join("\n")}
## What it costs

The calls of Portcullis and Cloud Custodian are those counted above; everything else is assumed, in the tables below. Telling people is left out of every design.

| design | a million changes | ${ASSUMED.accounts.toLocaleString("en")} accounts, a month | what is counted |
| --- | ---: | ---: | --- |
${costs.map(({ design, perMillionChanges, perMonth, of }) => `| ${design} | ${money(perMillionChanges)} | ${money(perMonth)} | ${of} |`).join("\n")}

### Assumptions

List prices of us-east-1 as of ${PRICES_AS_OF}, without free tiers, volume discounts and taxes:

| what | dollars | for a | source |
| --- | ---: | --- | --- |
${Object.values(PRICES)
  .map(({ what, dollars, unit, source }) => `| ${what} | ${plain(dollars)} | ${unit} | [${source}](https://${source}/) |`)
  .join("\n")}

And about AWS and the organization: a call to EC2 takes ${ASSUMED.ec2Seconds} s, to DynamoDB ${ASSUMED.tableSeconds} s, to EventBridge ${ASSUMED.busSeconds} s, and a function ${ASSUMED.ownSeconds} s besides; ${ASSUMED.guardMemory} GB of memory for the guard, ${ASSUMED.custodianMemory} GB for Cloud Custodian, its default;
${ASSUMED.accounts.toLocaleString("en")} accounts with ${ASSUMED.regions} regions each, and in each account and month ${ASSUMED.changes} changes of networks and ${ASSUMED.configItems.toLocaleString("en")} items that AWS Config records; a sweep takes ${ASSUMED.sweepSeconds} s.
`;
}

const SPEED = /(<!-- speed -->\n)[\s\S]*?(<!-- \/speed -->)/;
/** What the README tells of all figures. */
const TOLD = [
  "calls",
  "warm",
  "warm-bare",
  "cold",
  "cold-compiling",
  "memory",
  "start-guard",
  "scaling-one-port-each-public",
  "scaling-organization",
  "sweep-calls",
  "sweep-growth",
  "review-floor",
  "review-workers",
  "review-memory",
  "review-plan",
  "html-open",
];

/** The README with its figures of speed and cost anew, all of which docs/benchmarks.md has. Throws where it has no place for them, or one was not measured. */
export function readmeWith(readme: string, { at, sections, costs }: Results): string {
  if (!SPEED.test(readme)) throw new Error("README.md has no lines <!-- speed --> and <!-- /speed -->");
  const all = sections.flatMap(({ figures }) => figures);
  const told = TOLD.map((id) => {
    const figure = all.find((one) => one.id === id);
    if (figure === undefined) throw new Error(`the README tells of "${id}", which was not measured`);
    return figure;
  });
  const rows = told.map((figure) => [figure.what, figure.ours, figure.theirs ?? "", goalOf(figure)]);
  const [ours] = costs;
  const cost =
    ours &&
    `A million changes cost ${money(ours.perMillionChanges)} of AWS, and ${ASSUMED.accounts.toLocaleString("en")} accounts ${money(ours.perMonth)} a month, by list prices and counted calls.`;
  const table = tableOf(["what", "Portcullis", "Cloud Custodian", "goal"], rows);
  return readme.replace(
    SPEED,
    (_, open: string, close: string) => `${open}\nMeasured on ${at.slice(0, 10)}:\n\n${table}\n\n${cost ?? ""}\n\n${close}`,
  );
}

function sectionText({ title, how, figures }: Section): string {
  const compared = figures.some(({ theirs }) => theirs !== undefined);
  const head = compared ? ["what", "Portcullis", "Cloud Custodian", "ratio", "goal"] : ["what", "measured", "goal"];
  const cells = (figure: Figure) =>
    compared
      ? [figure.what, figure.ours, figure.theirs ?? "", figure.theirs === undefined ? "" : ratioOf(figure), goalOf(figure)]
      : [figure.what, figure.ours, goalOf(figure)];
  return `## ${title}\n\n${how}\n\n${tableOf(head, figures.map(cells))}\n`;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((texts) => `| ${texts.join(" | ")} |`).join("\n");
}

function ratioOf({ ratio }: Figure): string {
  return ratio === undefined ? "" : `${ratio.toFixed(1)} x`;
}

function goalOf({ goal, met }: Figure): string {
  if (goal === undefined) return "";
  return met === undefined ? goal : `${goal}: ${met ? "met" : "**not met**"}`;
}

function money(dollars: number): string {
  return `$${dollars.toLocaleString("en", { maximumFractionDigits: dollars < 100 ? 2 : 0 })}`;
}

// Without an exponent.
function plain(dollars: number): string {
  return dollars >= 0.001 ? String(dollars) : dollars.toFixed(10).replace(/0+$/, "");
}
