import type { Planned } from "../guard/acting/plan.ts";
import { formatRemedy } from "../model/remedy.ts";
import { formatRule, ruleKey } from "../model/security-group-rule.ts";
import { withAddresses } from "../planned/ids.ts";
import { editLines } from "./explained-edit.ts";
import { type ExplainedReport, homeText, layRow, MOST_LINES, unnamedIn } from "./explained-report.ts";
import { admissionLines } from "./explained-rows.ts";
import { type Cell, type Line, type Paint, widthOf } from "./layout.ts";
import { reasonsIn, reasonText } from "./reason-text.ts";
import { ruleIds } from "./source-text.ts";
import { SEVERITY_STYLES } from "./summary.ts";

const NARROWEST = 72;
const WIDEST = 120;

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
  const where = [homeText({ account, region }) ?? "in a place that is not told", ...(vpc === undefined ? [] : [vpc]), seen].join(", ");
  const notes = [
    ...(partial ? ["Known in part: rules that no record tells are not shown and not judged."] : []),
    ...remarks,
    ...open.map((what) => `Not judged: ${what}`),
    ...(explained.guessed === undefined ? [] : [`Not known: ${explained.guessed}. Judged as if there were none.`]),
  ];
  const lines: Cell = [
    { text: name === undefined || name === withAddresses(id) ? id : `${name} (${id})`, style: "strong" },
    { text: where, style: "faint" },
    { text: `policy: ${policyFrom}, version ${policy.version}`, style: "faint" },
    ...notes.map((text): Line => ({ text, style: "warning" })),
  ];
  return layRow([lines], [width], paint);
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
      const after = within.some((other) => taken.has(ruleKey(other))) ? ", which the edit takes" : "";
      const by = ruleIds(within, unnamedIn(report)).join(", ");
      return [rule.id ?? unnamedIn(report), `${formatRule(rule)} is admitted by ${by} already${after}`] as const;
    }),
  );
  return section("Needless rules", pairs, width, paint);
}

function guardLines(planned: readonly Planned[], width: number, paint: Paint): string[] {
  const does = { enforce: "enforce: it will", "dry-run": "dry-run: it would" } as const;
  return section(
    "What the guard does",
    planned.map(({ mode, remedy }) => [does[mode], formatRemedy(remedy)]),
    width,
    paint,
  );
}

function section(title: string, pairs: readonly (readonly [string, string])[], width: number, paint: Paint): string[] {
  if (pairs.length === 0) return [];
  const first = Math.min(Math.max(...pairs.map(([what]) => widthOf(what))), 40);
  const lines = pairs.flatMap(([what, text]) =>
    layRow([[{ text: what }], [{ text, most: MOST_LINES }]], [first, Math.max(width - first - 4, 20)], paint, 2),
  );
  return [paint("strong", title), ...lines];
}
