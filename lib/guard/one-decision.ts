import type { Act, Decision } from "../model/decision.ts";
import type { Finding } from "../model/finding.ts";
import { isGroupRemedy, type Remedy } from "../model/remedy.ts";
import { ruleKey, valueKey } from "../model/security-group-rule.ts";

/**
 * A decision with what another invocation did about the same change at the same time, so that all of it can be undone; undefined
 * where the other did nothing that this one does not tell. What one finds done already, the other did.
 */
export function withActsOf(other: Decision, standing: Decision): Decision | undefined {
  const told = new Set(done(standing).map(({ remedy }) => keyOf(remedy)));
  const added = done(other).filter(({ remedy }) => !told.has(keyOf(remedy)));
  if (added.length === 0) return undefined;
  const findings = new Map([...standing.findings, ...other.findings].map((finding) => [findingKey(finding), finding]));
  const certain = new Set(added.map(({ remedy }) => keyOf(remedy)));
  const kept = standing.acts.filter(({ result, presumed, remedy }) => result !== "already" && !(presumed && certain.has(keyOf(remedy))));
  const failed = standing.outcome === "failed";
  return {
    ...standing,
    findings: [...findings.values()],
    acts: [...kept, ...added],
    outcome: failed ? "failed" : other.outcome,
    latency: { ...other.latency, ...standing.latency },
  };
}

// What is only presumed to be done, the other may know.
function done({ acts }: Decision): Act[] {
  return acts.filter(({ result, presumed }) => result === "done" && presumed !== true);
}

// By value: of two revocations of one rule, EC2 lets one find it.
function keyOf(remedy: Remedy): string {
  if (!isGroupRemedy(remedy)) return JSON.stringify(remedy);
  return [remedy.kind, remedy.group, ...[...remedy.revoke, ...remedy.authorize].map(valueKey).sort()].join(" ");
}

function findingKey({ rule, rules, parts }: Finding): string {
  return [rule, ...rules.map(ruleKey), ...parts].join(" ");
}
