import type { Act, Decision } from "../../model/decision.ts";
import { isGroupRemedy, type Remedy } from "../../model/remedy.ts";
import { ruleKey, valueKey } from "../../model/security-group-rule.ts";
import { findingValue, isAnsweredBy, valuesOf } from "../acting/values.ts";

/**
 * A decision with what another invocation did about the same change at the same time, so that all of it can be undone; undefined
 * where the other did nothing that this one does not tell. What one finds done already, the other did. `guesses` says that what the other
 * presumes to be done counts too: an attempt of its own died before it could tell.
 */
export function withActsOf(other: Decision, standing: Decision, guesses = false): Decision | undefined {
  const told = new Set(done(standing, guesses).map(({ remedy }) => keyOf(remedy)));
  const values = new Set(done(standing, true).flatMap(({ remedy }) => valuesOf(remedy)));
  const added = done(other, guesses)
    .flatMap((act) => (act.presumed === undefined ? act : (untold(act, values) ?? [])))
    .filter(({ remedy }) => !told.has(keyOf(remedy)));
  if (added.length === 0) return undefined;
  const findings = new Map([...standing.findings, ...other.findings].map((finding) => [findingValue(finding), finding]));
  const kept = standing.acts.filter(({ result, presumed, remedy }) => result !== "already" && !(presumed && isToldBy(added, remedy)));
  const isGraver = standing.outcome === "failed" || standing.outcome === "contested";
  return {
    ...standing,
    // Where a decision is told hangs on what it found.
    ...(standing.outcome === "clean" && other.channel !== undefined && { channel: other.channel }),
    findings: [...findings.values()],
    acts: [...kept, ...added],
    outcome: isGraver ? standing.outcome : other.outcome,
    latency: { ...other.latency, ...standing.latency },
  };
}

/** What another invocation did, parted into what a decision that stands may tell with its own, and what is news beside it. */
interface Parted {
  readonly rest: Decision;
  readonly news?: Decision;
}

/**
 * Parts what another invocation did: what has nothing to do with anything that the standing decision tells is news, of which who was told
 * of that decision would not hear under the same id. Of what was clean nobody was told, so that everything may be told with it.
 */
export function parted(other: Decision, standing: Decision, guesses = false): Parted {
  if (standing.outcome === "clean") return { rest: other };
  const told = new Set(done(standing, true).flatMap(({ remedy }) => valuesOf(remedy)));
  const news = done(other, guesses).filter(({ remedy }) => !valuesOf(remedy).some((value) => told.has(value)));
  if (news.length === 0) return { rest: other };
  const remedies = news.map(({ remedy }) => remedy);
  const findings = other.findings.filter((finding) => isAnsweredBy(finding, remedies));
  return { rest: { ...other, acts: other.acts.filter((act) => !news.includes(act)) }, news: decisionOf(other, { findings, acts: news }) };
}

/** A decision on these acts alone, in the words of another. */
function decisionOf({ held, contest, ...decision }: Decision, { findings, acts }: Pick<Decision, "findings" | "acts">): Decision {
  const { eventAge } = decision.latency;
  return { ...decision, findings, acts, excepted: [], notJudged: [], outcome: "acted", latency: { eventAge } };
}

// What one of them asked for and had no answer to, it may have done: nobody else would tell. What it takes for the other's, that tells.
function done({ acts }: Decision, guesses: boolean): Act[] {
  return acts.filter(({ result, presumed }) => result === "done" && (guesses || presumed !== "other-attempt"));
}

// What is presumed is told where nobody tells it for sure.
function untold(act: Act, told: ReadonlySet<string>): Act | undefined {
  const { remedy } = act;
  if (!isGroupRemedy(remedy)) return valuesOf(remedy).some((value) => told.has(value)) ? undefined : act;
  const revoke = remedy.revoke.filter((rule) => !told.has(ruleKey(rule)));
  return revoke.length === 0 ? undefined : { ...act, remedy: { ...remedy, revoke } };
}

// Narrowing may be what the other did of what this one saw revoked: what was taken tells.
function isToldBy(acts: readonly Act[], remedy: Remedy): boolean {
  if (!isGroupRemedy(remedy)) return acts.some((act) => keyOf(act.remedy) === keyOf(remedy));
  const taken = new Set(acts.flatMap((act) => (isGroupRemedy(act.remedy) ? act.remedy.revoke.map(ruleKey) : [])));
  return remedy.revoke.every((rule) => taken.has(ruleKey(rule)));
}

// By value: of two revocations of one rule, EC2 lets one find it.
function keyOf(remedy: Remedy): string {
  if (!isGroupRemedy(remedy)) return valuesOf(remedy).join(" ");
  return [remedy.kind, remedy.group, ...[...remedy.revoke, ...remedy.authorize].map(valueKey).sort()].join(" ");
}
