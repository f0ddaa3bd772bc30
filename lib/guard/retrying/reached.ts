import type { Change } from "../../model/change.ts";
import { isKind } from "../../model/facts.ts";
import type { Attempt, Ledger, Reached } from "../ports.ts";

/** Notes what a change reaches, before anything is done about it; where that cannot be noted, it is done all the same. */
export async function noteReached(change: Change, found: readonly Change[], ledger: Pick<Ledger, "reach">): Promise<void> {
  const reached = found.flatMap(reachedIn);
  if (reached.length > 0) await ledger.reach(change.id, reached).catch(() => {});
}

/**
 * The changes that an attempt before this one found and this one does not: what that attempt took from a resource may have been what led
 * to it. Throws what the ledger throws.
 */
export async function foundBefore(
  change: Change,
  found: readonly Change[],
  { number }: Attempt,
  ledger: Pick<Ledger, "reached">,
): Promise<readonly Change[]> {
  if (number === 1) return [];
  const known = found.flatMap(reachedIn);
  const lost = (await ledger.reached(change.id)).filter((one) => !known.some(({ kind, id }) => kind === one.kind && id === one.id));
  const { subject: via } = change;
  return lost.map(({ kind, id, possible }) => ({ ...change, subject: { kind, id }, via, ...(possible && { possible }) }));
}

function reachedIn({ subject: { kind, id }, via, possible }: Change): Reached[] {
  return via === undefined || !isKind(kind) ? [] : [{ kind, id, ...(possible && { possible }) }];
}
