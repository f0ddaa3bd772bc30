import type { Act } from "../../model/decision.ts";
import type { Finding } from "../../model/finding.ts";
import { isGroupRemedy, type Remedy } from "../../model/remedy.ts";
import type { Standing } from "../../model/resource.ts";
import { ruleKey } from "../../model/security-group-rule.ts";
import { isAnsweredBy, valuesOf } from "../acting/values.ts";
import type { Intent } from "../ports.ts";

/** What an attempt that died did, as far as anybody can tell, and why. */
export interface Recalled {
  readonly findings: readonly Finding[];
  readonly acts: readonly Act[];
}

/**
 * What an attempt before this one was about to do and nobody tells of: what it meant to take from a group and is gone there, and of
 * anything else what need not be done any more. `acts` are those of this attempt, which did what it found undone.
 */
export function recall(intended: readonly Intent[], now: Standing, acts: readonly Act[]): Recalled {
  const told = new Set(acts.flatMap(({ remedy }) => valuesOf(remedy)));
  const standing = new Set(now.kind === "security-group" ? now.rules.map(ruleKey) : []);
  const findings: Finding[] = [];
  const recalled: Act[] = [];
  for (const intent of intended) {
    const remedies = intent.remedies.flatMap((remedy) => left(remedy, told, standing) ?? []);
    for (const remedy of remedies) {
      for (const key of valuesOf(remedy)) told.add(key);
      recalled.push({ remedy, result: "done", presumed: "other-attempt" });
    }
    if (remedies.length > 0) findings.push(...intent.findings.filter((finding) => isAnsweredBy(finding, remedies)));
  }
  return { findings, acts: recalled };
}

function left(remedy: Remedy, told: ReadonlySet<string>, standing: ReadonlySet<string>): Remedy | undefined {
  if (!isGroupRemedy(remedy)) return valuesOf(remedy).some((key) => told.has(key)) ? undefined : remedy;
  const revoke = remedy.revoke.filter((rule) => !told.has(ruleKey(rule)) && !standing.has(ruleKey(rule)));
  if (revoke.length === 0) return undefined;
  return { ...remedy, revoke, authorize: remedy.authorize.filter((rule) => standing.has(ruleKey(rule))) };
}
