import type { Finding } from "../../model/finding.ts";
import { isGroupRemedy, type Remedy } from "../../model/remedy.ts";
import { type SecurityGroupRule, valueKey } from "../../model/security-group-rule.ts";

/** What a remedy takes, by value, so that two attempts that mean the same are known to: each rule of a group, anything else as a whole. */
export function valuesOf(remedy: Remedy): string[] {
  return isGroupRemedy(remedy) ? remedy.revoke.map(ruleValue) : [JSON.stringify(remedy)];
}

/** A rule by direction and value, whatever its id. */
export function ruleValue(rule: SecurityGroupRule): string {
  return `${rule.direction} ${valueKey(rule)}`;
}

/** Whether one of these remedies takes something of what was found. */
export function isAnsweredBy({ rules, remedies: own = [] }: Finding, remedies: readonly Remedy[]): boolean {
  const values = new Set(remedies.flatMap(valuesOf));
  return [...rules.map(ruleValue), ...own.flatMap(valuesOf)].some((value) => values.has(value));
}
