import type { Finding } from "../../model/finding.ts";
import { isGroupRemedy, type Remedy } from "../../model/remedy.ts";
import { ruleKey } from "../../model/security-group-rule.ts";

/**
 * What a remedy is about, by value, so that two attempts that mean the same are known to: each rule of a group and each entry of an ACL,
 * anything else as a whole, but for the ids of what was made.
 */
export function valuesOf(remedy: Remedy): string[] {
  if (isGroupRemedy(remedy)) return remedy.revoke.map(ruleKey);
  if ("entries" in remedy) return remedy.entries.map((entry) => `${remedy.kind} ${remedy.acl} ${JSON.stringify(entry)}`);
  return [JSON.stringify("ids" in remedy ? { ...remedy, ids: [] } : remedy)];
}

/** A finding as one string: what tells it from the others on its resource. */
export function findingValue({ rule, rules, parts }: Finding): string {
  return [rule, ...rules.map(ruleKey), ...parts].join(" ");
}

/** Whether one of these remedies takes something of what was found. */
export function isAnsweredBy({ rules, remedies: own = [] }: Finding, remedies: readonly Remedy[]): boolean {
  const values = new Set(remedies.flatMap(valuesOf));
  return [...rules.map(ruleKey), ...own.flatMap(valuesOf)].some((value) => values.has(value));
}
