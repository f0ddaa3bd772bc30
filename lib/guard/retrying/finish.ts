import type { Act, Decision } from "../../model/decision.ts";
import type { Remedy } from "../../model/remedy.ts";
import type { Standing } from "../../model/resource.ts";
import { isUnknown } from "../../model/world.ts";
import { plan } from "../acting/plan.ts";
import { valuesOf } from "../acting/values.ts";
import { blameFor } from "../judging/blame.ts";
import { standing } from "../judging/decide.ts";
import { judge } from "../judging/judge.ts";
import type { DecidedEntry, Intent, Ledger } from "../ports.ts";
import type { Recording } from "../recording.ts";
import { decidedAgain } from "./again.ts";
import type { Recalled } from "./recall.ts";
import { doneOf, goneFrom, intentsUntoldBy, type Retried, type Untold } from "./untold.ts";

interface FinishPorts {
  readonly ledger: Ledger;
  readonly recording: Recording;
  /** Closes what is open and makes the decision with this id; resolves to all that this attempt did until now. */
  readonly settle: (id: string) => Promise<readonly Act[]>;
  /** The decision on what was done late, under the id of the first. */
  readonly decide: (resource: Standing, late: Recalled) => Promise<Decision>;
}

/**
 * Finishes what earlier attempts at a change that is decided left behind when they died: what they began to close once more, and what
 * they took, or meant to, while a copy decided, of which `first` cannot tell. `own` is what this attempt did, and its decisions tell.
 */
export async function finish(first: DecidedEntry, own: readonly Act[], retried: Retried, ports: FinishPorts): Promise<void> {
  const { ledger, recording, settle } = ports;
  const { all, next } = await decidedAgain(ledger, first.decision.id);
  const decided = [first];
  let acts = own;
  for (const { id, entry } of all) {
    if (entry.state === "begun") {
      acts = await settle(id);
      continue;
    }
    decided.push(entry);
    if (entry.state === "decided") await recording.announce(entry);
  }
  const untold = await untoldIn(decided, retried, ledger);
  if (untold.intents.length === 0 && !untold.claim) return;
  const { change, world } = retried;
  // What was read is what is judged.
  const seen = world(goneFrom(change, untold));
  const now = { ...retried, world: () => seen };
  const resource = await standing(change, seen);
  if (resource === undefined || isUnknown(resource)) return;
  const told = [...decided.flatMap(({ decision }) => decision.acts), ...acts].filter(({ result }) => result !== "already");
  const left = await leftOf(untold.intents, resource, now);
  const late = await doneOf(untold, resource, [...told, ...left.map((remedy): Act => ({ remedy, result: "failed" }))], now);
  if (late.acts.length > 0) await recording.add(await ports.decide(resource, late), first);
  // A copy that read too early decided that there was nothing to do, and nobody else would look again before a sweep.
  if (left.length > 0) await settle(next);
}

// What the change claims, the first decision tells, or a copy made it.
async function untoldIn(decided: readonly DecidedEntry[], { attempt }: Retried, ledger: Ledger): Promise<Untold> {
  const intents: Intent[] = [];
  for (const entry of decided) intents.push(...intentsUntoldBy(entry, attempt, await ledger.intended(entry.decision.id)));
  const [by] = decided.map((entry) => entry.by);
  return { intents, claim: by !== undefined && by.message !== attempt.message };
}

/** What was meant to be done about anything but a group, and is still to be done. Of a group, its rules tell. */
async function leftOf(intents: readonly Intent[], resource: Standing, { change, world, ruling }: Retried): Promise<readonly Remedy[]> {
  const meant = new Set(intents.flatMap(({ remedies }) => remedies.flatMap(valuesOf)));
  if (resource.kind === "security-group" || meant.size === 0) return [];
  const seen = world();
  const { findings } = await judge(resource, seen, ruling, await blameFor(change, new Set(), resource, seen));
  const planned = (await plan(resource, seen, findings, ruling)).filter(({ mode }) => mode === "enforce");
  return planned.map(({ remedy }) => remedy).filter((remedy) => valuesOf(remedy).some((value) => meant.has(value)));
}
