import * as z from "zod/mini";
import type { Request } from "../guard/answering/respond-ports.ts";
import { ACTIONS, isDecisionId } from "./buttons.ts";
import { ALLOW_DIALOG, memoryOf, readDialog } from "./dialogs.ts";
import { isUserId } from "./text.ts";

/** What somebody asked for in Slack. */
export type ReadRequest =
  | { readonly kind: "request"; readonly request: Request }
  /** A dialog is to be opened, within three seconds. */
  | { readonly kind: "dialog"; readonly trigger: string; readonly decision: string; readonly user: string; readonly answerTo: string }
  /** A dialog was filled in wrongly: Slack shows these under its blocks when they are the answer, `response_action: "errors"`. */
  | { readonly kind: "errors"; readonly errors: Readonly<Record<string, string>> }
  | { readonly kind: "refused"; readonly says: string };

const HOUR = 3_600_000;
const ALLOWED: Readonly<Record<string, readonly [span: number, words: string]>> = {
  [ACTIONS.allow4h]: [4 * HOUR, "4 hours"],
  [ACTIONS.allow1d]: [24 * HOUR, "1 day"],
};
const ASKS = new Map([
  [ACTIONS.undo, "undo"],
  [ACTIONS.explain, "explain"],
  [ACTIONS.snooze, "snooze"],
] as const);

const UNREADABLE = "Portcullis could not read this request. If it came from one of its own messages, please report it.";
const USAGE =
  "Try /portcullis explain sg-..., to see what the policy says about a security group; /portcullis exceptions, for what is allowed and until when; /portcullis status; or /portcullis reset-breaker 111122223333, to have Portcullis act again in an account.";

/** Reads what Slack sends for a button, a dialog or the command. The signature must have been checked: this believes the sender. */
export function readRequest(rawBody: string, now = Date.now()): ReadRequest {
  const form = new URLSearchParams(rawBody);
  const payload = form.get("payload");
  if (payload === null) return readCommand(Object.fromEntries(form));
  const interaction = parse(payload);
  const { type } = Typed.safeParse(interaction).data ?? {};
  switch (type) {
    case "block_actions":
      return readPress(interaction);
    case "view_submission":
      return readSubmission(interaction, now);
    case undefined:
      return refuse(UNREADABLE);
    default:
      return refuse("Portcullis does nothing with this: use its buttons, or /portcullis.");
  }
}

const Typed = z.object({ type: z.string() });
const Text = z.string().check(z.minLength(1), z.maxLength(500));
const UserId = z.string().check(z.refine(isUserId));
const Address = z.string().check(z.maxLength(1500), z.regex(/^https?:\/\/\S+$/));

const Press = z.object({
  user: z.object({ id: UserId }),
  trigger_id: Text,
  response_url: Address,
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        value: z.string().check(z.refine(isDecisionId)),
        /** When it was pressed, in seconds. */
        action_ts: z.string().check(z.regex(/^\d{1,11}(\.\d+)?$/)),
      }),
    )
    .check(z.minLength(1)),
});

function readPress(interaction: unknown): ReadRequest {
  const press = Press.safeParse(interaction).data;
  const [action] = press?.actions ?? [];
  if (press === undefined || action === undefined) return refuse(UNREADABLE);
  const by = { user: press.user.id, id: press.trigger_id, answerTo: press.response_url };
  const { action_id: pressed, value: decision } = action;
  const [, ask] = [...ASKS].find(([id]) => id === pressed) ?? [];
  if (ask !== undefined) return { kind: "request", request: { ...by, ask, decision } };
  if (pressed === ACTIONS.allowUntil) {
    return { kind: "dialog", trigger: press.trigger_id, decision, user: by.user, answerTo: by.answerTo };
  }
  const [span, words] = (Object.hasOwn(ALLOWED, pressed) ? ALLOWED[pressed] : undefined) ?? [];
  if (span === undefined) return refuse("This button is of another version of Portcullis: use those of a newer message.");
  // From the press on, not from when it is read: a repeated delivery asks for the same.
  const until = new Date(Math.floor(Number(action.action_ts) * 1000) + span).toISOString();
  return { kind: "request", request: { ...by, ask: "allow", decision, until, reason: `allowed for ${words} by a button` } };
}

const Submission = z.object({
  user: z.object({ id: UserId }),
  view: z.looseObject({ id: Text, callback_id: z.string(), private_metadata: z.string() }),
});

function readSubmission(interaction: unknown, now: number): ReadRequest {
  const { user, view } = Submission.safeParse(interaction).data ?? {};
  const memory = view === undefined ? undefined : memoryOf(view);
  if (user === undefined || view?.callback_id !== ALLOW_DIALOG || memory === undefined || !isDecisionId(memory.decision)) {
    return refuse(UNREADABLE);
  }
  const entered = readDialog(view, now);
  if ("errors" in entered) return { kind: "errors", errors: entered.errors };
  const { decision, answerTo } = memory;
  return { kind: "request", request: { user: user.id, id: view.id, answerTo, ask: "allow", decision, ...entered } };
}

const Command = z.object({
  command: z.literal("/portcullis"),
  text: z._default(z.string().check(z.maxLength(3000)), ""),
  user_id: UserId,
  trigger_id: Text,
  response_url: Address,
});

// People paste ids as code, in brackets or with a full stop.
const RESOURCE = /^[<`'"]*([a-z]{1,20}-[0-9a-z]{1,40})[>`'".,]*$/;

const EXPLAIN_USAGE =
  "Name one resource by its id, such as /portcullis explain sg-0a1b2c3d4e5f60718; for another account and region than the guard's own, add them: 111122223333 eu-west-1.";
const REGION = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/** The account and region among these words, in any order; undefined where there is anything else. */
function placeIn(words: readonly string[]): { readonly account?: string; readonly region?: string } | undefined {
  const account = words.flatMap((word) => ACCOUNT.exec(word)?.[1] ?? []);
  const region = words.filter((word) => REGION.test(word));
  if (account.length > 1 || region.length > 1 || account.length + region.length !== words.length) return undefined;
  return { ...(account[0] !== undefined && { account: account[0] }), ...(region[0] !== undefined && { region: region[0] }) };
}

const ACCOUNT = /^[<`'"]*(\d{12})[>`'".,]*$/;

function readCommand(form: unknown): ReadRequest {
  const command = Command.safeParse(form).data;
  if (command === undefined) return refuse(UNREADABLE);
  const by = { user: command.user_id, id: command.trigger_id, answerTo: command.response_url };
  const [word = "", ...rest] = command.text.trim().split(/\s+/);
  switch (word.toLowerCase()) {
    case "exceptions":
    case "status":
      return { kind: "request", request: { ...by, ask: word.toLowerCase() === "status" ? "status" : "exceptions" } };
    case "explain": {
      const [named = "", ...where] = rest;
      const resource = RESOURCE.exec(named.toLowerCase())?.[1];
      const place = resource === undefined ? undefined : placeIn(where);
      if (resource === undefined || place === undefined) return refuse(EXPLAIN_USAGE);
      return { kind: "request", request: { ...by, ask: "explain-resource", resource, ...place } };
    }
    case "reset-breaker": {
      const account = rest.length === 1 ? ACCOUNT.exec(rest[0] ?? "")?.[1] : undefined;
      if (account === undefined) return refuse("Name one account by its 12 digits, such as /portcullis reset-breaker 111122223333.");
      return { kind: "request", request: { ...by, ask: "reset-breaker", account } };
    }
    default:
      return refuse(USAGE);
  }
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function refuse(says: string): ReadRequest {
  return { kind: "refused", says };
}
