import type { Announcement } from "../guard/notify-ports.ts";
import { attempt, type Patience } from "./attempts.ts";
import { SlackError, TRY_AGAIN } from "./slack-error.ts";

const WHAT = "take the answer";
const HOSTS = ["hooks.slack.com", "hooks.slack-gov.com"];

/**
 * Posts to a response_url: who asked sees it, nobody else, and what they pressed stays
 * (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses). `api` is where Slack is, if not at its own address.
 */
export async function postTo(answerTo: string, { text, blocks }: Announcement, api: string | undefined, patience: Patience): Promise<void> {
  const url = addressOf(answerTo, api);
  const body = JSON.stringify({ response_type: "ephemeral", replace_original: false, text, blocks });
  const post = async () => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(patience.timeout),
    });
    // Read, or the connection cannot be used again.
    await response.text();
    if (!response.ok) throw failureOf(response);
  };
  await attempt(post, toFailure, patience);
}

// The address comes back with the request; only Slack is ever answered.
function addressOf(answerTo: string, api: string | undefined): URL {
  const url = URL.parse(answerTo);
  const slacks = url?.protocol === "https:" && HOSTS.includes(url.host);
  if (url === null || !(slacks || (api !== undefined && url.origin === URL.parse(api)?.origin))) {
    throw new SlackError("no response_url of Slack's", { what: WHAT, advice: "nobody is answered" }, { permanent: true });
  }
  return url;
}

function failureOf({ status, headers }: Response): SlackError {
  const wait = Number(headers.get("retry-after") ?? Number.NaN);
  const passes = status === 429 || status >= 500;
  const advice = passes ? TRY_AGAIN : "a request can be answered five times within half an hour: ask again";
  return new SlackError(
    `HTTP ${status}`,
    { what: WHAT, advice },
    { permanent: !passes, ...(Number.isFinite(wait) && { retryAfter: wait * 1000 }) },
  );
}

function toFailure(error: unknown): SlackError {
  if (error instanceof SlackError) return error;
  const details = error instanceof Error ? error.message : String(error);
  return new SlackError("unreachable", { what: WHAT, advice: TRY_AGAIN }, { cause: error }, details);
}
