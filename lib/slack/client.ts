import {
  type Logger,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from "@slack/web-api";
import type { Announcement, Messenger, Posted } from "../guard/notify-ports.ts";
import { adviceFor, SlackError, TRY_AGAIN } from "./slack-error.ts";

const ATTEMPTS = 3;
const FIRST_PAUSE = 250;
const REQUEST_TIMEOUT = 5000;
const PATIENCE = 10_000;

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

export interface SlackSettings {
  /** The bot token, asked for with every message so that a rotated one is taken up. */
  readonly token: () => Promise<string>;
  /** Another address than Slack's own, for tests and sandboxes. */
  readonly url?: string;
  /** Milliseconds that one request may take. */
  readonly timeout?: number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/**
 * Slack's Web API as a messenger. It retries what may pass, three times in all, and waits as long as Slack asks when the
 * caller has that time. Throws SlackError otherwise. A retry after a lost answer can post a message twice; none is lost.
 */
export function slackMessenger({ token, url, timeout = REQUEST_TIMEOUT, sleep = pause }: SlackSettings): Messenger {
  return {
    update: async () => {},
    find: async () => undefined,
    userByEmail: async () => undefined,
    post: async (channel, message, { thread, timeLeft = patience() } = {}) => {
      const client = new WebClient(await token(), {
        ...(url !== undefined && { slackApiUrl: url }),
        // The retries are ours: the client's own know neither the caller's deadline nor which errors can pass.
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        timeout,
        logger: SILENT,
      });
      for (let attempt = 1; ; attempt++) {
        try {
          return await post(client, channel, message, thread);
        } catch (error) {
          const failure = toSlackError(error, channel);
          const wait = failure.retryAfter ?? FIRST_PAUSE * 2 ** (attempt - 1);
          if (failure.permanent || attempt === ATTEMPTS || wait + timeout > timeLeft()) throw failure;
          await sleep(wait);
        }
      }
    },
  };
}

async function post(client: WebClient, channel: string, { text, blocks }: Announcement, thread?: string): Promise<Posted> {
  const { ts, channel: id } = await client.chat.postMessage({
    ...(thread !== undefined && { thread_ts: thread }),
    channel,
    text,
    blocks: [...blocks],
    // Nothing in the text becomes a mention or a preview that we did not write as one.
    parse: "none",
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  });
  return { channel: id ?? channel, ts: ts ?? "" };
}

function toSlackError(error: unknown, channel: string): SlackError {
  if (error instanceof WebAPIRateLimitedError) {
    return new SlackError("ratelimited", channel, TRY_AGAIN, { cause: error, retryAfter: error.retryAfter * 1000 });
  }
  if (error instanceof WebAPIPlatformError) {
    const { error: code, response_metadata: about } = error.data;
    const details = about?.messages?.join("; ");
    const advice = adviceFor(code);
    const retryAfter = about?.retryAfter === undefined ? {} : { retryAfter: about.retryAfter * 1000 };
    return new SlackError(code, channel, advice.say, { cause: error, permanent: advice.permanent, ...retryAfter }, details);
  }
  if (error instanceof WebAPIHTTPError) return new SlackError(`HTTP ${error.statusCode}`, channel, TRY_AGAIN, { cause: error });
  if (error instanceof WebAPIRequestError)
    return new SlackError("unreachable", channel, TRY_AGAIN, { cause: error }, error.original.message);
  const details = error instanceof Error ? error.message : String(error);
  return new SlackError("unexpected", channel, TRY_AGAIN, { cause: error }, details);
}

function patience(): () => number {
  const end = Date.now() + PATIENCE;
  return () => end - Date.now();
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
