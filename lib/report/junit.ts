import { compareSeverity, type Severity } from "../model/finding.ts";
import type { Policy } from "../policy/policy.ts";
import { visible } from "../slack/text.ts";
import { adviceFor, standingOf } from "./advice.ts";
import { clip } from "./clip.ts";
import type { Report, Write } from "./report.ts";
import { linkOf } from "./rule-links.ts";
import { locationLabel, nounLabel, placeLabel, type Spot, spotKey, spotOf } from "./spot.ts";
import { count } from "./summary.ts";
import type { Tally, Unreadable } from "./tally.ts";
import { Collected, compareText, type Open, type Told } from "./told.ts";
import { element, escapeXml, startTag } from "./xml.ts";

export interface JunitOptions {
  readonly write: Write;
  readonly policy: Policy;
  /** From this severity on a finding is a failure. */
  readonly failOn: Severity | "never";
  /** The address below which the rules' pages are. */
  readonly rulePages?: string;
}

// Groups can have hundreds of rules, and a finding for each.
const LONGEST = 1_000;
const MOST_FINDINGS = 20;

type Options = Omit<JunitOptions, "write">;

/** A resource that was judged, and what came of all decisions about it. */
interface Judged {
  readonly spot: Spot;
  decisions: number;
  partial: boolean;
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** What stands in a testcase; at most one, since few readers show more. */
interface Case {
  readonly xml: string;
  readonly result: "passed" | "failure" | "error" | "skipped";
}

/**
 * The review as JUnit tests, in the form that Jenkins and Surefire share: a suite an account and region, a case a judged
 * resource. Findings from `failOn` on fail it, what was not judged or not read is an error, and what only an exception admits skips it.
 */
export function junit({ write, ...options }: JunitOptions): Report {
  const collected = new Collected();
  const judged = new Map<string, Judged>();
  return {
    decided: async (decision) => {
      collected.note(decision);
      const spot = spotOf(decision);
      const one = judged.get(spotKey(spot)) ?? { spot, decisions: 0, partial: false };
      one.decisions++;
      one.partial ||= decision.partial;
      judged.set(spotKey(spot), one);
    },
    unreadable: async (found) => collected.noteUnreadable(found),
    end: (tally) => writeSuites(write, collected, [...judged.values()], tally, options),
  };
}

async function writeSuites(write: Write, collected: Collected, judged: readonly Judged[], tally: Tally, options: Options): Promise<void> {
  const caseOf = casesOf(collected, options);
  const places = [...Map.groupBy(judged, ({ spot }) => placeLabel(spot) || "plan")].sort(([a], [b]) => compareText(a, b));
  const suites: Suite[] = places.map(([name, all]) => ({
    name,
    cases: all.sort((a, b) => compareText(spotKey(a.spot), spotKey(b.spot))).map((one) => caseOf(one, name)),
  }));
  if (tally.unreadable > 0) suites.push({ name: "unreadable", cases: unreadableCases(collected.unreadable, tally) });
  const numbers = numbersOf(suites.flatMap(({ cases }) => cases));
  await write(`<?xml version="1.0" encoding="UTF-8"?>\n${startTag("testsuites", { name: "portcullis review", ...numbers })}\n`);
  for (const suite of suites) await writeSuite(write, suite, options);
  await write("</testsuites>\n");
}

async function writeSuite(write: Write, { name, cases }: Suite, { policy }: Options): Promise<void> {
  const skipped = cases.filter(({ result }) => result === "skipped").length;
  const property = element("property", { name: "policy", value: policy.version });
  await write(`  ${startTag("testsuite", { name, ...numbersOf(cases), skipped })}\n    ${element("properties", {}, property)}\n`);
  for (const { xml } of cases) await write(`    ${xml}\n`);
  await write("  </testsuite>\n");
}

function numbersOf(cases: readonly Case[]) {
  const countOf = (wanted: Case["result"]) => cases.filter(({ result }) => result === wanted).length;
  // Time would differ from run to run.
  return { tests: cases.length, failures: countOf("failure"), errors: countOf("error"), time: "0" };
}

/** Makes the case of a resource from all that was collected about it. */
function casesOf(collected: Collected, options: Options): (judged: Judged, suite: string) => Case {
  const keyOf = ({ spot }: { readonly spot: Spot }) => spotKey(spot);
  const findings = Map.groupBy(collected.findings, keyOf);
  const excepted = Map.groupBy(collected.excepted, keyOf);
  const open = Map.groupBy(collected.notJudged, keyOf);
  return ({ spot, decisions, partial }, suite) => {
    const key = spotKey(spot);
    const found = findings.get(key) ?? [];
    const failing = found.filter(({ finding }) => options.failOn !== "never" && compareSeverity(finding.severity, options.failOn) <= 0);
    const admitted = excepted.get(key) ?? [];
    const doubts = (open.get(key) ?? []).map(doubtOf);
    const remarks = [
      count(decisions, "change"),
      ...(spot.location === undefined ? [] : [locationLabel(spot.location)]),
      ...(partial ? ["known in part only: what stood before the records could not be judged"] : []),
      ...textOf(
        found.filter((told) => !failing.includes(told)),
        options,
      ),
    ].join("\n");
    const [first] = failing;
    const all = textOf([...failing, ...admitted], options);
    const attributes = { name: nounLabel(spot), classname: `portcullis.${suite}`, time: "0" };
    const out = element("system-out", {}, escapeXml(remarks));
    const make = (result: Exclude<Case["result"], "passed">, type: string, message: string, text: readonly string[]): Case => ({
      xml: element("testcase", attributes, `${element(result, { type, message }, escapeXml(text.join("\n")))}${out}`),
      result,
    });
    if (first !== undefined) return make("failure", first.finding.rule, messageOf(failing), [...all, ...doubts]);
    if (doubts[0] !== undefined) return make("error", "not-judged", doubts[0], [...doubts, ...all]);
    if (admitted[0] !== undefined) return make("skipped", "exception", `by exception ${visible(admitted[0].exception ?? "")}`, all);
    return { xml: element("testcase", attributes, out), result: "passed" };
  };
}

function messageOf([first, ...more]: readonly Told[]): string {
  const message = `${first?.finding.severity}: ${visible(first?.finding.message ?? "")}`;
  return more.length === 0 ? message : `${message}; and ${count(more.length, "more finding")}`;
}

function textOf(all: readonly Told[], options: Options): string[] {
  const more = all.length - MOST_FINDINGS;
  const lines = all.slice(0, MOST_FINDINGS).map((told) => linesOf(told, options));
  return more > 0 ? [...lines, `and ${count(more, "more finding")}: --format json tells them all`] : lines;
}

function linesOf(told: Told, { policy, rulePages }: Options): string {
  const { finding, first } = told;
  const link = linkOf(finding.rule, rulePages);
  const standing = standingOf(told);
  return [
    `${finding.severity}: ${visible(finding.message)}`,
    `  rule: ${visible(finding.rule)}${link === undefined ? "" : ` (${link})`}`,
    ...(finding.traffic.isEmpty() ? [] : [`  traffic: ${clip(String(finding.traffic), LONGEST)}`]),
    ...adviceFor(told, policy).map(({ text, values }) => `  ${text}: ${clip(values.map(visible).join("; "), LONGEST)}`),
    ...(told.spot.address === undefined
      ? [`  since: ${first.change.at}, ${visible(first.change.call.name)} by ${visible(first.change.actor.arn)}`]
      : []),
    ...(standing === undefined ? [] : [`  ${standing}`]),
  ].join("\n");
}

function doubtOf({ rule, needs }: Open): string {
  return visible(`${rule} could not be judged: it needs ${needs}`);
}

function unreadableCases(unreadable: readonly Unreadable[], tally: Tally): Case[] {
  const more = tally.unreadable - unreadable.length;
  const make = (name: string, message: string): Case => ({
    xml: element(
      "testcase",
      { name, classname: "portcullis.unreadable", time: "0" },
      element("error", { type: "unreadable", message }, ""),
    ),
    result: "error",
  });
  return [
    ...unreadable.map(({ source, index, reason }) => make(`${visible(source)}, record ${index}`, visible(reason))),
    ...(more > 0 ? [make(`${count(more, "more record")}`, "could not be read")] : []),
  ];
}
