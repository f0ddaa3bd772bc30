import type { NetworkRemedy } from "./remedy.ts";
import type { SecurityGroupRule } from "./security-group-rule.ts";
import { TrafficSet } from "./traffic.ts";

/** From worst to mildest; `info` is advice that never fails a review by default. */
export const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Negative when `a` is worse than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** Whether this change brought it about or it stood before; "unknown" where no record tells. */
export type Introduced = "now" | "earlier" | "unknown";

/** What a rule says about a resource: exactly what is forbidden, and what lets it in. */
export interface Finding {
  /** The id of the Portcullis rule. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** The forbidden traffic, exactly: granted minus allowed. Empty for what is no question of traffic. */
  readonly traffic: TrafficSet;
  /** The security group rules that admit it; where only their union offends, all that contribute. */
  readonly rules: readonly SecurityGroupRule[];
  /**
   * The parts of another resource that offend, by their keys or names: the destination of a route, `ingress/100` of an ACL,
   * the id of an association, `mode`. With the rule's id they tell one finding from another.
   */
  readonly parts: readonly string[];
  readonly introduced: Introduced;
  /** "none" when acting would do harm: then nothing is remedied, whatever remedy the policy asks of the rule. */
  readonly remedy?: "none";
  /** What would remedy it, one for each way that the policy may choose. What to do about security group rules, the plan knows. */
  readonly remedies?: readonly NetworkRemedy[];
}

/** What the judge is given: it adds the rule's id, its severity under the policy, and who introduced it. */
export type FindingDraft = Omit<Finding, "rule" | "severity" | "introduced">;

/** What a rule returns: `traffic` and `rules` of a security group, `parts` of anything else. */
export type RuleFinding =
  | (Pick<Finding, "message" | "traffic" | "rules" | "remedy"> & { readonly parts?: undefined })
  | (Pick<Finding, "message" | "parts" | "remedy" | "remedies"> & { readonly traffic?: TrafficSet; readonly rules?: undefined });

export function draftOf({ traffic = TrafficSet.EMPTY, rules = [], parts = [], ...finding }: RuleFinding): FindingDraft {
  return { ...finding, traffic, rules, parts };
}
