import type { Deployment } from "../lib/cloudformation/stack.ts";
import { mayBeWatched } from "../lib/cloudtrail/calls.ts";
import { readRecords } from "../lib/cloudtrail/containers.ts";
import { inTimeOrder } from "../lib/cloudtrail/order.ts";
import { changesOf } from "../lib/cloudtrail/parse.ts";
import { whyUnwatched } from "../lib/cloudtrail/unwatched.ts";
import type { Change } from "../lib/model/change.ts";
import type { Plan } from "../lib/planned/plan.ts";
import type { Tally, Unreadable } from "../lib/report/tally.ts";
import { mayBePlan, planIn } from "./plans.ts";

/** Who is told what, while the changes are read. */
export interface Listeners {
  readonly tally: Tally;
  readonly onFile: (path: string, n: number, total: number) => void;
  readonly onUnreadable: (unreadable: Unreadable) => Promise<void>;
  /** Told of each plan among the files, and which file it is. */
  readonly onPlan: (plan: Plan, source: string) => void;
  /** Where plans go that do not tell it, and what their parameters are. */
  readonly deployment?: Deployment;
}

/**
 * The changes that the records of these files and folders tell of, each once, by time; plans among them go to onPlan. Throws InputError for a path
 * that does not exist.
 */
export async function* changesIn(paths: readonly string[], listeners: Listeners): AsyncGenerator<Change> {
  let told = 0;
  const count = async function* () {
    for await (const change of readChanges(paths, listeners)) {
      told++;
      yield change;
    }
  };
  for await (const change of inTimeOrder(count())) {
    told--;
    yield change;
  }
  listeners.tally.ignore("told by another record already", told);
}

async function* readChanges(
  paths: readonly string[],
  { tally, onFile, onUnreadable, onPlan, deployment = {} }: Listeners,
): AsyncGenerator<Change> {
  const onSkipped = () => {
    tally.records++;
    tally.ignore("a call that is not watched");
  };
  const wanted = (bytes: Buffer) => mayBeWatched(bytes) || mayBePlan(bytes);
  for await (const found of readRecords(paths, { wanted, onSkipped, onFile })) {
    const { source, index } = found;
    if ("reason" in found) {
      tally.unreadable++;
      await onUnreadable(found);
      continue;
    }
    const planned = await planIn(found.record, source, deployment);
    if (planned !== undefined) {
      const reasons = "reason" in planned ? [planned.reason] : planned.problems;
      for (const reason of reasons) {
        tally.unreadable++;
        await onUnreadable({ source, index, reason });
      }
      if ("plan" in planned) {
        tally.records++;
        onPlan(planned.plan, source);
      }
      continue;
    }
    tally.records++;
    const parsed = changesOf(found.record, whyUnwatched);
    if (parsed.kind === "changes") yield* parsed.changes;
    else if (parsed.kind === "ignored") tally.ignore(parsed.reason);
    else {
      tally.unreadable++;
      await onUnreadable({ source, index, reason: parsed.reason });
    }
  }
}
