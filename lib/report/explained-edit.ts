import type { GroupRemedy } from "../model/remedy.ts";
import { formatRule } from "../model/security-group-rule.ts";
import { editCommands } from "../slack/commands.ts";
import { visible } from "../slack/text.ts";
import { type ExplainedReport, layRow, MOST_LINES, SGR } from "./explained-report.ts";
import type { Cell, Line, Paint } from "./layout.ts";

/** The nearest edit that complies, in words and as calls of the AWS CLI where AWS has the group; nothing where nothing is to be edited. */
export function editLines({ explained, region, declared }: ExplainedReport, width: number, paint: Paint): string[] {
  const { edit, facts } = explained;
  const target = { group: facts.id, region, ...(facts.name !== undefined && { name: facts.name }) };
  const rest = edit.left.filter(({ severity }) => severity !== "info").map(({ message }) => message);
  if (edit.remedies.length === 0 && rest.length === 0) return [];
  const cost = explained.cost.map(String).join("; ");
  const kept =
    cost === ""
      ? "Everything else that it admits stays as it is."
      : `It takes more than is forbidden, as such rules can only be revoked: ${cost}`;
  const notes = [
    ...(edit.remedies.length === 0 ? [] : [kept]),
    ...(declared === undefined || edit.remedies.length === 0 ? [] : [`It is declared in ${declared}: edit it there.`]),
    ...(rest.length === 0 ? [] : [`No edit of its rules remedies this, or it would do harm: ${rest.join("; ")}`]),
  ];
  return [
    paint("strong", "The nearest edit that complies"),
    ...edit.remedies.flatMap((remedy) => changeLines(remedy, width, paint)),
    ...layRow([notes.map((text): Line => ({ text, style: "faint", most: MOST_LINES }))], [width - 2], paint, 2),
    ...(declared === undefined && edit.remedies.length > 0
      ? ["", ...edit.remedies.flatMap((remedy) => editCommands(remedy, target)).flatMap((call) => shellLines(call))]
      : []),
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
