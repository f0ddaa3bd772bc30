import type { Admission, AdmittedRow } from "../guard/explaining/admission.ts";
import type { Verdict } from "../guard/explaining/reasons.ts";
import { type ExplainedReport, layRow, MOST_LINES, numbersOf, SGR, unnamedIn } from "./explained-report.ts";
import { type Cell, type Line, type Paint, remaining, type Style } from "./layout.ts";
import { reasonKey } from "./reason-text.ts";
import { ruleIds, sourceText } from "./source-text.ts";

const TRAFFIC = 22;
// `not judged [1]`: tables below each other have the same columns.
const VERDICT = 14;
const VERDICT_STYLES: Readonly<Record<Verdict, Style>> = {
  forbidden: "worst",
  "not judged": "warning",
  excepted: "notice",
  allowed: "good",
};

/** What a group admits in a direction as a table: traffic, from where, by which rules, and the verdict with the numbers of its reasons. */
export function admissionLines({ direction, rows, traffic }: Admission, report: ExplainedReport, width: number, paint: Paint): string[] {
  const { explained, knownInPart } = report;
  const title = direction === "ingress" ? "Admits" : "Sends";
  if (traffic.isEmpty()) return [`${paint("strong", title)} nothing${knownInPart.has(direction) ? " that is known" : ""}`];
  const numbers = numbersOf(explained);
  const verdicts = rows.map((row) => verdictText(row, numbers));
  const fixed = [TRAFFIC, SGR, Math.max(...verdicts.map((text) => text.length), VERDICT)] as const;
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

function verdictText({ verdict, reasons }: AdmittedRow, numbers: ReadonlyMap<string, number>): string {
  return `${verdict} [${reasons.map((reason) => numbers.get(reasonKey(reason))).join(", ")}]`;
}
