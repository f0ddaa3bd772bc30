import type { Announcement, Messenger, ThreadBook } from "../guard/notify-ports.ts";
import type { RespondPorts } from "../guard/respond-ports.ts";

interface ThreadPorts {
  readonly desk: Pick<Messenger, "post">;
  readonly threads: Pick<ThreadBook, "thread">;
  /** The channel of decisions whose scope names none. */
  readonly channel?: string;
}

/** Tells something in the thread of a decision's resource; where there is none, in its channel. */
export function tellInThread({ desk, threads, channel: usual }: ThreadPorts): RespondPorts["tell"] {
  return async ({ change, channel = usual }, message: Announcement) => {
    // A decision that was never told in a channel has no buttons either.
    if (channel === undefined) return;
    const thread = await threads.thread(change, channel);
    if (thread === undefined) await desk.post(channel, message);
    else await desk.post(thread.parent.channel, message, { thread: thread.parent.ts });
  };
}
