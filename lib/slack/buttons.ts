import { comesBackAsAnother, isUndoable } from "../guard/answering/undo.ts";
import type { Decision } from "../model/decision.ts";
import { admissionsOf, NotGrantableError } from "../model/grant.ts";
import { formatRemedy } from "../model/remedy.ts";
import { type Button, type Confirmation, LIMITS, plainText } from "./blocks.ts";
import { worstOf } from "./severity.ts";
import { plain } from "./text.ts";

/** What Slack calls the buttons when one is pressed. The value of each is the id of the decision. */
export const ACTIONS = {
  undo: "portcullis_undo",
  allow4h: "portcullis_allow_4h",
  allow1d: "portcullis_allow_1d",
  allowUntil: "portcullis_allow_until",
  explain: "portcullis_explain",
  snooze: "portcullis_snooze",
} as const;

// A value stands in every button, and all of them count towards the length of the message.
const LONGEST_ID = 300;

/** What can be answered to a decision. Whether the policy lets this very person do so is told after the press. */
export function buttonsFor(decision: Decision): Button[] {
  const { id } = decision;
  if (id === "" || id.length > LONGEST_ID) return [];
  return [
    ...(isUndoable(decision) && !comesBackAsAnother(decision)
      ? [{ ...button("Undo", ACTIONS.undo, id), style: "danger" as const, confirm: undoing(decision) }]
      : []),
    ...(isGrantable(decision)
      ? [
          button("Allow for 4 h", ACTIONS.allow4h, id),
          button("Allow for 1 day", ACTIONS.allow1d, id),
          button("Allow until…", ACTIONS.allowUntil, id),
        ]
      : []),
    button("Explain", ACTIONS.explain, id),
    ...(isAdvice(decision) ? [button("Snooze", ACTIONS.snooze, id)] : []),
  ];
}

/** A button that asks for the explanation of one decision among several. */
export function explainButton({ id }: Decision): Button | undefined {
  return id === "" || id.length > LONGEST_ID ? undefined : button("Explain", ACTIONS.explain, id);
}

/** Whether the button lets somebody allow what was found. */
export function isAllowing({ action_id }: Button): boolean {
  return action_id === ACTIONS.allowUntil;
}

function button(text: string, action: string, value: string): Button {
  return { type: "button", text: plainText(text), action_id: action, value };
}

function undoing({ acts }: Decision): Confirmation {
  const [first, ...others] = acts.filter(({ result }) => result === "done");
  const what = first === undefined ? "" : plain(formatRemedy(first.remedy), 120);
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return {
    title: plainText("Undo what Portcullis did?"),
    text: plainText(`This takes back: ${what}${more}. An exception keeps it so for a while; then it is remedied again.`),
    confirm: plainText("Undo"),
    deny: plainText("Leave it"),
    style: "danger",
  };
}

function isGrantable(decision: Decision): boolean {
  const { outcome, findings } = decision;
  if (comesBackAsAnother(decision)) return false;
  if (outcome === "clean" || outcome === "excepted" || findings.length === 0) return false;
  try {
    return admissionsOf(findings).length > 0;
  } catch (error) {
    if (error instanceof NotGrantableError) return false;
    throw error;
  }
}

// What is told only, and mild, may be told less often.
function isAdvice(decision: Decision): boolean {
  const worst = worstOf(decision);
  return decision.outcome === "alert" && (worst === "info" || worst === "low");
}

/** Whether a text can be the value of one of these buttons. */
export function isDecisionId(value: string): boolean {
  return value !== "" && value.length <= LIMITS.value;
}
