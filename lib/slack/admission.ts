import type { AdmittedRow } from "../guard/explaining/admission.ts";
import type { ExplainedGroup } from "../guard/explaining/explain.ts";
import type { Verdict } from "../guard/explaining/reasons.ts";
import { formatRule } from "../model/security-group-rule.ts";
import { type Direction, TrafficSet } from "../model/traffic.ts";
import { type Block, section } from "./blocks.ts";
import { editCommands, type Target } from "./commands.ts";
import { code, codeBlock, counted, listed } from "./text.ts";

const ROWS = 8;
const RULES = 3;
const MARKS: Readonly<Record<Verdict, string>> = { forbidden: "⛔", "not judged": "❔", excepted: "🎟️", allowed: "✅" };

/** What a group admits, and what would comply. */
export interface Admitted {
  readonly admissions: ExplainedGroup["admissions"];
  readonly edit: Pick<ExplainedGroup["edit"], "remedies">;
}

/** What a group lets in as sets, with the rules that do so, and the least change of its rules that complies. */
export function admissionBlocks({ admissions, edit }: Admitted, target: Target): Block[] {
  const admitted = admissions.flatMap(({ direction, rows }) => (direction === "ingress" ? rows : []));
  const calls = edit.remedies.flatMap((remedy) => editCommands(remedy, target)).join("\n");
  const block = codeBlock(calls, 2200);
  const changes = edit.remedies.flatMap(({ revoke, authorize }) => [
    ...authorize.map((rule) => `authorize ${code(formatRule(rule), 120)}`),
    ...revoke.map((rule) => `revoke ${code(formatRule(rule), 120)}`),
  ]);
  return [
    ...(admitted.length === 0 ? [] : [section(`*What it admits*\n${listed(admitted, ROWS, (row) => rowLine(row, "ingress"))}`)]),
    ...(changes.length === 0
      ? []
      : [
          section(`*The nearest edit that complies*\n${listed(changes, ROWS, (line) => line)}`),
          section(block ?? "_The commands are too long to be shown here: `portcullis explain` has them._"),
        ]),
  ];
}

function rowLine(row: AdmittedRow, direction: Direction): string {
  const ids = [...new Set(row.sources.flatMap(({ rules }) => rules.flatMap(({ id }) => id ?? [])))];
  const by = ids.length === 0 ? "" : ` by ${ids.length > RULES ? counted(ids.length, "rule") : ids.map((id) => code(id, 40)).join(", ")}`;
  return `${MARKS[row.verdict]} ${code(String(TrafficSet.of([row], direction)), 160)} ${row.verdict}${by}`;
}
