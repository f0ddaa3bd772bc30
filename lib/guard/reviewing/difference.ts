import type { Change } from "../../model/change.ts";
import type { Decision } from "../../model/decision.ts";
import type { Finding } from "../../model/finding.ts";
import { isGroupRemedy } from "../../model/remedy.ts";
import { ruleKey, type SecurityGroupRule, trafficOf } from "../../model/security-group-rule.ts";
import { type Direction, TrafficSet } from "../../model/traffic.ts";

export const EFFECTS = ["closes", "leaves", "tells", "drops"] as const;
/**
 * What policy B does that A does not. closes: takes away what A does not. leaves: leaves what A would take away. tells: finds, and only
 * tells, what A does not find. drops: finds not what A finds and only tells.
 */
export type Effect = (typeof EFFECTS)[number];

/** One thing in which two policies differ about one change. */
export interface Difference {
  readonly effect: Effect;
  readonly change: Change;
  readonly finding: Finding;
  /** The traffic, or the parts of a resource, in which they differ; the finding may have more. */
  readonly traffic: TrafficSet;
  readonly parts: readonly string[];
}

/** What policy A decided and what policy B decided; a policy that has nothing to say about a resource makes no decision. */
export type Pair = readonly [a: Decision | undefined, b: Decision | undefined];

/** What of a finding is at stake. */
export interface Stake {
  readonly finding: Finding;
  /** The forbidden traffic, and all other that goes with it where it is closed. */
  readonly traffic: TrafficSet;
  /** Whether the decision only tells it, would close it, or closed it, so that it no longer stands. */
  readonly fate: "told" | "would" | "done";
}

/** In what policy B's decision about a change differs from A's, but for what stood before under the same policy. */
export function differencesBetween([a, b]: Pair, [before, after]: readonly [a: readonly Stake[], b: readonly Stake[]]): Difference[] {
  const [one, other] = [stakesOf(a), stakesOf(b)];
  const closed = ({ fate }: Stake) => fate !== "told";
  const told = ({ fate }: Stake) => fate === "told";
  return [
    ...beyond("closes", b, other.filter(closed), [...one.filter(closed), ...after]),
    ...beyond("leaves", a, one.filter(closed), [...other.filter(closed), ...before]),
    ...beyond("tells", b, other.filter(told), [...one, ...after]),
    ...beyond("drops", a, one.filter(told), [...other, ...before]),
  ];
}

/** What a decision found and did not close. */
export function standingAfter(decision: Decision): Stake[] {
  return stakesOf(decision).filter((stake) => stake.fate !== "done" && !isMomentary(stake));
}

// What somebody did, and not what stands.
function isMomentary({ finding, traffic }: Stake): boolean {
  return traffic.isEmpty() && finding.parts.length === 0;
}

function stakesOf(decision: Decision | undefined): Stake[] {
  return decision === undefined ? [] : decision.findings.map((finding) => stakeOf(decision, finding));
}

function stakeOf({ acts }: Decision, finding: Finding): Stake {
  const keys = new Set(finding.rules.map(ruleKey));
  const remedies = new Set(finding.remedies?.map((remedy) => JSON.stringify(remedy)));
  const { direction } = finding.traffic;
  let { traffic } = finding;
  let fate: Stake["fate"] = "told";
  for (const { remedy, result } of acts) {
    const revoked = isGroupRemedy(remedy) ? remedy.revoke.filter((rule) => rule.direction === direction && keys.has(ruleKey(rule))) : [];
    if (revoked.length === 0 && !remedies.has(JSON.stringify(remedy))) continue;
    fate = result === "done" ? "done" : "would";
    // Lawful traffic of a rule that is revoked whole goes too.
    if (isGroupRemedy(remedy)) traffic = traffic.union(sumOf(revoked, direction).difference(sumOf(remedy.authorize, direction)));
  }
  return { finding, traffic, fate };
}

function sumOf(rules: readonly SecurityGroupRule[], direction: Direction): TrafficSet {
  const boxes = rules.flatMap((rule) => trafficOf(rule).boxes());
  return TrafficSet.of(boxes, direction);
}

function beyond(effect: Effect, decision: Decision | undefined, mine: readonly Stake[], theirs: readonly Stake[]): Difference[] {
  if (decision === undefined) return [];
  const { change } = decision;
  return mine.flatMap((stake): Difference[] => {
    const { finding, traffic: whole, fate } = stake;
    // Traffic that is closed is closed, by whatever rule. What is told, and the parts of a resource, are a rule's own.
    const ownOnly = fate === "told" || finding.parts.length > 0;
    const others = theirs.filter((other) => other.finding.rule === finding.rule || !(ownOnly || other.fate === "told"));
    if (isMomentary(stake)) {
      const known = others.some((other) => other.finding.message === finding.message);
      return known ? [] : [{ effect, change, finding, traffic: whole, parts: [] }];
    }
    const traffic = others
      .filter((other) => other.traffic.direction === whole.direction)
      .reduce((left, other) => left.difference(other.traffic), whole);
    const parts = finding.parts.filter((part) => !others.some((other) => other.finding.parts.includes(part)));
    return traffic.isEmpty() && parts.length === 0 ? [] : [{ effect, change, finding, traffic, parts }];
  });
}
