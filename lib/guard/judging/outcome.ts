import type { Act, NotJudged, Outcome } from "../../model/decision.ts";

/** What an outcome is made of. */
export interface OutcomeParts {
  readonly mode: "dry-run" | "enforce";
  readonly acts: readonly Act[];
  readonly findings: readonly unknown[];
  readonly excepted: readonly unknown[];
  readonly notJudged: readonly NotJudged[];
  /** True when an earlier attempt at this change got as far as acting: what is gone now was our doing. */
  readonly resumed: boolean;
  /** True when what was closed had been closed before and came back. */
  readonly isContested: boolean;
}

/**
 * The one word for what happened, worst news first: failed, contested, acted, would-act, alert, excepted, clean.
 * What could not be judged is an alert, never clean.
 */
export function outcomeOf({ mode, acts, findings, excepted, notJudged, resumed, isContested }: OutcomeParts): Outcome {
  const has = (...results: Act["result"][]) => acts.some(({ result }) => results.includes(result));
  if (has("denied", "failed")) return "failed";
  if (has("done") && isContested) return "contested";
  if (has("done") || (resumed && mode === "enforce" && has("already"))) return "acted";
  if (has("would")) return "would-act";
  if (notJudged.length > 0 || findings.length > 0) return "alert";
  return excepted.length > 0 ? "excepted" : "clean";
}
