import { isOfEgress } from "../../guard/reviewing/review-plan.ts";
import type { Decision } from "../../model/decision.ts";
import { trafficOf } from "../../model/security-group-rule.ts";
import { type Direction, TrafficSet } from "../../model/traffic.ts";
import { readable } from "../../planned/ids.ts";
import { isPlanned } from "../../planned/plan.ts";
import type { Comparison, Line, Tone } from "./data.ts";
import { openLines, partsCompared } from "./parts.ts";
import { carriedOut, type Sights } from "./sight.ts";

/** What the subject of a decision admitted, or held, before the change and after it. Without sights, as far as the decision tells. */
export function compare(decision: Decision, sights: Sights): readonly Comparison[] {
  // People know what a plan makes by its address.
  return isPlanned(decision.change) ? readable(compared(decision, sights)) : compared(decision, sights);
}

function compared(decision: Decision, sights: Sights): readonly Comparison[] {
  if (decision.change.subject.kind !== "security-group") return partsCompared(decision, sights);
  return (["ingress", "egress"] as const).flatMap((direction) => {
    const sets = setsOf(decision, sights, direction);
    const open = openLines((sights.open ?? []).filter((path) => isOfEgress(path) === (direction === "egress")));
    const isNothing = sets.before?.isEmpty() !== false && sets.left.isEmpty() && sets.forbidden.isEmpty() && open.length === 0;
    if (isNothing) return [];
    const comparison = comparisonOf(sets, direction);
    const left = [...comparison.left, ...open];
    if (sights.before?.resource.facts.partial !== true || comparison.before?.length !== 0) return [{ ...comparison, left }];
    // Of what is known in part, nothing says that there was nothing.
    const { before: _, ...after } = comparison;
    return [{ ...after, left }];
  });
}

interface Sets {
  /** Undefined where nobody can tell. */
  readonly before?: TrafficSet;
  /** What the change left. */
  readonly left: TrafficSet;
  /** What of that was not there before. */
  readonly brought: TrafficSet;
  readonly remains?: TrafficSet;
  readonly forbidden: TrafficSet;
  readonly excepted: TrafficSet;
}

function setsOf({ change, findings, excepted, acts }: Decision, sights: Sights, direction: Direction): Sets {
  const union = (sets: readonly TrafficSet[]) => {
    const ours = sets.filter((set) => set.direction === direction);
    return TrafficSet.of(
      ours.flatMap((set) => set.boxes()),
      direction,
    );
  };
  const { claim } = change;
  // Advice forbids nothing.
  const forbidden = union(findings.filter(({ severity }) => severity !== "info").map(({ traffic }) => traffic));
  const admitted = union(excepted.map(({ finding }) => finding.traffic)).difference(forbidden);
  const granted = union(claim?.kind === "rules-granted" ? claim.rules.map(trafficOf) : []);
  const modified = union(claim?.kind === "rules-modified" ? claim.rules.map((rule) => trafficOf({ ...rule, direction })) : []);
  const blamed = union(findings.filter(({ introduced }) => introduced === "now").map(({ traffic }) => traffic));
  const revoked = union(claim?.kind === "rules-revoked" ? claim.rules.map(trafficOf) : []);
  const left = sights.left?.admits?.[direction] ?? granted.union(forbidden).union(admitted);
  const was = sights.before?.admits?.[direction] ?? (sights.isNew === true || claim?.kind === "group-created" ? union([]) : undefined);
  const isActedOn = carriedOut(acts).some(({ kind }) => kind.endsWith(direction));
  const remains = isActedOn ? sights.remains?.[direction] : undefined;
  return {
    // What is revoked from a group known in part stood before, seen or not.
    ...(was !== undefined && { before: was.union(revoked.difference(left)) }),
    left,
    // Where nobody knows what stood before, the change brought what it says and what it is blamed for.
    brought: was === undefined ? granted.union(modified).union(blamed) : left.difference(was),
    ...(remains !== undefined && { remains }),
    forbidden,
    excepted: admitted,
  };
}

function comparisonOf({ before, left, brought, remains, forbidden, excepted }: Sets, direction: Direction): Comparison {
  const old = left.difference(brought);
  const line = (tone: Tone, set: TrafficSet): Line[] => linesOf(set).map((text) => ({ tone, text }));
  const fresh = (lines: readonly Line[]): Line[] => lines.map((one) => ({ ...one, fresh: true }));
  const banned = forbidden.intersection(left);
  const admitted = excepted.intersection(left);
  const lawful = left.difference(forbidden).difference(excepted);
  return {
    title: direction === "ingress" ? "Ingress" : "Egress",
    left: [
      ...fresh(line("forbidden", banned.intersection(brought))),
      ...line("forbidden", banned.intersection(old)),
      ...fresh(line("excepted", admitted.intersection(brought))),
      ...line("excepted", admitted.intersection(old)),
      ...fresh(line("lawful", lawful.intersection(brought))),
      ...line("kept", lawful.intersection(old)),
      ...line("gone", (before ?? left).difference(left)),
    ],
    ...(remains !== undefined && {
      remains: [...line("forbidden", remains.intersection(forbidden)), ...line("kept", remains.difference(forbidden))],
    }),
    ...(before !== undefined && { before: linesOf(before) }),
  };
}

const MOST_LINES = 60;

/** Traffic in the notation, one text a line; where it takes hundreds, the first ones and how many more. */
export function linesOf(traffic: TrafficSet): string[] {
  const way = traffic.direction === "ingress" ? "from" : "to";
  const lines = traffic.lines().map(({ services, peers }) => `${services} ${way} ${peers}`);
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} more lines`];
}
