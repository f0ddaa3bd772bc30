import type { Act } from "../../model/decision.ts";
import type { Finding } from "../../model/finding.ts";
import { ruleKey } from "../../model/security-group-rule.ts";
import { valuesOf } from "./values.ts";

/**
 * Of findings, those about nothing but what was to be taken and AWS found gone, though a read had shown it. EC2 is eventually consistent
 * for reads; who takes something is told the truth. What one act took, or was refused, was there.
 */
export function foundGone(findings: readonly Finding[], acts: readonly Act[]): readonly Finding[] {
  const there = new Set(acts.flatMap(({ remedy, result }) => (result === "already" ? [] : valuesOf(remedy))));
  const gone = new Set(
    acts.flatMap(({ remedy, result }) => (result === "already" ? valuesOf(remedy).filter((key) => !there.has(key)) : [])),
  );
  return findings.filter(({ rules, remedies = [] }) => {
    if (rules.length > 0) return rules.every((rule) => gone.has(ruleKey(rule)));
    return remedies.flatMap(valuesOf).some((value) => gone.has(value));
  });
}
