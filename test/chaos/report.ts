import type { Storm } from "./storm.ts";
import type { Trace } from "./trace.ts";
import type { Break } from "./verdict.ts";

// Who looks for the cause reads a few; the rest is often the same.
const SHOWN = 20;

/** What broke, and what happened in order to that group and change. Empty where nothing broke. */
export function reportOf(breaks: readonly Break[], trace: Trace): string {
  const told = breaks.slice(0, SHOWN).map(({ promise, says, about }) => {
    const named = about.reduce((text, id) => text.replaceAll(id, trace.nameOf(id)), says);
    const lines = trace.about(about);
    return [``, `BROKEN: ${promise}`, named === says ? says : `${named}\n(${says})`, ...lines, ``].join("\n");
  });
  const more = breaks.length - told.length;
  return `${told.join("\n")}${more > 0 ? `\nand ${more} more\n` : ""}`;
}

/** What the run was, in a few lines. */
export function summaryOf(breaks: readonly Break[], { observed, faults }: Storm): string {
  const { changes, ledger } = observed;
  const lost = changes.filter(({ step }) => step.reports.length === 0).length;
  const twice = changes.filter(({ step }) => step.reports.length > 1).length;
  const outcomes = Map.groupBy(
    ledger.flatMap(({ decision }) => (decision === undefined ? [] : [decision.outcome])),
    (outcome) => outcome,
  );
  const counted = (counts: Iterable<readonly [string, number]>) =>
    [...counts]
      .sort()
      .map(([name, count]) => `${count} ${name}`)
      .join(", ");
  return [
    ``,
    `${changes.length} changes: the events of ${lost} were lost, of ${twice} came more than once`,
    `faults: ${counted(faults)}`,
    `decisions: ${counted([...outcomes].map(([outcome, all]) => [outcome, all.length] as const))}`,
    breaks.length === 0 ? `nothing broke` : `${breaks.length} broken`,
    ``,
  ].join("\n");
}
