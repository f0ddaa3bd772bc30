import type { Act } from "../../model/decision.ts";
import { isUnknown } from "../../model/world.ts";
import { standing } from "../judging/decide.ts";
import type { DecidedEntry, Ledger } from "../ports.ts";
import type { Recording } from "../recording.ts";
import { decidedAgain } from "./again.ts";
import { decisionOf } from "./one-decision.ts";
import { doneOf, goneFrom, type Retried, untoldBy } from "./untold.ts";

interface FinishPorts {
  readonly ledger: Ledger;
  readonly recording: Recording;
  /** Makes the decision with this id that an earlier attempt began; resolves to all that this attempt did until now. */
  readonly settle: (id: string) => Promise<readonly Act[]>;
}

/**
 * Finishes what earlier attempts at a change that is decided left behind when they died: what they began to close once more, and what
 * they took while a copy decided, of which `first` cannot tell. `acts` are those of this attempt.
 */
export async function finish(first: DecidedEntry, acts: readonly Act[], retried: Retried, ports: FinishPorts): Promise<void> {
  const { ledger, recording, settle } = ports;
  const { all } = await decidedAgain(ledger, first.decision.id);
  const told: Act[] = [...first.decision.acts];
  let own = acts;
  for (const { id, entry } of all) {
    if (entry.state === "begun") {
      own = await settle(id);
      continue;
    }
    told.push(...entry.decision.acts);
    if (entry.state === "decided") await recording.announce(entry);
  }
  await tellUntold(first, [...told, ...own], retried, ports);
}

async function tellUntold(first: DecidedEntry, told: readonly Act[], retried: Retried, { ledger, recording }: FinishPorts): Promise<void> {
  const { decision } = first;
  const { change, attempt, world } = retried;
  const untold = untoldBy(first, attempt, await ledger.intended(decision.id));
  if (untold === undefined) return;
  const resource = await standing(change, world(goneFrom(change, untold)));
  if (resource === undefined || isUnknown(resource)) return;
  const known = told.filter(({ result }) => result !== "already");
  const late = await doneOf(untold, resource, known, retried);
  if (late.acts.length > 0) await recording.add(decisionOf(decision, late), first);
}
