import { type Difference, EFFECTS, type Effect } from "../guard/reviewing/difference.ts";
import { describePerson, describeTool } from "../slack/actor.ts";
import { type ComparisonReport, type ComparisonTally, GROUPINGS, type Grouping, outcomesSeen } from "./comparison.ts";
import { type Cell, type Line, layRow, type Paint, remaining, type Style } from "./layout.ts";
import type { Write } from "./report.ts";
import { count, number, OUTCOME_STYLES, SEVERITY_STYLES, unreadableLines } from "./summary.ts";
import type { Tally, Unreadable } from "./tally.ts";

export interface ComparisonTableOptions {
  readonly write: Write;
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Paint;
  /** What was compared, for the top. */
  readonly heading: Cell;
}

const NARROWEST = 60;
const MOST_NAMES = 8;
const COLUMN = 7;

/** What B does that A does not, for people. */
const WORDS: Readonly<Record<Effect, { readonly title: string; readonly style: Style }>> = {
  closes: { title: "B closes what A does not", style: "bad" },
  leaves: { title: "B leaves what A closes", style: "worst" },
  tells: { title: "B tells, and leaves, what A does not find", style: "warning" },
  drops: { title: "B does not find what A tells", style: "notice" },
};

const NOUNS: Readonly<Record<Grouping, string>> = { actor: "Who", account: "Account", rule: "Rule", resource: "Resource" };

/** The comparison as a table for people, effect by effect, written at the end. */
export function comparisonTable({ write, width: columns, paint, heading }: ComparisonTableOptions): ComparisonReport {
  const width = Math.max(columns, NARROWEST);
  const differences: Difference[] = [];
  const unreadable: Unreadable[] = [];
  return {
    differs: async (difference) => void differences.push(difference),
    unreadable: async (found) => void unreadable.push(found),
    end: async (tally, compared) => {
      const put = async (lines: readonly string[]) => {
        if (lines.length > 0) await write(`${lines.join("\n")}\n\n`);
      };
      await write("\n");
      await put(layRow([heading], [width], paint));
      for (const effect of EFFECTS) {
        const own = differences.filter((difference) => difference.effect === effect);
        if (own.length === 0) continue;
        await put([paint(WORDS[effect].style, `${WORDS[effect].title}: ${number(own.length)}`)]);
        for (const difference of own) await put(rowLines(difference, width, paint));
      }
      if (compared.changes === 0) await put(["There is no change that either policy decides about."]);
      else if (differences.length === 0) await put(["The policies decide alike about every change."]);
      else for (const grouping of GROUPINGS) await put(groupLines(grouping, compared, width, paint));
      await put(numberLines(tally, compared, paint));
      await put(unreadableLines(unreadable, width, paint));
    },
  };
}

function rowLines({ change, finding, traffic, parts }: Difference, width: number, paint: Paint): string[] {
  const [date = "", clock = ""] = change.at.replace("Z", "").split("T");
  const tool = describeTool(change.actor)?.name;
  const time: Cell = [{ text: date }, { text: clock, style: "faint" }];
  const who: Cell = [
    { text: describePerson(change.actor).name, style: "strong" },
    ...(tool === undefined ? [] : [{ text: `via ${tool}`, style: "faint", most: 2 } as const]),
  ];
  const where: Cell = [
    { text: `${change.account} ${change.region}` },
    { text: change.subject.id },
    ...(change.via === undefined ? [] : [{ text: `through ${change.via.id}`, style: "faint" } as const]),
  ];
  const stake = traffic.isEmpty() ? parts.join(", ") : String(traffic);
  const what: Line[] = [
    { text: `${finding.severity} ${finding.rule}`, style: SEVERITY_STYLES[finding.severity] },
    { text: stake === "" ? finding.message : stake, most: 6 },
    ...(finding.introduced === "earlier" ? [{ text: "from before this change", style: "faint" } as const] : []),
  ];
  const fixed = [10, 20, 30];
  if (width >= 110) return layRow([time, who, where, what], [...fixed, remaining(width, fixed)], paint);
  const narrow = [10, remaining(width, [10, 26]), 26];
  return [...layRow([time, who, where], narrow, paint), ...layRow([what], [width - 12], paint, 12)];
}

function groupLines(grouping: Grouping, compared: ComparisonTally, width: number, paint: Paint): string[] {
  const all = compared.by(grouping);
  const name = Math.max(width - 2 - EFFECTS.length * (COLUMN + 2), 20);
  const widths = [...EFFECTS.map(() => COLUMN), name];
  const head: Cell[] = [
    ...EFFECTS.map((text): Cell => [{ text, style: "faint", align: "right" }]),
    [{ text: NOUNS[grouping], style: "faint" }],
  ];
  const rows = all
    .slice(0, MOST_NAMES)
    .map((counted): Cell[] => [
      ...EFFECTS.map((effect): Cell => [{ text: counted[effect] === 0 ? "-" : number(counted[effect]), align: "right" }]),
      [{ text: counted.name, most: 2 }],
    ]);
  const more = all.length - Math.min(all.length, MOST_NAMES);
  return [
    ...[head, ...rows].flatMap((row) => layRow(row, widths, paint)),
    ...(more > 0
      ? [paint("faint", `${" ".repeat(EFFECTS.length * (COLUMN + 2))}and ${number(more)} more: --format json lists them all`)]
      : []),
  ];
}

function numberLines(tally: Tally, compared: ComparisonTally, paint: Paint): string[] {
  const [a, b] = compared.outcomes;
  const unread = `${number(tally.unreadable)} unreadable`;
  return [
    paint("strong", `${count(tally.records, "record")}: ${count(compared.changes, "change")} decided about, `) +
      paint(tally.unreadable === 0 ? "strong" : "worst", unread),
    paint("faint", `  ${"A".padStart(COLUMN)}  ${"B".padStart(COLUMN)}`),
    ...outcomesSeen(compared).map(
      (outcome) =>
        `  ${number(a[outcome]).padStart(COLUMN)}  ${number(b[outcome]).padStart(COLUMN)}  ${paint(OUTCOME_STYLES[outcome], outcome)}`,
    ),
  ];
}
