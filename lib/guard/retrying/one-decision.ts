import type { Act, Decision } from "../../model/decision.ts";
import type { Finding } from "../../model/finding.ts";
import { isGroupRemedy, type Remedy } from "../../model/remedy.ts";
import { ruleKey, valueKey } from "../../model/security-group-rule.ts";

/**
 * A decision with what another invocation did about the same change at the same time, so that all of it can be undone; undefined
 * where the other did nothing that this one does not tell. What one finds done already, the other did. `guesses` says that what the other
 * presumes to be done counts too: an attempt of its own died before it could tell.
 */
export function withActsOf(other: Decision, standing: Decision, guesses = false): Decision | undefined {
  const told = new Set(done(standing, guesses).map(({ remedy }) => keyOf(remedy)));
  const added = done(other, guesses).filter(({ remedy }) => !told.has(keyOf(remedy)));
  if (added.length === 0) return undefined;
  const findings = new Map([...standing.findings, ...other.findings].map((finding) => [findingKey(finding), finding]));
  const kept = standing.acts.filter(({ result, presumed, remedy }) => result !== "already" && !(presumed && isToldBy(added, remedy)));
  const isGraver = standing.outcome === "failed" || standing.outcome === "contested";
  return {
    ...standing,
    findings: [...findings.values()],
    acts: [...kept, ...added],
    outcome: isGraver ? standing.outcome : other.outcome,
    latency: { ...other.latency, ...standing.latency },
  };
}

// What is only presumed to be done, the other may know.
function done({ acts }: Decision, guesses: boolean): Act[] {
  return acts.filter(({ result, presumed }) => result === "done" && (guesses || presumed !== true));
}

// Narrowing may be what the other did of what this one saw revoked: what was taken tells.
function isToldBy(acts: readonly Act[], remedy: Remedy): boolean {
  if (!isGroupRemedy(remedy)) return acts.some((act) => keyOf(act.remedy) === keyOf(remedy));
  const taken = new Set(acts.flatMap((act) => (isGroupRemedy(act.remedy) ? act.remedy.revoke.map(ruleKey) : [])));
  return remedy.revoke.every((rule) => taken.has(ruleKey(rule)));
}

// By value: of two revocations of one rule, EC2 lets one find it.
function keyOf(remedy: Remedy): string {
  if (!isGroupRemedy(remedy)) return JSON.stringify(remedy);
  return [remedy.kind, remedy.group, ...[...remedy.revoke, ...remedy.authorize].map(valueKey).sort()].join(" ");
}

function findingKey({ rule, rules, parts }: Finding): string {
  return [rule, ...rules.map(ruleKey), ...parts].join(" ");
}
