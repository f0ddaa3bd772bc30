import * as z from "zod/mini";
import type { Decision } from "../model/decision.ts";
import { plainText } from "./blocks.ts";
import { utcMinute } from "./moment.ts";
import { headline } from "./outcome.ts";
import { plain } from "./text.ts";

/** What Slack calls the dialog when it is sent off. */
export const ALLOW_DIALOG = "portcullis_allow";
const UNTIL = "until";
const REASON = "reason";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LONGEST_REASON = 500;
const LONGEST_MEMORY = 3000;

/** What the dialog must know again when it comes back. */
const Memory = z.object({ decision: z.string(), answerTo: z.string(), longest: z.number() });

export interface DialogOptions {
  /** The longest that the policy lets somebody grant, in milliseconds. */
  readonly longest: number;
  readonly now: number;
  /** The response_url of the button that asked for it. */
  readonly answerTo: string;
}

/** The dialog that asks until when to allow what a decision found, and why; a view for views.open. */
export function allowDialog(decision: Decision, { longest, now, answerTo }: DialogOptions): object {
  const at = now + Math.min(4 * HOUR, longest);
  return {
    type: "modal",
    callback_id: ALLOW_DIALOG,
    private_metadata: remember({ decision: decision.id, answerTo, longest }),
    title: plainText("Allow for a while"),
    submit: plainText("Allow"),
    close: plainText("Cancel"),
    blocks: [
      { type: "section", text: { ...plainText(plain(headline(decision, 150), 300)) } },
      {
        type: "input",
        block_id: UNTIL,
        label: plainText("Until"),
        hint: plainText(`At most ${span(longest)}, so until ${utcMinute(now + longest)}. Then it ends by itself.`),
        // Whole minutes, or Slack shows another moment than it sends back.
        element: { type: "datetimepicker", action_id: UNTIL, initial_date_time: Math.floor(at / MINUTE) * 60 },
      },
      {
        type: "input",
        block_id: REASON,
        label: plainText("Why"),
        hint: plainText("For those who read the ledger later."),
        element: { type: "plain_text_input", action_id: REASON, multiline: true, max_length: LONGEST_REASON },
      },
    ],
  };
}

const View = z.object({
  callback_id: z.literal(ALLOW_DIALOG),
  private_metadata: z.string(),
  state: z.object({
    values: z.object({
      [UNTIL]: z.object({ [UNTIL]: z.object({ selected_date_time: z.nullish(z.number()) }) }),
      [REASON]: z.object({ [REASON]: z.object({ value: z.nullish(z.string()) }) }),
    }),
  }),
});

/** What somebody entered, or what is wrong with it, by the id of the block under which Slack shows it. */
export type Entered = { readonly until: string; readonly reason: string } | { readonly errors: Readonly<Record<string, string>> };

/** Reads the dialog as it comes back with view_submission. `until` is ISO 8601 in UTC. The policy is asked again by who grants it. */
export function readDialog(view: unknown, now = Date.now()): Entered {
  const read = View.safeParse(view).data;
  const memory = read === undefined ? undefined : readMemory(read.private_metadata);
  if (read === undefined || memory === undefined)
    return { errors: { [REASON]: "This dialog is of another version: please open it anew." } };
  const { longest } = memory;
  const until = (read.state.values[UNTIL][UNTIL].selected_date_time ?? Number.NaN) * 1000;
  const reason = read.state.values[REASON][REASON].value?.trim() ?? "";
  const wrongUntil = complaintAbout(until, now, longest);
  const errors = {
    ...(wrongUntil !== undefined && { [UNTIL]: wrongUntil }),
    ...(reason === "" && { [REASON]: "Say why, for those who read it later." }),
    ...(reason.length > LONGEST_REASON && { [REASON]: `Say it in ${LONGEST_REASON} characters.` }),
  };
  return Object.keys(errors).length > 0 ? { errors } : { until: new Date(until).toISOString(), reason };
}

// Slack keeps this much for a dialog; what is longer is none of ours, and is refused when it comes back.
function remember(memory: z.infer<typeof Memory>): string {
  const text = JSON.stringify(memory);
  return text.length <= LONGEST_MEMORY ? text : JSON.stringify({ ...memory, decision: "", answerTo: "" });
}

/** The decision that a dialog is about, and where to answer; undefined for a view that is none of ours. */
export function memoryOf(view: {
  readonly private_metadata: string;
}): { readonly decision: string; readonly answerTo: string } | undefined {
  return readMemory(view.private_metadata);
}

function readMemory(text: string): z.infer<typeof Memory> | undefined {
  try {
    return Memory.safeParse(JSON.parse(text)).data;
  } catch {
    // No JSON, so none of ours.
    return undefined;
  }
}

function complaintAbout(until: number, now: number, longest: number): string | undefined {
  const latest = `${utcMinute(now + longest)}, ${span(longest)} from now`;
  if (Number.isNaN(until)) return `Choose a moment, at the latest ${latest}.`;
  if (until <= now) return `This is in the past: choose a moment from now on, at the latest ${latest}.`;
  if (until > now + longest) return `The policy allows this at the latest until ${latest}.`;
  return undefined;
}

/** A span for people, `8 hours`, `7 days`. */
export function span(milliseconds: number): string {
  const hours = Math.round(milliseconds / HOUR);
  const [count, noun] = hours >= 24 && hours % 24 === 0 ? [hours / 24, "day"] : [hours, "hour"];
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
