/** A person of the workspace; tests and the sandbox set them up. */
export interface SlackUser {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  /** Who it is in the scenario, such as "approver". */
  readonly title?: string;
}

export interface SlackChannel {
  readonly id: string;
  /** With its #. */
  readonly name: string;
}

interface Content {
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly metadata?: object;
}

/** A message as it stands: `chat.update` changes its content. */
export interface PostedMessage extends Content {
  /** The name of the channel. */
  readonly channel: string;
  readonly ts: string;
  /** The message in whose thread it is. */
  readonly thread?: string;
}

export const TEAM = { id: "T0LOCAL", domain: "local" } as const;
export const APP = { id: "A0LOCAL", bot: "B0LOCAL", user: "U0PORTCULLIS", name: "portcullis" } as const;

/** People, channels and messages of a local Slack. */
export type SlackWorkspace = ReturnType<typeof createWorkspace>;

/** An empty workspace. A channel comes to be when somebody names it. */
export function createWorkspace(now: () => number) {
  const messages: PostedMessage[] = [];
  const edits = new Map<string, Content[]>();
  const channels: SlackChannel[] = [];
  const users = new Map<string, SlackUser>();
  const groups = new Map<string, readonly string[]>();
  const listeners: (() => void)[] = [];
  let lastTs = 0;

  // Microseconds, as Slack counts them; no two messages have the same.
  function nextTs(): string {
    lastTs = Math.max(now() * 1000, lastTs + 1);
    return `${Math.floor(lastTs / 1e6)}.${String(lastTs % 1e6).padStart(6, "0")}`;
  }

  function changed(): void {
    for (const listener of listeners) listener();
  }

  function channel(nameOrId: string): SlackChannel | undefined {
    const known = channels.find(({ id, name }) => nameOrId === id || `#${nameOrId.replace(/^#/, "")}` === name);
    if (known !== undefined || !/^#?[^\sA-Z.]{1,80}$/.test(nameOrId)) return known;
    const made = { id: `C0LOCAL${channels.length + 1}`, name: `#${nameOrId.replace(/^#/, "")}` };
    channels.push(made);
    return made;
  }

  return {
    messages,
    channels,
    users,
    groups,
    nextTs,
    changed,
    onChange: (listener: () => void) => void listeners.push(listener),
    /** The channel with this id or name; a name makes it. */
    channel,
    /** The channel with this id: most methods know channels by their ids only. */
    channelById: (id: unknown) => channels.find((one) => one.id === id),
    message: (ts: unknown) => messages.find((one) => one.ts === ts),
    /** What a message said before its edits, the oldest first. */
    editsOf: (ts: string): readonly Content[] => edits.get(ts) ?? [],
    post: (message: Omit<PostedMessage, "ts">): PostedMessage => {
      const posted = { ...message, ts: nextTs() };
      messages.push(posted);
      changed();
      return posted;
    },
    edit: ({ ts, ...before }: PostedMessage, content: Content): PostedMessage => {
      const { channel: where, thread, ...old } = before;
      edits.set(ts, [...(edits.get(ts) ?? []), old]);
      const metadata = content.metadata ?? old.metadata;
      const edited = {
        channel: where,
        ...(thread !== undefined && { thread }),
        ts,
        text: content.text,
        blocks: content.blocks,
        ...(metadata !== undefined && { metadata }),
      };
      messages[messages.findIndex((one) => one.ts === ts)] = edited;
      changed();
      return edited;
    },
  };
}

/** A message as the Web API and payloads show it: without its metadata. Blocks have ids, given or made. */
export function shownMessage({ text, blocks, ts, thread }: PostedMessage): object {
  return {
    type: "message",
    user: APP.user,
    bot_id: APP.bot,
    app_id: APP.id,
    team: TEAM.id,
    text,
    blocks: withIds(blocks),
    ts,
    ...(thread !== undefined && { thread_ts: thread }),
  };
}

/** Blocks with the ids that Slack gives to those that have none. */
export function withIds(blocks: readonly unknown[]): readonly unknown[] {
  return blocks.map((block, index) => (typeof block === "object" && block !== null ? { block_id: `b${index}`, ...block } : block));
}
