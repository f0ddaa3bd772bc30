import { type Json, listOf } from "./slack-elements.ts";
import { accepted, type Reply, refused } from "./slack-http.ts";
import { refuseBlocks, refuseMetadata } from "./slack-limits.ts";
import { APP, type PostedMessage, type SlackWorkspace, shownMessage, TEAM } from "./slack-workspace.ts";

/** A method of the Web API with the arguments of a call. */
export type Method = (fields: Json) => Reply;

/** The methods that Portcullis calls, but for the dialogs (slack-desk.ts). */
export function webMethods(workspace: SlackWorkspace): Readonly<Record<string, Method>> {
  return {
    "auth.test": () =>
      accepted({
        url: "https://local.slack.com/",
        team: TEAM.domain,
        team_id: TEAM.id,
        user: APP.name,
        user_id: APP.user,
        bot_id: APP.bot,
      }),
    "chat.postMessage": (fields) => postMessage(workspace, fields),
    "chat.update": (fields) => updateMessage(workspace, fields),
    "conversations.history": (fields) => history(workspace, fields),
    "conversations.replies": (fields) => replies(workspace, fields),
    "conversations.list": (fields) =>
      page(workspace.channels, fields, 100, (channels) => ({
        channels: channels.map(({ id, name }) => ({ id, name: name.slice(1), is_channel: true, is_member: true, is_archived: false })),
      })),
    "users.lookupByEmail": ({ email }) => {
      const user = [...workspace.users.values()].find(
        (one) => typeof email === "string" && one.email?.toLowerCase() === email.toLowerCase(),
      );
      if (user === undefined) return refused("users_not_found");
      const { id, name } = user;
      return accepted({
        user: { id, team_id: TEAM.id, name, real_name: name, deleted: false, is_bot: false, profile: { email: user.email } },
      });
    },
    "usergroups.users.list": ({ usergroup }) => {
      const members = typeof usergroup === "string" ? workspace.groups.get(usergroup) : undefined;
      return members === undefined ? refused("no_such_subteam") : accepted({ users: members });
    },
  };
}

function postMessage(workspace: SlackWorkspace, fields: Json): Reply {
  const { channel: to, thread_ts: thread, metadata } = fields;
  const channel = typeof to === "string" ? workspace.channel(to) : undefined;
  if (channel === undefined) return refused("channel_not_found");
  const content = contentOf(fields);
  if ("status" in content) return content;
  if (fields.reply_broadcast !== undefined && String(fields.reply_broadcast) !== "false")
    return refused("unsupported_here: reply_broadcast");
  if (thread !== undefined) {
    const parent = workspace.message(thread);
    if (typeof thread !== "string" || parent?.channel !== channel.name) return refused("thread_not_found");
    // An answer to an answer lands in the same thread.
    return posted(workspace, { channel: channel.name, ...content, ...metadataOf(metadata), thread: parent.thread ?? thread });
  }
  return posted(workspace, { channel: channel.name, ...content, ...metadataOf(metadata) });
}

function posted(workspace: SlackWorkspace, message: Omit<PostedMessage, "ts">): Reply {
  const taken = workspace.post(message);
  return accepted({ channel: workspace.channel(taken.channel)?.id, ts: taken.ts, message: withMetadata(taken) });
}

function updateMessage(workspace: SlackWorkspace, fields: Json): Reply {
  const channel = workspace.channelById(fields.channel);
  if (channel === undefined) return refused("channel_not_found");
  const message = workspace.message(fields.ts);
  if (message?.channel !== channel.name) return refused("message_not_found");
  const content = contentOf(fields);
  if ("status" in content) return content;
  const edited = workspace.edit(message, { ...content, ...metadataOf(fields.metadata) });
  return accepted({ channel: channel.id, ts: edited.ts, text: edited.text, message: withMetadata(edited) });
}

/** The text and blocks of a call, or Slack's refusal of them. */
export function contentOf({ text, blocks, metadata }: Json): { text: string; blocks: readonly unknown[] } | Reply {
  const refusal =
    (blocks === undefined ? undefined : refuseBlocks(blocks)) ?? (metadata === undefined ? undefined : refuseMetadata(metadata));
  if (refusal !== undefined) return refused(refusal.error, refusal.messages);
  const said = typeof text === "string" ? text : "";
  if (said === "" && listOf(blocks).length === 0) return refused("no_text");
  if (said.length > 40_000) return refused("msg_too_long");
  return { text: said, blocks: listOf(blocks) };
}

function metadataOf(metadata: unknown): { metadata?: object } {
  return typeof metadata === "object" && metadata !== null ? { metadata } : {};
}

function withMetadata(message: PostedMessage): object {
  return { ...shownMessage(message), ...metadataOf(message.metadata) };
}

// The messages of a channel but for those in threads, the newest first.
function history(workspace: SlackWorkspace, fields: Json): Reply {
  const channel = workspace.channelById(fields.channel);
  if (channel === undefined) return refused("channel_not_found");
  const all = workspace.messages.filter((one) => one.channel === channel.name && one.thread === undefined).reverse();
  return page(within(all, fields), fields, 100, (messages) => ({ messages: messages.map((one) => shown(workspace, one, fields)) }));
}

// A thread, its parent first, the oldest first.
function replies(workspace: SlackWorkspace, fields: Json): Reply {
  const channel = workspace.channelById(fields.channel);
  if (channel === undefined) return refused("channel_not_found");
  const parent = workspace.message(fields.ts);
  if (parent?.channel !== channel.name) return refused("thread_not_found");
  const answers = workspace.messages.filter((one) => one.thread === parent.ts);
  return page([parent, ...within(answers, fields)], fields, 1000, (messages) => ({
    messages: messages.map((one) => shown(workspace, one, fields)),
  }));
}

function within(messages: readonly PostedMessage[], { oldest, latest, inclusive }: Json): readonly PostedMessage[] {
  const also = String(inclusive) === "true" || String(inclusive) === "1";
  const after = (ts: string) => oldest === undefined || Number(ts) > Number(oldest) || (also && ts === oldest);
  const before = (ts: string) => latest === undefined || Number(ts) < Number(latest) || (also && ts === latest);
  return messages.filter(({ ts }) => after(ts) && before(ts));
}

function shown(workspace: SlackWorkspace, message: PostedMessage, { include_all_metadata: all }: Json): object {
  const answers = workspace.messages.filter(({ thread }) => thread === message.ts);
  const last = answers.at(-1);
  return {
    ...(String(all) === "true" || String(all) === "1" ? withMetadata(message) : shownMessage(message)),
    ...(last !== undefined && { thread_ts: message.ts, reply_count: answers.length, latest_reply: last.ts }),
  };
}

// https://docs.slack.dev/apis/web-api/pagination
function page<Item>(all: readonly Item[], { limit, cursor }: Json, usual: number, show: (items: readonly Item[]) => object): Reply {
  const size = limit === undefined ? usual : Number(limit);
  if (!Number.isInteger(size) || size < 1 || size > 1000) return refused("invalid_limit");
  const start = cursor === undefined || cursor === "" ? 0 : Number(/^next:(\d+)$/.exec(String(cursor))?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) return refused("invalid_cursor");
  const more = start + size < all.length;
  return accepted({
    ...show(all.slice(start, start + size)),
    has_more: more,
    response_metadata: { next_cursor: more ? `next:${start + size}` : "" },
  });
}
