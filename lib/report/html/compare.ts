import type { Decision } from "../../model/decision.ts";
import { isGroupRemedy } from "../../model/remedy.ts";
import { trafficOf } from "../../model/security-group-rule.ts";
import { type Direction, TrafficSet } from "../../model/traffic.ts";
import type { Comparison, Line, Tone } from "./data.ts";
import { partsCompared } from "./parts.ts";
import type { Sights } from "./witness.ts";

/** What the subject of a decision admitted, or held, before the change and after it. Without sights, as far as the decision tells. */
export function compare(decision: Decision, sights: Sights): readonly Comparison[] {
  if (decision.change.subject.kind !== "security-group") return partsCompared(decision, sights);
  return (["ingress", "egress"] as const).flatMap((direction) => {
    const sets = setsOf(decision, sights, direction);
    return sets.before?.isEmpty() !== false && sets.left.isEmpty() && sets.forbidden.isEmpty() ? [] : [comparisonOf(sets, direction)];
  });
}

interface Sets {
  /** Undefined where nobody can tell. */
  readonly before?: TrafficSet;
  /** What the change left. */
  readonly left: TrafficSet;
  readonly remains?: TrafficSet;
  readonly forbidden: TrafficSet;
  readonly excepted: TrafficSet;
}

function setsOf({ change, findings, excepted, acts }: Decision, { before, now }: Sights, direction: Direction): Sets {
  const nothing = TrafficSet.of([], direction);
  const ofDirection = (sets: Iterable<TrafficSet>) => [...sets].filter((set) => set.direction === direction);
  const together = (sets: Iterable<TrafficSet>) =>
    TrafficSet.of(
      ofDirection(sets).flatMap((set) => set.boxes()),
      direction,
    );
  // Advice forbids nothing.
  const forbidden = together(findings.filter(({ severity }) => severity !== "info").map(({ traffic }) => traffic));
  const only = together(excepted.map(({ finding }) => finding.traffic)).difference(forbidden);
  const { claim } = change;
  const remedies = acts.filter(({ remedy, result }) => isGroupRemedy(remedy) && result !== "denied" && result !== "failed");
  const done = remedies.some(({ result }) => result === "done" || result === "already");
  const taken = together(remedies.flatMap(({ remedy }) => (isGroupRemedy(remedy) ? remedy.revoke.map(trafficOf) : [])));
  const given = together(remedies.flatMap(({ remedy }) => (isGroupRemedy(remedy) ? remedy.authorize.map(trafficOf) : [])));
  const standing = now?.admits?.[direction] ?? together(claim?.kind === "rules-granted" ? claim.rules.map(trafficOf) : []).union(forbidden);
  // Where the acts were carried out, the world shows what they left.
  const left = done ? standing.union(taken) : standing;
  const remains = done ? standing : left.difference(taken).union(given);
  const revoked = claim?.kind === "rules-revoked" ? together(claim.rules.map(trafficOf)) : nothing;
  const was = before?.admits?.[direction];
  const created = claim?.kind === "group-created";
  return {
    ...(was !== undefined ? { before: was.union(revoked.difference(left)) } : created && { before: nothing }),
    left,
    ...(!taken.isEmpty() && { remains }),
    forbidden,
    excepted: only,
  };
}

function comparisonOf({ before, left, remains, forbidden, excepted }: Sets, direction: Direction): Comparison {
  const was = before ?? TrafficSet.of([], direction);
  const line = (tone: Tone, set: TrafficSet): Line[] => linesOf(set).map((text) => ({ tone, text }));
  const fresh = (lines: readonly Line[]): Line[] => lines.map((one) => ({ ...one, fresh: true }));
  const banned = forbidden.intersection(left);
  const admitted = excepted.intersection(left);
  const lawful = left.difference(forbidden).difference(excepted);
  return {
    title: direction === "ingress" ? "Ingress" : "Egress",
    left: [
      ...fresh(line("forbidden", banned.difference(was))),
      ...line("forbidden", banned.intersection(was)),
      ...fresh(line("excepted", admitted.difference(was))),
      ...line("excepted", admitted.intersection(was)),
      ...fresh(line("lawful", lawful.difference(was))),
      ...line("kept", lawful.intersection(was)),
      ...line("gone", was.difference(left)),
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
