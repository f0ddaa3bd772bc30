import type { Log, Messenger, Posted } from "../guard/notify-ports.ts";
import { SlackError } from "../slack/slack-error.ts";

/** Those by whom it is looked up what was posted. */
interface Lookup {
  readonly messenger: Pick<Messenger, "find">;
  readonly log: Pick<Log, "warn">;
}

/**
 * The message about this that an earlier attempt posted, in a channel or a thread in it. Undefined also where Slack does not let us
 * look: once too often is better than never. Throws what may pass.
 */
export async function postedEarlier(
  { messenger, log }: Lookup,
  channel: string,
  about: string,
  thread?: string,
): Promise<Posted | undefined> {
  try {
    return await messenger.find(channel, about, thread);
  } catch (error) {
    if (!(error instanceof SlackError && error.permanent)) throw error;
    log.warn("It could not be looked up whether this was posted before; it is posted, perhaps again", { about, channel, error });
    return undefined;
  }
}
