import type { Change } from "../../model/change.ts";
import type { Decision } from "../../model/decision.ts";
import type { Policy } from "../../policy/policy.ts";
import { type Difference, differencesBetween, type Pair, type Stake, standingAfter } from "./difference.ts";
import { type RecordedHistory, type Reviewed, reviewUnder } from "./review.ts";

/** What two policies make of one change: the decisions of each, and in what they differ for the first time. */
export interface Compared {
  readonly change: Change;
  readonly decisions: readonly [a: readonly Decision[], b: readonly Decision[]];
  readonly differences: readonly Difference[];
}

/**
 * Reviews recorded changes under two policies at once, in one pass. What stands is told when it
 * comes to stand, and not again with every later change to the same resource. Where a policy enforces, each has a world of its own, left as that policy would have left it.
 */
export async function* compareReviews(
  changes: AsyncIterable<Change>,
  policies: readonly [a: Policy, b: Policy],
  newWorld: () => RecordedHistory,
): AsyncGenerator<Compared> {
  const world = newWorld();
  const worlds = policies.some(mayEnforce) ? [world, newWorld()] : [world, world];
  const sides = policies.map((policy, n) => ({ policy, world: worlds[n] ?? world }));
  const standing = [new Map<string, readonly Stake[]>(), new Map<string, readonly Stake[]>()] as const;
  for await (const change of changes) {
    const [a = [], b = []] = (await reviewUnder(change, sides)).map(decisionsOf);
    const differences = pairs(a, b).flatMap((pair) => {
      const { subject } = pair[0]?.change ?? pair[1]?.change ?? change;
      const place = `${change.account}/${change.region}/${subject.kind}/${subject.id}`;
      const [before, after] = standing.map((side) => side.get(place) ?? []);
      const found = differencesBetween(pair, [before ?? [], after ?? []]);
      for (const [n, decision] of pair.entries()) {
        if (decision === undefined) continue;
        const left = standingAfter(decision);
        if (left.length > 0) standing[n]?.set(place, left);
        else standing[n]?.delete(place);
      }
      return found;
    });
    yield { change, decisions: [a, b], differences };
  }
}

/** Whether the policy enforces anywhere. */
function mayEnforce({ document }: Policy): boolean {
  return [document, ...document.scopes].some(
    ({ mode, rules = {} }) =>
      mode === "enforce" || Object.values(rules).some((rule) => typeof rule === "object" && rule.mode === "enforce"),
  );
}

function decisionsOf(reviewed: readonly Reviewed[]): Decision[] {
  return reviewed.flatMap((one) => (one.kind === "decided" ? [one.decision] : []));
}

// A policy that has nothing to say about a resource makes no decision about it.
function pairs(a: readonly Decision[], b: readonly Decision[]): Pair[] {
  const ids = new Set([...a, ...b].map(({ id }) => id));
  return [...ids].map((id) => [a.find((one) => one.id === id), b.find((one) => one.id === id)]);
}
