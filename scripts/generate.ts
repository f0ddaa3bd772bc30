import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { WATCHED_CALLS } from "../lib/cloudtrail/calls.ts";
import { policySchema } from "../lib/policy/json-schema.ts";
import { loadPolicy } from "../lib/policy/load.ts";
import { RULES } from "../lib/rules/index.ts";
import { alarmsStack } from "./alarms-stack.ts";
import { changesStack } from "./changes-stack.ts";
import { dashboardStack } from "./dashboard-stack.ts";
import { eventsPage } from "./events-page.ts";
import { exampleReview } from "./example-review.ts";
import { memberStack } from "./member-stack.ts";
import { networkPolicies } from "./network-policies.ts";
import { replaceBetween, rulePage, ruleTable } from "./rule-pages.ts";

const PAGES = "docs/rules/";

// What is derived from the code, and the member stack from portcullis.yml too, by file; `--check` fails when a file is out of date.
const GENERATED: Readonly<Record<string, (before: string) => string>> = {
  "portcullis.schema.json": () => `${JSON.stringify(policySchema(), undefined, 2)}\n`,
  "docs/events.md": eventsPage,
  "stacks/changes.yml": changesStack,
  "stacks/network-policies.yml": networkPolicies,
  "stacks/member.yml": () => memberStack(loadPolicy(fileURLToPath(at("portcullis.yml")))),
  "stacks/alarms.yml": alarmsStack,
  "stacks/dashboard.yml": dashboardStack,
  "examples/pull-request/comment.md": () => exampleReview().comment,
  "examples/pull-request/review.sarif": () => exampleReview().sarif,
  "README.md": (before) => replaceBetween(before, "rules", ruleTable(RULES)),
  ...Object.fromEntries(RULES.map((rule) => [`${PAGES}${rule.meta.id}.md`, () => rulePage(rule, WATCHED_CALLS)])),
};

const checkOnly = process.argv.includes("--check");
let stale = 0;
for (const [name, generate] of Object.entries(GENERATED)) {
  const before = read(at(name));
  const text = generate(before ?? "");
  if (text === before) continue;
  if (checkOnly) complain(`${name} is out of date`);
  else {
    mkdirSync(new URL(".", at(name)), { recursive: true });
    writeFileSync(at(name), text);
    console.log(`wrote ${name}`);
  }
}
for (const page of readdirSync(at(PAGES)).filter((file) => !(`${PAGES}${file}` in GENERATED))) {
  if (checkOnly) complain(`${PAGES}${page} is about no rule`);
  else {
    rmSync(new URL(page, at(PAGES)));
    console.log(`removed ${PAGES}${page}`);
  }
}
if (stale > 0) process.exitCode = 1;

function complain(what: string): void {
  stale++;
  console.error(`${what}: run "npm run generate" and commit the result`);
}

function at(name: string): URL {
  return new URL(`../${name}`, import.meta.url);
}

function read(file: URL): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
