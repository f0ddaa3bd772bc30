/** A message that Slack did not take; the message says what Slack answered and what to do. */
export class SlackError extends Error {
  override readonly name = "SlackError";
  /** Slack's own error code, `HTTP 500`, `unreachable`, or `unexpected`. */
  readonly code: string;
  /** True where trying again cannot help before somebody changes something. */
  readonly permanent: boolean;
  /** Milliseconds that Slack asks to wait. */
  readonly retryAfter?: number;

  constructor(
    code: string,
    channel: string,
    advice: string,
    { cause, permanent = false, retryAfter }: { cause?: unknown; permanent?: boolean; retryAfter?: number },
    details?: string,
  ) {
    const wait = retryAfter === undefined ? "" : ` and asks to wait ${retryAfter / 1000} s`;
    super(`Slack did not take the message for ${channel}: ${code}${details === undefined ? "" : ` (${details})`}${wait}; ${advice}`, {
      cause,
    });
    this.code = code;
    this.permanent = permanent;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }
}

/** What is said of errors that may pass. */
export const TRY_AGAIN = "the queue tries again";

const NEW_TOKEN = "put a valid bot token (xoxb-...) into the secret that SLACK_BOT_TOKEN_SECRET names";
const OUR_FAULT = "this is a defect of Portcullis: please report it with the decision";

// Errors of chat.postMessage (https://docs.slack.dev/reference/methods/chat.postMessage#errors) that stay until somebody acts.
const PERMANENT: Readonly<Record<string, string>> = {
  invalid_auth: NEW_TOKEN,
  not_authed: NEW_TOKEN,
  token_revoked: NEW_TOKEN,
  token_expired: NEW_TOKEN,
  account_inactive: NEW_TOKEN,
  not_allowed_token_type: NEW_TOKEN,
  missing_scope: "give the Slack app the scope chat:write and install it again",
  no_permission: "give the Slack app the scope chat:write and install it again",
  channel_not_found: "correct the channel in the policy or in SLACK_CHANNEL, and invite the app to it if it is private",
  not_in_channel: "invite the app to the channel with /invite, or give it the scope chat:write.public",
  is_archived: "name another channel in the policy or in SLACK_CHANNEL: this one is archived",
  restricted_action: "ask a workspace administrator to let the app post to this channel",
  invalid_blocks: OUR_FAULT,
  invalid_blocks_format: OUR_FAULT,
  msg_blocks_too_long: OUR_FAULT,
  msg_too_long: OUR_FAULT,
  no_text: OUR_FAULT,
};

/** What to do about an error code of Slack's. */
export function adviceFor(code: string): { readonly permanent: boolean; readonly say: string } {
  const say = PERMANENT[code];
  return say === undefined ? { permanent: false, say: TRY_AGAIN } : { permanent: true, say };
}
