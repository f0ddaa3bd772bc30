import type { Change } from "../../model/change.ts";
import type { Act, Contest } from "../../model/decision.ts";
import { isGroupRemedy } from "../../model/remedy.ts";
import { valueKey } from "../../model/security-group-rule.ts";
import { isGrantEnd } from "../answering/judge-again.ts";
import type { Place } from "../ports.ts";

/** How often something was closed lately. */
export interface Closings {
  readonly count: number;
  /** When it was closed first, ISO 8601. */
  readonly since: string;
}

/** The memory of what was closed where; what is not closed again for a day is forgotten. */
export interface Contests {
  /** Counts one closing of these values on a resource, once for a decision; resolves to the count of the one closed most often. */
  closed(place: Place, values: readonly string[], decision: string): Promise<Closings>;
}

// Of a decision that closed hundreds of rules, a few tell whether they came back.
const MOST_VALUES = 10;

/**
 * Whether what was just closed had been closed before and came back, counted once for a decision. The end of an exception brings
 * nothing back. Where nobody can tell, it is told as a first time: never throws.
 */
export async function contestOf(acts: readonly Act[], change: Change, decision: string, contests: Contests): Promise<Contest | undefined> {
  const values = valuesTaken(acts);
  if (values.length === 0 || isGrantEnd(change)) return undefined;
  const closings = await contests.closed(change, values, decision).catch(() => undefined);
  if (closings === undefined || closings.count < 2) return undefined;
  const { userAgent } = change.actor;
  return { ...closings, ...(userAgent !== undefined && { userAgent }) };
}

/** What the acts took away, by value: the same whatever ids it comes back under. */
function valuesTaken(acts: readonly Act[]): readonly string[] {
  const values = acts.flatMap(({ result, presumed, remedy }) => {
    if (result !== "done" || presumed) return [];
    if (isGroupRemedy(remedy)) return remedy.revoke.map(({ id: _, ...rule }) => valueKey(rule));
    const { kind, ...rest } = remedy;
    return [`${kind} ${JSON.stringify("ids" in rest ? { ...rest, ids: [] } : rest)}`];
  });
  return [...new Set(values)].sort().slice(0, MOST_VALUES);
}
