import type { Announcement, Messenger, NotifyPorts, Posted, TimeLeft } from "../guard/notify-ports.ts";
import type { Place } from "../guard/ports.ts";
import type { Decision } from "../model/decision.ts";
import { context } from "../slack/blocks.ts";
import { prose } from "../slack/text.ts";
import { postedEarlier } from "./earlier.ts";
import { isRefusedForGood } from "./refusal.ts";

/** What one telling works with: the ports, where it tells, and what is known about earlier attempts. */
export interface Desk {
  readonly ports: NotifyPorts;
  readonly messenger: Messenger;
  /** As the policy names it. */
  readonly channel: string;
  /** The channel that should have been told and refused to be, with Slack's reason. */
  readonly instead?: { readonly channel: string; readonly reason: string };
  /** True when an earlier attempt may have posted already. */
  readonly again: boolean;
  readonly timeLeft: TimeLeft;
}

export function placeOf({ change: { account, region, subject } }: Decision): Place {
  return { account, region, subject };
}

/** Posts, unless an earlier attempt did so and its answer never arrived. */
export async function postOnce(
  { ports, messenger, again, timeLeft }: Desk,
  channel: string,
  message: Announcement,
  { about, thread }: { readonly about: string; readonly thread?: string },
): Promise<Posted> {
  const inThread = thread === undefined ? {} : { thread };
  if (again) {
    const standing = await postedEarlier({ messenger, log: ports.log }, channel, about, thread);
    if (standing !== undefined) return standing;
  }
  return messenger.post(channel, message, { ...inThread, about, timeLeft });
}

/** Gives the message that opened a thread another content. Where Slack refuses that for good, the old one stays. */
export async function edit({ ports, messenger, timeLeft }: Desk, posted: Posted, message: Announcement): Promise<void> {
  try {
    await messenger.update(posted, message, timeLeft);
  } catch (error) {
    if (!isRefusedForGood(error)) throw error;
    ports.log.warn("The message that opened the thread could not be edited; it shows an earlier state", { ...posted, error });
  }
}

/** The message, with a note on where it should have been told. */
export function noted({ instead }: Desk, message: Announcement): Announcement {
  if (instead === undefined) return message;
  const note = `This belongs in ${prose(instead.channel, 80)}, which Slack refused: ${prose(instead.reason, 300)}`;
  return { ...message, blocks: [...message.blocks, context(note)] };
}

/** Whether messages have buttons. */
export function offering({ ports }: Desk): { readonly buttons: boolean } {
  return { buttons: ports.answers === true };
}
