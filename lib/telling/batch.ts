import { isSwept } from "../guard/judging/swept.ts";
import type { Burst, Posted, Telling, Thread } from "../guard/notify-ports.ts";
import type { Decision } from "../model/decision.ts";
import { burstOf } from "./burst.ts";

/** So many decisions of one batch, by one actor in one account and to one channel, are still told one by one. */
export const BURST = 3;
/** A burst goes on while its changes come no further apart than this (milliseconds), */
const PAUSE = 60_000;
/** and until it has so many decisions: an item of the table must hold their ids, and the message is written from all of them. */
const LARGEST = 100;

/** A decision and the channel that it belongs in. */
export interface Item {
  readonly decision: Decision;
  readonly channel: string;
}

/** What is told with one message. `again` when an earlier attempt may have posted it. */
export type Unit = { readonly channel: string; readonly items: readonly Item[]; readonly again: boolean; readonly burst?: Burst };

/** The burst that an actor is in the middle of: its message, how many decisions that counts, and the last of them. */
export interface Going {
  readonly thread: Thread;
  readonly last: Decision;
}

/** The thread of a decision's resource in its channel: within it, order is kept. */
export function threadKey({ channel, decision: { change } }: Item): string {
  return [change.account, change.region, change.subject.id, channel].join("/");
}

/**
 * Whether a decision changes what a thread shows and is no message of its own: what keeps coming back was told, and so was what a
 * sweep finds gone.
 */
export function isStateOnly({ outcome, contest, change, held }: Decision): boolean {
  if (outcome === "clean") return isSwept(change);
  if (held !== undefined) return false;
  return outcome === "contested" && (contest?.count ?? 0) > TOLD_CLOSINGS;
}
// The first closing is told, and the second: that it came back.
const TOLD_CLOSINGS = 2;

/** Who did it where, and who hears of it: what may be told as one burst. */
export function actorKey({ channel, decision }: Item): string {
  const { account, actor } = decision.change;
  return [account, actor.arn, channel, ...(isStateOnly(decision) ? [decision.id] : [])].join("/");
}

/**
 * A batch as what is told with one message each, in order. A burst comes where the first of its decisions does, so none joins
 * that would overtake another decision about the same resource.
 */
export function unitsOf(
  items: readonly Item[],
  known: ReadonlyMap<string, Telling>,
  going: (actor: string) => Going | undefined = () => undefined,
): Unit[] {
  const fresh = Map.groupBy(
    items.filter(({ decision }) => !known.has(decision.id)),
    actorKey,
  );
  const bursts = new Map<string, readonly Item[]>();
  for (const [actor, group] of fresh) {
    const members = withoutOvertaking(group, items);
    if (members.length > BURST || goesOn(going(actor), members[0])) bursts.set(actor, members);
  }
  const units: Unit[] = [];
  const placed = new Set<string>();
  for (const item of items) {
    const { decision, channel } = item;
    if (placed.has(decision.id)) continue;
    const unit = unitOf(item, items, known.get(decision.id), bursts.get(actorKey(item)), going(actorKey(item)));
    if (unit === undefined) continue;
    for (const member of unit.items) placed.add(member.decision.id);
    units.push({ channel, ...unit });
  }
  return units;
}

function unitOf(
  item: Item,
  items: readonly Item[],
  telling: Telling | undefined,
  members: readonly Item[] = [],
  going: Going | undefined,
): Omit<Unit, "channel"> | undefined {
  if (telling === "begun") return { items: [item], again: true };
  if (telling !== undefined) return "ts" in telling ? undefined : resumed(telling, items);
  const [first] = members;
  if (first === undefined || !members.includes(item)) return { items: [item], again: false };
  const joins: { joins?: Posted } = going !== undefined && goesOn(going, first) ? { joins: going.thread.parent } : {};
  const burst = { id: burstOf(first.decision.id), decisions: members.map(({ decision }) => decision.id), ...joins };
  return { items: members, again: false, burst };
}

function resumed(burst: Burst, items: readonly Item[]): Omit<Unit, "channel"> {
  return { items: items.filter(({ decision }) => burst.decisions.includes(decision.id)), again: true, burst };
}

// What stands between the first of the group and a member, on the same resource and outside of the burst, was there before it.
function withoutOvertaking(group: readonly Item[], items: readonly Item[]): Item[] {
  const [first] = group;
  const members: Item[] = [];
  const outside = new Set<string>();
  for (const item of first === undefined ? [] : items.slice(items.indexOf(first))) {
    if (group.includes(item) && !outside.has(threadKey(item))) members.push(item);
    else outside.add(threadKey(item));
  }
  return members;
}

function goesOn(going: Going | undefined, next: Item | undefined): boolean {
  if (going === undefined || next === undefined || (going.thread.burst?.length ?? 0) >= LARGEST) return false;
  return Math.abs(Date.parse(next.decision.change.at) - Date.parse(going.last.change.at)) <= PAUSE;
}
