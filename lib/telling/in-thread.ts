import type { RespondPorts } from "../guard/answering/respond-ports.ts";
import type { Announcement, Log, Messenger, ThreadBook } from "../guard/notify-ports.ts";
import { postedEarlier } from "./earlier.ts";

interface ThreadPorts {
  readonly messenger: Pick<Messenger, "find" | "post">;
  readonly threads: Pick<ThreadBook, "thread">;
  /** The channel of decisions whose scope names none. */
  readonly channel?: string;
  readonly log: Pick<Log, "warn">;
}

/** Tells something once in the thread of a decision's resource; where there is none, in its channel. */
export function tellInThread({ messenger, threads, channel: usual, log }: ThreadPorts): RespondPorts["tell"] {
  return async ({ change, channel = usual }, message: Announcement, about: string) => {
    // A decision that was never told in a channel has no buttons either.
    if (channel === undefined) return;
    const thread = await threads.thread(change, channel);
    const [place, within] = thread === undefined ? [channel] : [thread.parent.channel, thread.parent.ts];
    // A request that comes again, because the answer to the first post was lost, is not told again.
    if ((await postedEarlier({ messenger, log }, place, about, within)) !== undefined) return;
    await messenger.post(place, message, { about, ...(within !== undefined && { thread: within }) });
  };
}
