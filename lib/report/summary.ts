import type { Decision, Outcome } from "../model/decision.ts";
import { compareSeverity, type Severity } from "../model/finding.ts";
import { describePerson, describeTool } from "../slack/actor.ts";
import { type Cell, layRow, type Paint, type Style, widthOf } from "./layout.ts";
import type { Tally, Unreadable } from "./tally.ts";

/** How an outcome looks. */
export const OUTCOME_STYLES: Readonly<Record<Outcome, Style>> = {
  failed: "worst",
  contested: "bad",
  acted: "good",
  "would-act": "warning",
  alert: "warning",
  excepted: "notice",
  clean: "faint",
};

/** How a severity looks. */
export const SEVERITY_STYLES: Readonly<Record<Severity, Style>> = {
  critical: "worst",
  high: "bad",
  medium: "warning",
  low: "notice",
  info: "faint",
};

const BAR = 30;
const MOST_ACTORS = 5;
const MOST_UNREADABLE = 20;
const MOST_REASONS = 6;

/** Who brought forbidden things about, and how often. */
export class Culprits {
  private readonly byName = new Map<string, { tools: Set<string>; count: number; worst: Severity }>();

  note({ change, findings }: Decision): void {
    for (const { introduced, severity } of findings) {
      if (introduced !== "now") continue;
      const { name } = describePerson(change.actor);
      const entry = this.byName.get(name) ?? { tools: new Set(), count: 0, worst: severity };
      const tool = describeTool(change.actor)?.name;
      if (tool !== undefined) entry.tools.add(tool);
      entry.count++;
      if (compareSeverity(severity, entry.worst) < 0) entry.worst = severity;
      this.byName.set(name, entry);
    }
  }

  lines(width: number, paint: Paint): string[] {
    if (this.byName.size === 0) return [];
    const worstFirst = [...this.byName].sort(([, a], [, b]) => compareSeverity(a.worst, b.worst) || b.count - a.count);
    const rows = worstFirst.slice(0, MOST_ACTORS).map(([name, { tools, count, worst }]): Cell[] => {
      const via = tools.size === 0 ? "" : `via ${[...tools].slice(0, 2).join(", ")}${tools.size > 2 ? ` and ${tools.size - 2} more` : ""}`;
      return [
        [{ text: number(count), align: "right" }],
        [{ text: worst, style: SEVERITY_STYLES[worst] }],
        [{ text: name, style: "strong" }],
        [{ text: via, style: "faint" }],
      ];
    });
    const more = this.byName.size - rows.length;
    return [
      paint("strong", "Who brought it about"),
      ...rows.flatMap((row) => layRow(row, [6, 8, 28, Math.max(width - 50, 10)], paint, 2)),
      ...(more > 0 ? [paint("faint", `          and ${number(more)} more`)] : []),
    ];
  }
}

/** The numbers: what became of the changes, and what was not one. */
export function tallyLines(tally: Tally, width: number, paint: Paint): string[] {
  const { records, changes, ignored, unreadable, outcomes } = tally;
  const total = `${count(records, "record")}: ${count(changes, "change")}, ${number(ignored)} ignored, `;
  const most = Math.max(...Object.values(outcomes));
  const kinds: Outcome[] = ["failed", "contested", "acted", "would-act", "alert", "excepted", "clean"];
  const bars = kinds.flatMap((outcome) => {
    const n = outcomes[outcome];
    if (n === 0) return [];
    const bar = "█".repeat(Math.max(1, Math.round((n / most) * Math.min(BAR, width - 24))));
    return [`  ${number(n).padStart(6)}  ${outcome.padEnd(10)} ${paint(OUTCOME_STYLES[outcome], bar)}`];
  });
  const reasons = [...tally.ignoredBy].sort(([, a], [, b]) => b - a);
  const told = reasons.slice(0, MOST_REASONS).flatMap(([reason, n]) => {
    const cells: Cell[] = [[{ text: number(n), align: "right" }], [{ text: reason, style: "faint" }]];
    return layRow(cells, [6, Math.max(width - 10, 10)], paint, 2);
  });
  const rest = reasons.slice(MOST_REASONS).reduce((sum, [, n]) => sum + n, 0);
  return [
    paint("strong", total) + (unreadable === 0 ? paint("strong", "0 unreadable") : paint("worst", `${number(unreadable)} unreadable`)),
    ...bars,
    ...(ignored === 0 ? [] : ["", paint("strong", "Ignored")]),
    ...told,
    ...(rest > 0 ? [`  ${number(rest).padStart(6)}  ${paint("faint", "for other reasons")}`] : []),
  ];
}

/** What could not be read: never to be taken for clean. */
export function unreadableLines(list: readonly Unreadable[], width: number, paint: Paint): string[] {
  if (list.length === 0) return [];
  const room = Math.max(width - 4, 20);
  const lines = list.slice(0, MOST_UNREADABLE).flatMap(({ source, index, reason }) => {
    const where: Cell = [{ text: `${source}, record ${index}` }];
    const why: Cell = [{ text: reason, style: "faint", most: 6 }];
    return [...layRow([where], [room], paint, 2), ...layRow([why], [room - 2], paint, 4)];
  });
  const more = list.length - Math.min(list.length, MOST_UNREADABLE);
  return [
    paint("worst", "Unreadable, so not judged"),
    ...lines,
    ...(more > 0 ? [`  and ${number(more)} more: --format json lists them all`] : []),
  ];
}

/** Pairs of what and how, the second column aligned where there is room for both. */
export function adviceLines(pairs: readonly (readonly [what: string, how: string])[], width: number, paint: Paint): string[] {
  const first = Math.max(...pairs.map(([what]) => widthOf(what)));
  const second = Math.max(...pairs.map(([, how]) => widthOf(how)));
  const beside = first + second + 4 <= width;
  const lines = pairs.flatMap(([what, how]) =>
    beside ? [`  ${what.padEnd(first)}  ${paint("notice", how)}`] : [`  ${what}`, `    ${paint("notice", how)}`],
  );
  return [paint("strong", "What to do next"), ...lines];
}

/** 1234 as `1,234`. */
export function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 record`, `2 records`. */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
}
