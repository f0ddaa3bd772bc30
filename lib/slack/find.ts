import type { Posted } from "../guard/notify-ports.ts";
import { SlackError } from "./slack-error.ts";

/** The calls of Slack's Web API by which messages are looked up. */
export interface Conversations {
  history(options: Paging & { channel: string; include_all_metadata: boolean }): Promise<Messages>;
  replies(options: Paging & { channel: string; ts: string; include_all_metadata: boolean }): Promise<Messages>;
  list(options: Paging & { types: string; exclude_archived: boolean }): Promise<Channels>;
}

interface Paging {
  limit: number;
  cursor?: string;
}

interface Page {
  readonly response_metadata?: { readonly next_cursor?: string };
}

interface Messages extends Page {
  readonly messages?: readonly {
    readonly ts?: string;
    readonly metadata?: { readonly event_type?: string; readonly event_payload?: object };
  }[];
}

interface Channels extends Page {
  readonly channels?: readonly { readonly id?: string; readonly name?: string }[];
}

/** What is looked for: a message whose metadata says this event and what it is about. */
export interface Wanted {
  readonly event: string;
  /** By name or id. */
  readonly channel: string;
  readonly about: string;
  /** In the thread of this message and not in the channel. */
  readonly thread?: string | undefined;
}

// An answer is lost for minutes: what came since is on a few pages. A thread is read from its beginning, so to its end.
const PAGE = 200;
const PAGES = 5;
const PAGES_OF_THREAD = 20;
const CHANNELS = 1000;
const PAGES_OF_CHANNELS = 50;

/** Looks for a message among the latest of a channel, or in a thread. `ids` are those of channels that are known by name. */
export async function find(conversations: Conversations, ids: Map<string, string>, wanted: Wanted): Promise<Posted | undefined> {
  const channel = await idOf(conversations, ids, wanted.channel);
  const { thread } = wanted;
  const read = (cursor: { cursor?: string }) => {
    const options = { channel, limit: PAGE, include_all_metadata: true, ...cursor };
    return thread === undefined ? conversations.history(options) : conversations.replies({ ...options, ts: thread });
  };
  for await (const { messages = [] } of pages(read, thread === undefined ? PAGES : PAGES_OF_THREAD)) {
    const found = messages.find(
      ({ ts, metadata }) => ts !== thread && metadata?.event_type === wanted.event && aboutOf(metadata) === wanted.about,
    );
    if (found?.ts !== undefined) return { channel, ts: found.ts };
  }
  return undefined;
}

function aboutOf({ event_payload: payload = {} }: { readonly event_payload?: object }): unknown {
  return "about" in payload ? payload.about : undefined;
}

// Messages are posted by the name of a channel, and looked up by its id alone.
async function idOf(conversations: Conversations, ids: Map<string, string>, channel: string): Promise<string> {
  if (/^[CDG][A-Z0-9]{6,}$/.test(channel)) return channel;
  const known = ids.get(channel);
  if (known !== undefined) return known;
  const name = channel.replace(/^#/, "");
  const read = (cursor: { cursor?: string }) =>
    conversations.list({ types: "public_channel,private_channel", exclude_archived: true, limit: CHANNELS, ...cursor });
  for await (const { channels = [] } of pages(read, PAGES_OF_CHANNELS)) {
    const id = channels.find((one) => one.name === name)?.id;
    if (id === undefined) continue;
    ids.set(channel, id);
    return id;
  }
  const advice = "correct the channel in the policy or in SLACK_CHANNEL, and invite the app to it if it is private";
  throw new SlackError("channel_not_found", { what: `show the messages of ${channel}`, advice }, { permanent: true });
}

async function* pages<P extends Page>(read: (cursor: { cursor?: string }) => Promise<P>, most: number): AsyncGenerator<P> {
  let cursor: string | undefined;
  for (let count = 0; count < most; count++) {
    const page = await read(cursor === undefined ? {} : { cursor });
    yield page;
    cursor = page.response_metadata?.next_cursor;
    if (cursor === undefined || cursor === "") return;
  }
}
