import type { Decision } from "../model/decision.ts";
import { compareSeverity, type Finding, type Severity } from "../model/finding.ts";

const COLOURS: Readonly<Record<Severity, string>> = { critical: "🔴", high: "🟠", medium: "🟡", low: "🔵", info: "⚪" };

/** The sign by which people see how bad it is. */
export function severityColour(severity: Severity): string {
  return COLOURS[severity];
}

/** What the decision is about: its findings, or for a decision that found nothing else, those that an exception admits. */
export function subjects({ findings, excepted }: Pick<Decision, "findings" | "excepted">): readonly Finding[] {
  return findings.length > 0 ? findings : excepted.map(({ finding }) => finding);
}

/** The worst severity of what the decision is about. */
export function worstOf(decision: Pick<Decision, "findings" | "excepted">): Severity | undefined {
  return subjects(decision)
    .map(({ severity }) => severity)
    .sort(compareSeverity)[0];
}

/** The worst severity in markup, `🔴 *critical*`; nothing where there is none. */
export function severityMark(decision: Pick<Decision, "findings" | "excepted">): string[] {
  const worst = worstOf(decision);
  return worst === undefined ? [] : [`${COLOURS[worst]} *${worst}*`];
}

/** The worst first, and of those that are equally bad, what still stands; the rest stay in their order. */
export function byWorst(decisions: readonly Decision[]): Decision[] {
  const failed = ({ outcome }: Decision) => (outcome === "failed" ? 0 : 1);
  return [...decisions].sort((a, b) => compareSeverity(worstOf(a) ?? "info", worstOf(b) ?? "info") || failed(a) - failed(b));
}
