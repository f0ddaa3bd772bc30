import {
  type Logger,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from "@slack/web-api";
import type { Desk } from "../guard/answering/respond-ports.ts";
import type { Announcement, Posted, PostOptions, TimeLeft } from "../guard/notify-ports.ts";
import { attempt } from "./attempts.ts";
import { find } from "./find.ts";
import { postTo } from "./response-url.ts";
import { adviceFor, type Call, isAboutToken, SlackError, TRY_AGAIN } from "./slack-error.ts";

const REQUEST_TIMEOUT = 5000;
/** A trigger lives for three seconds. */
const VIEW_TIMEOUT = 2500;
const EVENT = "portcullis";

// Errors carry all that the client would print, and go to the structured log.
const SILENT: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

// Nothing in the text becomes a mention or a preview that we did not write as one.
const AS_WRITTEN = { parse: "none", link_names: false } as const;

export interface SlackSettings {
  /** The bot token, asked for with every call so that a rotated one is taken up; `fresh` after Slack refused the last one. */
  readonly token: (options?: { readonly fresh?: boolean }) => Promise<string>;
  /** Another address than Slack's own, for tests and sandboxes. */
  readonly url?: string;
  /** Milliseconds that one request may take. */
  readonly timeout?: number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * Slack's Web API as a messenger and desk. It retries what may pass, three times in all, and waits as long as Slack asks when
 * the caller has that time. Throws SlackError otherwise. Where an answer was lost, a message is looked for by what it is about
 * before it is posted again.
 */
export function slackMessenger({ token, url, timeout = REQUEST_TIMEOUT, sleep }: SlackSettings): Desk {
  // Only an answer tells the id of a channel that the policy names.
  const ids = new Map<string, string>();

  async function ask<T>(call: Call, run: (client: WebClient) => Promise<T>, timeLeft?: TimeLeft, most = timeout): Promise<T> {
    const options = {
      ...(url !== undefined && { slackApiUrl: url }),
      // The retries are ours: the client's own know neither the caller's deadline nor which errors can pass.
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: most,
      logger: SILENT,
    };
    let current = await token();
    let renewed = false;
    const withToken = async (): Promise<T> => {
      try {
        return await run(new WebClient(current, options));
      } catch (error) {
        if (renewed || !isAboutToken(toSlackError(error, call).code)) throw error;
        renewed = true;
        const fresh = await token({ fresh: true });
        if (fresh === current) throw error;
        current = fresh;
        return run(new WebClient(current, options));
      }
    };
    return attempt(withToken, (error) => toSlackError(error, call), { timeout: most, timeLeft, ...(sleep !== undefined && { sleep }) });
  }

  async function post(channel: string, message: Announcement, { thread, about, timeLeft }: PostOptions = {}): Promise<Posted> {
    const call = { what: `take the message for ${channel}`, scope: "chat:write" };
    let unsure = false;
    const send = async (client: WebClient): Promise<Posted> => {
      if (unsure && about !== undefined) {
        const earlier = await lookFor(client, channel, about, thread);
        if (earlier !== undefined) return earlier;
      }
      try {
        const { channel: id = channel, ts = "" } = await client.chat.postMessage({
          ...content(message),
          channel,
          ...(thread !== undefined && { thread_ts: thread }),
          ...(about !== undefined && { metadata: { event_type: EVENT, event_payload: { about } } }),
          unfurl_links: false,
          unfurl_media: false,
        });
        ids.set(channel, id);
        return { channel: id, ts };
      } catch (error) {
        unsure = mayHaveArrived(error);
        throw error;
      }
    };
    return ask(call, send, timeLeft);
  }

  // Rather twice than never: where nobody lets us look, the message is posted again.
  async function lookFor(client: WebClient, channel: string, about: string, thread: string | undefined): Promise<Posted | undefined> {
    try {
      return await find(client.conversations, ids, { event: EVENT, channel, about, thread });
    } catch (error) {
      if (toSlackError(error, lookingInto(channel)).permanent) return undefined;
      throw error;
    }
  }

  return {
    post,
    update: async ({ channel, ts }, message, timeLeft) => {
      const call = { what: `change the message ${ts} in ${channel}`, scope: "chat:write" };
      await ask(call, (client) => client.chat.update({ ...content(message), channel, ts }), timeLeft);
    },
    find: (channel, about, thread) =>
      ask(lookingInto(channel), (client) => find(client.conversations, ids, { event: EVENT, channel, about, thread })),
    userByEmail: async (email) => {
      if (!/^[^\s@]+@[^\s@]+$/.test(email)) return undefined;
      const call = { what: "look up a user by e-mail", scope: "users:read.email" };
      try {
        const { user } = await ask(call, (client) => client.users.lookupByEmail({ email }));
        return user?.deleted === true ? undefined : user?.id;
      } catch (error) {
        if (error instanceof SlackError && error.code === "users_not_found") return undefined;
        throw error;
      }
    },
    membersOf: async (group) => {
      const call = { what: `list the members of ${group}`, scope: "usergroups:read" };
      const { users = [] } = await ask(call, (client) => client.usergroups.users.list({ usergroup: group }));
      return users;
    },
    openView: async (trigger, view) => {
      const most = Math.min(timeout, VIEW_TIMEOUT);
      const end = Date.now() + VIEW_TIMEOUT;
      const call = { what: "open the dialog", scope: "commands" };
      await ask(
        call,
        (client) => client.apiCall("views.open", { trigger_id: trigger, view }),
        () => end - Date.now(),
        most,
      );
    },
    answer: (answerTo, message) => postTo(answerTo, message, url, { timeout, ...(sleep !== undefined && { sleep }) }),
  };
}

function lookingInto(channel: string): Call {
  return { what: `show the messages of ${channel}`, scope: "channels:history, groups:history, channels:read and groups:read" };
}

function content({ text, blocks }: Announcement) {
  return { text, blocks: [...blocks], ...AS_WRITTEN };
}

// A limit that was met, or a refusal, posted nothing; of anything else only Slack knows.
function mayHaveArrived(error: unknown): boolean {
  if (error instanceof WebAPIRateLimitedError) return false;
  return !(error instanceof WebAPIPlatformError) || ["fatal_error", "internal_error", "request_timeout"].includes(error.data.error);
}

function toSlackError(error: unknown, call: Call): SlackError {
  if (error instanceof SlackError) return error;
  const passing = { what: call.what, advice: TRY_AGAIN };
  if (error instanceof WebAPIRateLimitedError) {
    return new SlackError("ratelimited", passing, { cause: error, retryAfter: error.retryAfter * 1000 });
  }
  if (error instanceof WebAPIPlatformError) {
    const { error: code, response_metadata: about } = error.data;
    const details = about?.messages?.join("; ");
    const { say, permanent } = adviceFor(code, call);
    const retryAfter = about?.retryAfter === undefined ? {} : { retryAfter: about.retryAfter * 1000 };
    return new SlackError(code, { what: call.what, advice: say }, { cause: error, permanent, ...retryAfter }, details);
  }
  if (error instanceof WebAPIHTTPError) return new SlackError(`HTTP ${error.statusCode}`, passing, { cause: error });
  if (error instanceof WebAPIRequestError) return new SlackError("unreachable", passing, { cause: error }, error.original.message);
  const details = error instanceof Error ? error.message : String(error);
  return new SlackError("unexpected", passing, { cause: error }, details);
}
