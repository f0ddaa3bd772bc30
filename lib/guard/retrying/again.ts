import type { Change } from "../../model/change.ts";
import type { Ledger, LedgerEntry } from "../ports.ts";

/** A decision on what was closed once more for one event, and what the ledger had of it before. */
export interface AgainDecision {
  readonly id: string;
  readonly entry: LedgerEntry | undefined;
}

// Of the copies of one event, hardly two find anything to close.
const MOST = 20;

/**
 * Begins a decision of its own on what a copy of an event closed once more: `<id>/again-1`, `-2`, ... `retried` says that an attempt before this
 * one may have begun it. Undefined where there are too many.
 */
export async function beginAgain(
  ledger: Ledger,
  id: string,
  change: Change,
  policyVersion: string,
  retried: boolean,
): Promise<AgainDecision | undefined> {
  for (let turn = 1; turn <= MOST; turn++) {
    const again = `${id}/again-${turn}`;
    const entry = await ledger.begin(again, change, policyVersion);
    if (entry === undefined || (retried && entry.state === "begun")) return { id: again, entry };
  }
  return undefined;
}

/** The decisions on what was closed once more for an event that were begun, or made, and not announced. */
export async function unfinishedAgain(ledger: Ledger, id: string): Promise<readonly AgainDecision[]> {
  const unfinished: AgainDecision[] = [];
  for (let turn = 1; turn <= MOST; turn++) {
    const again = `${id}/again-${turn}`;
    const entry = await ledger.look(again);
    if (entry === undefined) break;
    if (entry.state !== "published") unfinished.push({ id: again, entry });
  }
  return unfinished;
}
