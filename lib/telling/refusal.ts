import { SlackError } from "../slack/slack-error.ts";

/** Thrown for an event that can never be told: it holds no decision, or one that cannot be put into words. */
export class UntellableError extends Error {
  override readonly name = "UntellableError";
}

// Errors about the token or the app as a whole. They stay until somebody acts, but no other message would fare better.
const ABOUT_THE_APP: ReadonlySet<string> = new Set([
  "invalid_auth",
  "not_authed",
  "token_revoked",
  "token_expired",
  "account_inactive",
  "not_allowed_token_type",
  "missing_scope",
  "no_permission",
]);

/** Whether Slack refuses this message in this channel for good, while others may still be posted. */
export function isRefusedForGood(error: unknown): error is SlackError {
  return error instanceof SlackError && error.permanent && !ABOUT_THE_APP.has(error.code);
}

/** Whether trying this event again is of no use. */
export function isHopeless(error: unknown): boolean {
  return error instanceof UntellableError || isRefusedForGood(error);
}

/** Runs what writes a message; what that throws is the decision's fault and will be thrown each time. */
export function inWords<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new UntellableError("The decision could not be put into words: this is a defect of Portcullis, please report it", {
      cause: error,
    });
  }
}
