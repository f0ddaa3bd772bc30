import type { Change } from "../../model/change.ts";
import { isKind } from "../../model/facts.ts";
import type { Attempt, Ledger, Reached } from "../ports.ts";

/**
 * The changes that are found, and of those that an attempt before this one found the ones that are found no more: what that attempt took
 * from a resource may have been what led to it. Notes what is found before anything is done; where that cannot be noted, it is done all
 * the same. Throws what the ledger throws when it is asked what was found before.
 */
export async function withReachedBefore(
  change: Change,
  found: readonly Change[],
  { number }: Attempt,
  ledger: Pick<Ledger, "reach" | "reached">,
): Promise<readonly Change[]> {
  const reached = found.flatMap(reachedIn);
  const before = number > 1 ? await ledger.reached(change.id) : [];
  const lost = before.filter((one) => !reached.some(({ kind, id }) => kind === one.kind && id === one.id));
  if (reached.length > 0) await ledger.reach(change.id, reached).catch(() => {});
  const { subject: via } = change;
  return [...found, ...lost.map(({ kind, id, possible }) => ({ ...change, subject: { kind, id }, via, ...(possible && { possible }) }))];
}

function reachedIn({ subject: { kind, id }, via, possible }: Change): Reached[] {
  return via === undefined || !isKind(kind) ? [] : [{ kind, id, ...(possible && { possible }) }];
}
