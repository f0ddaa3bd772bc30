import type { Act } from "../../model/decision.ts";
import type { Finding } from "../../model/finding.ts";
import { isGroupRemedy, type Remedy } from "../../model/remedy.ts";
import { ruleKey } from "../../model/security-group-rule.ts";

/**
 * Of findings, those about nothing but what was to be taken and AWS found gone, though a read had shown it. EC2 is eventually consistent
 * for reads; who takes something is told the truth. What one act took, or was refused, was there.
 */
export function foundGone(findings: readonly Finding[], acts: readonly Act[]): readonly Finding[] {
  const there = new Set(acts.flatMap(({ remedy, result }) => (result === "already" ? [] : keysOf(remedy))));
  const gone = new Set(acts.flatMap(({ remedy, result }) => (result === "already" ? keysOf(remedy).filter((key) => !there.has(key)) : [])));
  return findings.filter(({ rules, remedies = [] }) => {
    if (rules.length > 0) return rules.every((rule) => gone.has(ruleKey(rule)));
    return remedies.some((remedy) => gone.has(JSON.stringify(remedy)));
  });
}

function keysOf(remedy: Remedy): string[] {
  return isGroupRemedy(remedy) ? remedy.revoke.map(ruleKey) : [JSON.stringify(remedy)];
}
