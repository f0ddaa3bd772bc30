import type { SecurityGroupRule } from "./security-group-rule.ts";
import type { TrafficSet } from "./traffic.ts";

/** From worst to mildest; `info` is advice that never fails a review by default. */
export const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Negative when `a` is worse than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** What a rule says about a resource: exactly what is forbidden, and the rules of the group that let it in. */
export interface Finding {
  /** The id of the Portcullis rule. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** The forbidden traffic, exactly: granted minus allowed. */
  readonly traffic: TrafficSet;
  /** The security group rules that admit it; where only their union offends, all that contribute. */
  readonly rules: readonly SecurityGroupRule[];
  /** Whether this change brought it about or it stood before. */
  readonly introduced: "now" | "earlier";
  /** "none" when acting would do harm: then nothing is remedied, whatever remedy the policy asks of the rule. */
  readonly remedy?: "none";
}

/** What a rule returns; the judge adds the rule's id, its severity under the policy, and who introduced it. */
export type FindingDraft = Pick<Finding, "message" | "traffic" | "rules" | "remedy">;
