import type { Announcement, Messenger, ThreadBook } from "../guard/notify-ports.ts";
import type { RespondPorts } from "../guard/respond-ports.ts";

interface ThreadPorts {
  readonly desk: Pick<Messenger, "find" | "post">;
  readonly threads: Pick<ThreadBook, "thread">;
  /** The channel of decisions whose scope names none. */
  readonly channel?: string;
}

/** Tells something once in the thread of a decision's resource; where there is none, in its channel. */
export function tellInThread({ desk, threads, channel: usual }: ThreadPorts): RespondPorts["tell"] {
  return async ({ change, channel = usual }, message: Announcement, about: string) => {
    // A decision that was never told in a channel has no buttons either.
    if (channel === undefined) return;
    const thread = await threads.thread(change, channel);
    const [place, within] = thread === undefined ? [channel] : [thread.parent.channel, thread.parent.ts];
    // A request that comes again, because the answer to the first post was lost, is not told again.
    if ((await desk.find(place, about, within)) !== undefined) return;
    await desk.post(place, message, { about, ...(within !== undefined && { thread: within }) });
  };
}
