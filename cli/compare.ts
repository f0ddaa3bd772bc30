import { compareReviews } from "../lib/guard/reviewing/compare.ts";
import type { Difference } from "../lib/guard/reviewing/difference.ts";
import { withMode } from "../lib/guard/reviewing/review.ts";
import { compareSeverity, type Severity } from "../lib/model/finding.ts";
import { type ComparisonReport, ComparisonTally, comparisonDocument, comparisonLines, type NamedPolicy } from "../lib/report/comparison.ts";
import { comparisonTable } from "../lib/report/comparison-table.ts";
import { Tally, type Unreadable } from "../lib/report/tally.ts";
import { RecordedWorld } from "../lib/worlds/recorded.ts";
import { changesIn } from "./changes.ts";
import type { SourcedPlan } from "./plans.ts";
import { type ChosenPolicy, choosePolicy } from "./policy-option.ts";
import { describeLate, ReviewProgress } from "./review-progress.ts";
import { painter, widthOf, writerTo } from "./terminal.ts";

export const COMPARISON_FORMATS = ["table", "json", "jsonl"] as const;
type ComparisonFormat = (typeof COMPARISON_FORMATS)[number];

export interface CompareOptions {
  readonly policy?: string;
  /** Policy B's file. */
  readonly compare: string;
  readonly format: ComparisonFormat;
  readonly mode?: "dry-run" | "enforce";
  readonly failOn: Severity | "never";
  readonly since?: string;
  readonly until?: string;
  readonly jobs?: number;
}

/** Whether a comparison can be told so. */
export function isComparisonFormat(format: string): format is ComparisonFormat {
  return COMPARISON_FORMATS.some((one) => one === format);
}

/**
 * `portcullis review PATH... --policy A --compare B`: what B would close or leave that A would not. Resolves with the exit code: 1 where B
 * closes or leaves something from `failOn` on, or records could not be read; 2 where none could.
 */
export async function runComparison(paths: readonly string[], options: CompareOptions): Promise<number> {
  const { since = "", until = "9999", failOn, mode } = options;
  const complain = writerTo(process.stderr);
  const chosen = [choosePolicy(options.policy), choosePolicy(options.compare)] as const;
  const [a, b] = chosen.map(({ policy }) => (mode === undefined ? policy : withMode(policy, mode)));
  if (a === undefined || b === undefined) throw new Error("a comparison needs two policies");
  const report = reportFor(paths, options, chosen);
  const tally = new Tally();
  const compared = new ComparisonTally();
  const progress = new ReviewProgress(process.stderr);
  const plans: string[] = [];
  let late = 0;
  const listeners = {
    tally,
    onFile: (path: string, n: number, total: number) => progress.show(tally.records, path, n, total),
    onUnreadable: (unreadable: Unreadable) => report.unreadable(unreadable),
    onLate: () => void late++,
    onPlan: ({ source }: SourcedPlan) => void plans.push(source),
  };
  let failing = false;
  for await (const { change, decisions, differences } of compareReviews(
    changesIn(paths, listeners, options),
    [a, b],
    () => new RecordedWorld(),
  )) {
    progress.clear();
    if (change.at < since || change.at > until) continue;
    const ids = new Set(decisions.flat().map(({ id }) => id));
    compared.changes += ids.size;
    if (ids.size === 0) tally.ignore("neither policy decides about it");
    for (const [n, own] of decisions.entries()) for (const { outcome } of own) bump(compared, n, outcome);
    for (const difference of differences) {
      compared.note(difference);
      failing ||= fails(difference, failOn);
      await report.differs(difference);
    }
  }
  for (const source of plans) {
    tally.unreadable++;
    await report.unreadable({ source, index: 0, reason: "a plan: --compare judges what was recorded only" });
  }
  progress.clear();
  await report.end(tally, compared);
  if (late > 0) await complain(describeLate(late));
  if (tally.records === 0 && tally.unreadable > 0) {
    await complain(`error: nothing in ${paths.join(", ")} could be read: expected CloudTrail records\n`);
    return 2;
  }
  return failing || (tally.unreadable > 0 && failOn !== "never") ? 1 : 0;
}

function bump({ outcomes }: ComparisonTally, side: number, outcome: keyof ComparisonTally["outcomes"][0]): void {
  const own = outcomes[side];
  if (own !== undefined) own[outcome]++;
}

function fails({ effect, finding }: Difference, failOn: Severity | "never"): boolean {
  if (failOn === "never" || effect === "tells" || effect === "drops") return false;
  return compareSeverity(finding.severity, failOn) <= 0;
}

function reportFor(
  paths: readonly string[],
  { format, mode }: CompareOptions,
  chosen: readonly [a: ChosenPolicy, b: ChosenPolicy],
): ComparisonReport {
  const write = writerTo(process.stdout);
  const [a, b] = [named(chosen[0]), named(chosen[1])];
  if (format === "jsonl") return comparisonLines(write, writerTo(process.stderr));
  if (format === "json") return comparisonDocument(write, [a, b]);
  return comparisonTable({
    write,
    width: widthOf(process.stdout),
    paint: painter(process.stdout),
    heading: [
      { text: `Portcullis compares two policies over ${paths.join(", ")}`, style: "strong", most: 2 },
      { text: `A: ${a.from}, version ${a.version}`, style: "faint" },
      { text: `B: ${b.from}, version ${b.version}`, style: "faint" },
      {
        text:
          mode === "enforce"
            ? "mode: enforce, simulated: each policy meets what it would have left"
            : `mode: ${mode ?? "as each policy says"}`,
        style: "faint",
      },
    ],
  });
}

function named({ policy, from }: ChosenPolicy): NamedPolicy {
  return { from, version: policy.version };
}
