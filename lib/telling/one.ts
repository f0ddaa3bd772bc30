import type { Posted, Thread } from "../guard/notify-ports.ts";
import type { Decision } from "../model/decision.ts";
import { messageFor } from "../slack/message.ts";
import { replyFor, stateAfter } from "../slack/reply.ts";
import { isStateOnly } from "./batch.ts";
import { isBurst } from "./burst.ts";
import { type Desk, edit, noted, offering, placeOf, postOnce } from "./desk.ts";
import { userOf } from "./mention.ts";
import { inWords, isRefusedForGood } from "./refusal.ts";

/**
 * Tells one decision: the first about a resource opens its thread, later ones answer in it. Every step can be repeated, and
 * that it was told is noted last. Throws what Slack or the book throws.
 */
export async function tellOne(desk: Desk, decision: Decision): Promise<void> {
  const { threads } = desk.ports;
  const thread = await threads.thread(placeOf(decision), desk.channel);
  // Where nobody was told of it, nobody need be told that it has gone.
  if (thread === undefined && decision.outcome === "clean") return;
  await threads.told(decision.id, await tellIn(desk, decision, thread));
}

async function tellIn(desk: Desk, decision: Decision, thread: Thread | undefined): Promise<Posted> {
  if (thread === undefined) return open(desk, decision, 1);
  // An earlier attempt opened it for this very decision.
  if (thread.first === decision.id) return thread.parent;
  try {
    return await answer(desk, decision, thread);
  } catch (error) {
    if (!isRefusedForGood(error)) throw error;
    desk.ports.log.warn("Slack does not take an answer in the thread; another is opened", {
      decision: decision.id,
      ...thread.parent,
      error,
    });
    return open(desk, decision, thread.count + 1);
  }
}

async function open(desk: Desk, decision: Decision, count: number): Promise<Posted> {
  const message = await opening(desk, decision);
  const parent = await postOnce(desk, desk.channel, message, { about: decision.id });
  const { id } = decision;
  await desk.ports.threads.keep({ ...placeOf(decision), channel: desk.channel, parent, first: id, last: id, count });
  return parent;
}

async function answer(desk: Desk, decision: Decision, thread: Thread): Promise<Posted> {
  const { parent } = thread;
  const answered = thread.last === decision.id;
  const reply = inWords(() => replyFor(decision, offering(desk)));
  // An answer that the thread counts stands, even where Slack no longer finds it.
  const posted =
    answered || isStateOnly(decision) ? parent : await postOnce(desk, parent.channel, reply, { about: decision.id, thread: parent.ts });
  const now = answered ? thread : { ...thread, last: decision.id, count: thread.count + 1 };
  await desk.ports.threads.keep(now);
  await showState(desk, decision, now, answered ? undefined : thread.last);
  return posted;
}

// The message of a burst tells of many resources, so it shows the state of none.
async function showState(desk: Desk, decision: Decision, { first, parent, count }: Thread, before: string | undefined): Promise<void> {
  if (isBurst(first)) return;
  const { decisions } = desk.ports;
  const [opened, last] = await Promise.all([decisions.read(first), before === undefined ? undefined : decisions.read(before)]);
  // The bus gives no order: what comes late is told, but the state is that of the later change.
  if (opened === undefined || (last !== undefined && last.change.at > decision.change.at)) return;
  const state = inWords(() => stateAfter(decision, count));
  await edit(desk, parent, await opening(desk, opened, state));
}

async function opening(desk: Desk, decision: Decision, state?: string) {
  const mention = await userOf(desk.ports, decision.change.actor);
  const extras = { ...offering(desk), ...(mention !== undefined && { mention }), ...(state !== undefined && { state }) };
  return noted(
    desk,
    inWords(() => messageFor(decision, extras)),
  );
}
