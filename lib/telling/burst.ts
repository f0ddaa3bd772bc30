import type { Announcement, Burst, Posted, Thread } from "../guard/notify-ports.ts";
import type { Place } from "../guard/ports.ts";
import type { Decision } from "../model/decision.ts";
import { context } from "../slack/blocks.ts";
import { burstMessage, burstTable } from "../slack/burst.ts";
import { type Desk, edit, noted, offering, placeOf, postOnce } from "./desk.ts";
import { userOf } from "./mention.ts";
import { inWords, isRefusedForGood } from "./refusal.ts";

const PREFIX = "burst/";

/** The name of the burst that begins with this decision. */
export function burstOf(first: string): string {
  return `${PREFIX}${first}`;
}

/** Whether a thread was opened by a burst, and not by one decision. */
export function isBurst(first: string): boolean {
  return first.startsWith(PREFIX);
}

/** Under which the message of an actor's burst is kept, so that the next batch can go on with it. */
export function burstPlace({ change: { account, actor } }: Decision): Place {
  return { account, region: "any", subject: { kind: "account", id: burstOf(actor.arn) } };
}

/**
 * Tells a burst: one message with a count, the decisions as a table in its thread; it becomes the thread of all their
 * resources. Every step can be repeated, and that they were told is noted last. Throws what Slack or the book throws.
 */
export async function tellBurst(desk: Desk, burst: Burst, given: readonly Decision[]): Promise<void> {
  const decisions = await whole(desk, burst.decisions, given);
  const [first] = decisions;
  if (first === undefined) return;
  const { threads } = desk.ports;
  const { thread, joined } = await intoThread(desk, burst, decisions, await threads.thread(burstPlace(first), desk.channel));
  for (const about of Map.groupBy(decisions, ({ change: { region, subject } }) => `${region}/${subject.id}`).values()) {
    await leadTo(desk, thread, about);
  }
  if (joined) await recount(desk, thread, decisions);
  for (const id of burst.decisions) await threads.told(id, thread.parent);
}

async function intoThread(desk: Desk, burst: Burst, decisions: readonly Decision[], before: Thread | undefined): Promise<Joined> {
  const found = await threadOf(desk, burst, decisions, before);
  try {
    await postTable(desk, burst, decisions, found.thread.parent);
    return found;
  } catch (error) {
    if (!found.joined || !isRefusedForGood(error)) throw error;
    desk.ports.log.warn("Slack does not take the table in the earlier burst's thread; another is opened", { burst: burst.id, error });
    const opened = await open(desk, burst, decisions, found.thread);
    await postTable(desk, burst, decisions, opened.thread.parent);
    return opened;
  }
}

async function postTable(desk: Desk, { id }: Burst, decisions: readonly Decision[], { channel, ts }: Posted): Promise<void> {
  const pages = inWords(() => burstTable(decisions, offering(desk)));
  for (const [i, page] of pages.entries()) await postOnce(desk, channel, page, { about: `${id}/${i + 1}`, thread: ts });
}

// Decisions of the burst that came with an earlier batch are read; one that the ledger lost meanwhile cannot be told.
async function whole({ ports }: Desk, ids: readonly string[], given: readonly Decision[]): Promise<Decision[]> {
  const known = new Map(given.map((decision) => [decision.id, decision]));
  const read = await Promise.all(ids.map((id) => known.get(id) ?? ports.decisions.read(id)));
  return read.filter((decision) => decision !== undefined);
}

interface Joined {
  readonly thread: Thread;
  /** True where the message was there before and counts fewer decisions. */
  readonly joined: boolean;
}

async function threadOf(desk: Desk, burst: Burst, decisions: readonly Decision[], before: Thread | undefined): Promise<Joined> {
  // An earlier attempt came this far.
  if (before?.burst?.includes(burst.decisions[0] ?? "")) return { thread: before, joined: before.first !== burst.id };
  const goesOn = burst.joins !== undefined && before?.parent.ts === burst.joins.ts && before.parent.channel === burst.joins.channel;
  return goesOn ? goOn(desk, burst, before) : open(desk, burst, decisions, before);
}

async function goOn({ ports }: Desk, { decisions }: Burst, before: Thread): Promise<Joined> {
  const thread = {
    ...before,
    last: decisions.at(-1) ?? before.last,
    count: before.count + decisions.length,
    burst: [...(before.burst ?? []), ...decisions],
  };
  await ports.threads.keep(thread);
  return { thread, joined: true };
}

async function open(desk: Desk, burst: Burst, decisions: readonly Decision[], before: Thread | undefined): Promise<Joined> {
  const [first] = decisions;
  if (first === undefined) throw new TypeError(`${burst.id} has no decision`);
  const parent = await postOnce(desk, desk.channel, await counted(desk, decisions), { about: burst.id });
  const thread = {
    ...burstPlace(first),
    channel: desk.channel,
    parent,
    first: burst.id,
    last: burst.decisions.at(-1) ?? first.id,
    count: (before?.count ?? 0) + burst.decisions.length,
    burst: burst.decisions,
  };
  await desk.ports.threads.keep(thread);
  return { thread, joined: false };
}

// From here on, what happens to a resource of the burst is answered under its message.
async function leadTo({ ports: { threads } }: Desk, { channel, parent, first }: Thread, decisions: readonly Decision[]): Promise<void> {
  const last = decisions.at(-1);
  if (last === undefined) return;
  const before = await threads.thread(placeOf(last), channel);
  if (before?.last === last.id) return;
  await threads.keep({ ...placeOf(last), channel, parent, first, last: last.id, count: (before?.count ?? 0) + decisions.length });
}

async function recount(desk: Desk, { parent, burst = [] }: Thread, given: readonly Decision[]): Promise<void> {
  await edit(desk, parent, await counted(desk, await whole(desk, burst, given)));
}

async function counted(desk: Desk, decisions: readonly Decision[]): Promise<Announcement> {
  const message = noted(
    desk,
    inWords(() => burstMessage(decisions)),
  );
  const [first] = decisions;
  const user = first === undefined ? undefined : await userOf(desk.ports, first.change.actor);
  return user === undefined || !/^[UW][A-Z0-9]+$/.test(user)
    ? message
    : { ...message, blocks: [...message.blocks, context(`By <@${user}>`)] };
}
