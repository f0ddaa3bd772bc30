/** A call that Slack did not take; the message says what Slack answered and what to do. */
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
    { what, advice }: { readonly what: string; readonly advice: string },
    { cause, permanent = false, retryAfter }: { cause?: unknown; permanent?: boolean; retryAfter?: number },
    details?: string,
  ) {
    const wait = retryAfter === undefined ? "" : ` and asks to wait ${retryAfter / 1000} s`;
    super(`Slack did not ${what}: ${code}${details === undefined ? "" : ` (${details})`}${wait}; ${advice}`, { cause });
    this.code = code;
    this.permanent = permanent;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
  }
}

/** A call to Slack, as errors tell of it. */
export interface Call {
  /** What Slack was to do: `take the message for #net-guard`. */
  readonly what: string;
  /** The scopes of the Slack app that the call needs. */
  readonly scope: string;
}

/** What is said of errors that may pass. */
export const TRY_AGAIN = "the queue tries again";

const NEW_TOKEN = "put a valid bot token (xoxb-...) into the secret that SLACK_BOT_TOKEN_SECRET names";
const OUR_FAULT = "this is a defect of Portcullis: please report it with the decision";
const TOO_LATE = "a button can be answered for three seconds only: press it again";

// Errors of the calls that are used (https://docs.slack.dev/reference/methods, under Errors) that stay until somebody acts.
const PERMANENT: Readonly<Record<string, string | ((scope: string) => string)>> = {
  invalid_auth: NEW_TOKEN,
  not_authed: NEW_TOKEN,
  token_revoked: NEW_TOKEN,
  token_expired: NEW_TOKEN,
  account_inactive: NEW_TOKEN,
  not_allowed_token_type: NEW_TOKEN,
  missing_scope: (scope) => `give the Slack app the scope ${scope} and install it again`,
  no_permission: (scope) => `give the Slack app the scope ${scope} and install it again`,
  channel_not_found: "correct the channel in the policy or in SLACK_CHANNEL, and invite the app to it if it is private",
  not_in_channel: "invite the app to the channel with /invite, or give it the scope chat:write.public",
  is_archived: "name another channel in the policy or in SLACK_CHANNEL: this one is archived",
  restricted_action: "ask a workspace administrator to let the app post to this channel",
  no_such_subteam: "correct the id of the user group among the approvers of the policy",
  subteam_disabled: "name another user group among the approvers of the policy: this one is switched off",
  message_not_found: "somebody deleted the message",
  thread_not_found: "somebody deleted the message that opened the thread",
  cant_update_message: "the message is not one of this app: was the app installed anew?",
  edit_window_closed: "the workspace lets nobody change a message this old",
  expired_trigger_id: TOO_LATE,
  exchanged_trigger_id: TOO_LATE,
  invalid_trigger_id: TOO_LATE,
  trigger_expired: TOO_LATE,
  invalid_blocks: OUR_FAULT,
  invalid_blocks_format: OUR_FAULT,
  invalid_arguments: OUR_FAULT,
  msg_blocks_too_long: OUR_FAULT,
  msg_too_long: OUR_FAULT,
  metadata_too_large: OUR_FAULT,
  invalid_metadata_format: OUR_FAULT,
  no_text: OUR_FAULT,
  view_too_large: OUR_FAULT,
  duplicate_external_id: OUR_FAULT,
};

/** What to do about an error code of Slack's. */
export function adviceFor(code: string, { scope }: Pick<Call, "scope">): { readonly permanent: boolean; readonly say: string } {
  const say = Object.hasOwn(PERMANENT, code) ? PERMANENT[code] : undefined;
  if (say === undefined) return { permanent: false, say: TRY_AGAIN };
  return { permanent: true, say: typeof say === "string" ? say : say(scope) };
}

/** Whether another token may help: one that was put in place of this. */
export function isAboutToken(code: string): boolean {
  return ["invalid_auth", "token_expired", "token_revoked", "account_inactive"].includes(code);
}
