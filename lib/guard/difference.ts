import type { Change } from "../model/change.ts";
import type { Decision } from "../model/decision.ts";
import type { Finding } from "../model/finding.ts";
import { isGroupRemedy } from "../model/remedy.ts";
import { ruleKey, type SecurityGroupRule, trafficOf } from "../model/security-group-rule.ts";
import { type Direction, TrafficSet } from "../model/traffic.ts";

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
  /** True for what somebody did, which does not stand. */
  readonly momentary: boolean;
}

/** What of a finding is at stake. */
interface Stake {
  readonly finding: Finding;
  readonly traffic: TrafficSet;
}

/** In what policy B's decision about a change differs from A's; a policy that has nothing to say makes none. */
export function differencesBetween(a: Decision | undefined, b: Decision | undefined): Difference[] {
  const [one, other] = [stakesOf(a), stakesOf(b)];
  return [
    ...beyond("closes", b, other.closed, one.closed, anyRule),
    ...beyond("leaves", a, one.closed, other.closed, anyRule),
    ...beyond("tells", b, other.told, [...one.told, ...one.closed], sameRule),
    ...beyond("drops", a, one.told, [...other.told, ...other.closed], sameRule),
  ];
}

/** Equal for the same difference about the same resource. */
export function keyOf({ effect, finding, traffic, parts }: Difference): string {
  return JSON.stringify([effect, finding.rule, String(traffic), parts]);
}

// The findings that the decision acts on, and those that it only tells.
function stakesOf(decision: Decision | undefined): { readonly closed: readonly Stake[]; readonly told: readonly Stake[] } {
  const closed: Stake[] = [];
  const told: Stake[] = [];
  for (const finding of decision?.findings ?? []) {
    const traffic = decision === undefined ? undefined : takenBy(decision, finding);
    if (traffic === undefined) told.push({ finding, traffic: finding.traffic });
    else closed.push({ finding, traffic });
  }
  return { closed, told };
}

// What is taken away for a finding, lawful traffic of the same rules too; undefined where nothing is.
function takenBy({ acts }: Decision, finding: Finding): TrafficSet | undefined {
  const keys = new Set(finding.rules.map(ruleKey));
  const remedies = new Set(finding.remedies?.map((remedy) => JSON.stringify(remedy)));
  const { direction } = finding.traffic;
  let taken: TrafficSet | undefined;
  for (const { remedy } of acts) {
    if (!isGroupRemedy(remedy)) {
      if (remedies.has(JSON.stringify(remedy))) taken ??= finding.traffic;
      continue;
    }
    const revoked = remedy.revoke.filter((rule) => rule.direction === direction && keys.has(ruleKey(rule)));
    if (revoked.length === 0) continue;
    taken = (taken ?? finding.traffic).union(sumOf(revoked, direction).difference(sumOf(remedy.authorize, direction)));
  }
  return taken;
}

function sumOf(rules: readonly SecurityGroupRule[], direction: Direction): TrafficSet {
  const boxes = rules.flatMap((rule) => trafficOf(rule).boxes());
  return TrafficSet.of(boxes, direction);
}

type Comparable = (mine: Finding, theirs: Finding) => boolean;

// Traffic that is closed is closed, by whatever rule. Parts have their names from the rule that found them.
const anyRule: Comparable = (mine, theirs) => mine.parts.length === 0 || mine.rule === theirs.rule;
const sameRule: Comparable = (mine, theirs) => mine.rule === theirs.rule;

function beyond(
  effect: Effect,
  decision: Decision | undefined,
  mine: readonly Stake[],
  theirs: readonly Stake[],
  comparable: Comparable,
): Difference[] {
  if (decision === undefined) return [];
  const { change } = decision;
  return mine.flatMap(({ finding, traffic: whole }): Difference[] => {
    const others = theirs.filter((other) => comparable(finding, other.finding));
    const momentary = whole.isEmpty() && finding.parts.length === 0;
    if (momentary) {
      const known = others.some((other) => other.finding.message === finding.message);
      return known ? [] : [{ effect, change, finding, traffic: whole, parts: [], momentary }];
    }
    const traffic = others
      .filter((other) => other.traffic.direction === whole.direction)
      .reduce((left, other) => left.difference(other.traffic), whole);
    const parts = finding.parts.filter((part) => !others.some((other) => other.finding.parts.includes(part)));
    return traffic.isEmpty() && parts.length === 0 ? [] : [{ effect, change, finding, traffic, parts, momentary }];
  });
}
