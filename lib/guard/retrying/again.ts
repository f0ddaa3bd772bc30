import type { Change } from "../../model/change.ts";
import type { Ledger, LedgerEntry } from "../ports.ts";

/** A decision on what was closed once more for one event, and what the ledger has of it. */
interface AgainDecision {
  readonly id: string;
  readonly entry: LedgerEntry;
}

// Of the copies of one event, hardly two find anything to close.
const MOST = 20;

/**
 * Begins a decision of its own on what a copy of an event closed once more: `<id>/again-1`, `-2`, ... `retried` says that an attempt before this
 * one may have begun it; `resumed`, that one did. Undefined where there are too many.
 */
export async function beginAgain(
  ledger: Ledger,
  id: string,
  change: Change,
  policyVersion: string,
  retried: boolean,
): Promise<{ readonly id: string; readonly resumed: boolean } | undefined> {
  for (let turn = 1; turn <= MOST; turn++) {
    const again = againId(id, turn);
    const entry = await ledger.begin(again, change, policyVersion);
    if (entry === undefined) return { id: again, resumed: false };
    if (retried && entry.state === "begun") return { id: again, resumed: true };
  }
  return undefined;
}

/** The decisions on what else was closed for an event, begun or made, and the id of the next one. */
export async function decidedAgain(ledger: Ledger, id: string): Promise<{ readonly all: readonly AgainDecision[]; readonly next: string }> {
  const all: AgainDecision[] = [];
  for (;;) {
    const next = againId(id, all.length + 1);
    const entry = all.length < MOST ? await ledger.look(next) : undefined;
    if (entry === undefined) return { all, next };
    all.push({ id: next, entry });
  }
}

function againId(id: string, turn: number): string {
  return `${id}/again-${turn}`;
}
