import type { Admission, AdmittedRow } from "../guard/admission.ts";
import type { ExplainedGroup } from "../guard/explain.ts";
import type { Planned } from "../guard/plan.ts";
import type { Verdict } from "../guard/reasons.ts";
import { formatRemedy, type GroupRemedy } from "../model/remedy.ts";
import { formatRule, ruleKey } from "../model/security-group-rule.ts";
import { withAddresses } from "../planned/ids.ts";
import type { Policy } from "../policy/policy.ts";
import { editCommands } from "../slack/commands.ts";
import { visible } from "../slack/text.ts";
import { type Cell, type Line, layRow as layCells, type Paint, remaining, type Style, widthOf } from "./layout.ts";
import { reasonKey, reasonsIn, reasonText } from "./reason-text.ts";
import { ruleIds, sourceText } from "./source-text.ts";
import { SEVERITY_STYLES } from "./summary.ts";

/** A group that was explained, and what is to be said about how it is known. */
export interface ExplainedReport {
  readonly explained: ExplainedGroup;
  readonly policy: Policy;
  readonly account: string;
  readonly region: string;
  /** Which policy, in words. */
  readonly policyFrom: string;
  /** Where the group was looked at, in words: `live`, `as the records end`. */
  readonly seen: string;
  /** What is not known there, each a sentence. */
  readonly remarks: readonly string[];
  /** What of the group is not known yet, and so not judged. */
  readonly open: readonly string[];
  /** False where AWS has no such group (yet): then no command edits it. */
  readonly exists: boolean;
}

const NARROWEST = 72;
const WIDEST = 120;
const MOST_LINES = 12;
const TRAFFIC = 22;
const SGR = 21;
const VERDICT_STYLES: Readonly<Record<Verdict, Style>> = {
  forbidden: "worst",
  "not judged": "warning",
  excepted: "notice",
  allowed: "good",
};

/** What a group admits as a table for people, then why, and what would comply. Ends with a line break. */
export function explainedText(report: ExplainedReport, columns: number, paint: Paint): string {
  const width = Math.min(Math.max(columns, NARROWEST), WIDEST);
  const { explained } = report;
  const parts = [
    headLines(report, width, paint),
    ...explained.admissions.map((admission) => admissionLines(admission, report, width, paint)),
    whyLines(report, width, paint),
    openLines(report, width, paint),
    needlessLines(report, width, paint),
    guardLines(explained.planned, width, paint),
    editLines(report, width, paint),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headLines(
  { explained, policy, account, region, policyFrom, seen, remarks, open }: ExplainedReport,
  width: number,
  paint: Paint,
): string[] {
  const { id, name, vpc, partial } = explained.facts;
  const where = [`${account} ${region}`, ...(vpc === undefined ? [] : [vpc]), seen].join(", ");
  const notes = [
    ...(partial ? ["Known in part: rules that no record tells are not shown and not judged."] : []),
    ...remarks,
    ...open.map((what) => `Not judged: ${what}`),
    ...(explained.guessed === undefined ? [] : [`Not known: ${explained.guessed}. Judged as if there were none.`]),
  ];
  const lines: Cell = [
    { text: name === undefined || name === id ? id : `${name} (${id})`, style: "strong" },
    { text: where, style: "faint" },
    { text: `policy: ${policyFrom}, version ${policy.version}`, style: "faint" },
    ...notes.map((text): Line => ({ text, style: "warning" })),
  ];
  return layRow([lines], [width], paint);
}

function admissionLines({ direction, rows, traffic }: Admission, report: ExplainedReport, width: number, paint: Paint): string[] {
  const { explained } = report;
  const title = direction === "ingress" ? "Admits" : "Sends";
  if (traffic.isEmpty()) return [`${paint("strong", title)} nothing${explained.facts.partial ? " that is known" : ""}`];
  const numbers = numbersOf(explained);
  const verdicts = rows.map((row) => verdictText(row, numbers));
  const fixed = [TRAFFIC, SGR, Math.max(...verdicts.map((text) => text.length), "VERDICT".length)] as const;
  const widths = [fixed[0], Math.max(remaining(width, fixed), 16), fixed[1], fixed[2]];
  const head = ["TRAFFIC", direction === "ingress" ? "FROM" : "TO", "BY RULE", "VERDICT"].map((text): Cell => [{ text, style: "faint" }]);
  return [
    paint("strong", title),
    ...layRow(head, widths, paint),
    ...rows.flatMap((row, i) => rowLines(row, verdicts[i] ?? "", unnamedIn(report), widths, paint)),
  ];
}

// Each source has its rules beside it; what the row says of all of them stands in its first lines.
function rowLines(
  { services, sources, verdict }: AdmittedRow,
  told: string,
  unnamed: string,
  widths: readonly number[],
  paint: Paint,
): string[] {
  return sources.flatMap((source, i) => {
    const first = i === 0;
    const cells: Cell[] = [
      first ? [{ text: String(services), style: "strong", most: MOST_LINES }] : [],
      [{ text: sourceText(source), most: MOST_LINES, ...(source.unknown !== undefined && { style: "warning" as const }) }],
      ruleIds(source.rules, unnamed).map((text): Line => ({ text, style: "faint" })),
      first ? [{ text: told, style: VERDICT_STYLES[verdict] }] : [],
    ];
    return layRow(cells, widths, paint);
  });
}

function numbersOf(explained: ExplainedGroup): ReadonlyMap<string, number> {
  return new Map([...reasonsIn(explained).keys()].map((key, i) => [key, i + 1]));
}

function verdictText({ verdict, reasons }: AdmittedRow, numbers: ReadonlyMap<string, number>): string {
  return `${verdict} [${reasons.map((reason) => numbers.get(reasonKey(reason))).join(", ")}]`;
}

function whyLines({ explained, policy }: ExplainedReport, width: number, paint: Paint): string[] {
  const entries = [...reasonsIn(explained).values()];
  if (entries.length === 0) return [];
  const lines = entries.flatMap((reason, i) => {
    const { text, more, severity } = reasonText(reason, explained, policy);
    const cells: Cell[] = [
      [{ text: `[${i + 1}]`, align: "right" }],
      [
        { text, ...(severity !== undefined && { style: SEVERITY_STYLES[severity] }) },
        ...more.map((one): Line => ({ text: one, style: "faint" })),
      ],
    ];
    return layRow(cells, [4, width - 6], paint);
  });
  return [paint("strong", "Why"), ...lines];
}

// What no row tells: what rules say without forbidding traffic, and what they could not judge.
function openLines({ explained }: ExplainedReport, width: number, paint: Paint): string[] {
  const { findings, notJudged } = explained.judgement;
  const forbidding = new Set([...reasonsIn(explained).values()].flatMap((reason) => (reason.kind === "found" ? reason.findings : [])));
  const besides = findings.filter((finding) => !forbidding.has(finding));
  const told = besides.map(({ rule, severity, message }) => [`${rule}, ${severity}`, message] as const);
  const open = notJudged.map(({ rule, needs }) => [rule, `needs ${needs}`] as const);
  return [...section("Besides", told, width, paint), ...section("Not judged", open, width, paint)];
}

function needlessLines(report: ExplainedReport, width: number, paint: Paint): string[] {
  const { admissions, edit } = report.explained;
  const taken = new Set(edit.remedies.flatMap(({ revoke }) => revoke.map(ruleKey)));
  const pairs = admissions.flatMap(({ redundant }) =>
    redundant.map(({ rule, within }) => {
      const cost = explained.cost.map(String).join("; ");
  const notes = [
    cost === "" ? "Everything else that it admits stays as it is." : `It takes more than is forbidden, as such rules can only be revoked: ${cost}`,
    ...(rest.length === 0 ? [] : [`It leaves what no edit of its rules remedies: ${rest.map(({ message }) => message).join("; ")}`]),
  ];
  return [
    paint("strong", "The nearest edit that complies"),
    ...edit.remedies.flatMap((remedy) => changeLines(remedy, width, paint)),
    ...layRow([notes.map((text): Line => ({ text, style: "faint", most: MOST_LINES }))], [width - 2], paint, 2),
    ...(exists ? ["", ...edit.remedies.flatMap((remedy) => editCommands(remedy, target)).flatMap((call) => shellLines(call))] : []),
  ];
}

function changeLines({ revoke, authorize }: GroupRemedy, width: number, paint: Paint): string[] {
  const rows: Cell[][] = [
    ...authorize.map((rule): Cell[] => [[{ text: "+ authorize", style: "good" }], [], [{ text: formatRule(rule), most: MOST_LINES }]]),
    ...revoke.map((rule): Cell[] => [
      [{ text: "- revoke", style: "bad" }],
      [{ text: rule.id ?? "", style: "faint" }],
      [{ text: formatRule(rule), most: MOST_LINES }],
    ]),
  ];
  return rows.flatMap((cells) => layRow(cells, [11, SGR, Math.max(width - 38, 20)], paint, 2));
}

// What people copy is never wrapped; but nothing in it may act on a terminal.
function shellLines(call: string): string[] {
  return call.split("\n").map((line) => `  ${/^ */.exec(line)?.[0] ?? ""}${visible(line)}`);
}

function section(title: string, pairs: readonly (readonly [string, string])[], width: number, paint: Paint): string[] {
  if (pairs.length === 0) return [];
  const first = Math.min(Math.max(...pairs.map(([what]) => widthOf(what))), 40);
  const lines = pairs.flatMap(([what, text]) =>
    layRow([[{ text: what }], [{ text, most: MOST_LINES }]], [first, Math.max(width - first - 4, 20)], paint, 2),
  );
  return [paint("strong", title), ...lines];
}

// What a plan makes has no id yet: people know it by its address.
function layRow(cells: readonly Cell[], widths: readonly number[], paint: Paint, indent?: number): string[] {
  const addressed = cells.map((cell) => cell.map((line) => ({ ...line, text: withAddresses(line.text) })));
  return layCells(addressed, widths, paint, indent);
}
