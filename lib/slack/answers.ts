import type { Answer } from "../guard/answering/respond-ports.ts";
import type { Decision } from "../model/decision.ts";
import { context, fitting, LIMITS, type SlackMessage, section } from "./blocks.ts";
import { minute, moment, utcMinute } from "./moment.ts";
import { headline } from "./outcome.ts";
import { code, person, prose } from "./text.ts";

const SIGNS: Readonly<Record<Answer["result"], string>> = { done: "✅", refused: "✋", moot: "ℹ️", failed: "🚨" };
const ASKED: Readonly<Record<Answer["ask"], string>> = {
  undo: "undo this",
  explain: "have this explained",
  snooze: "hear less of this",
  allow: "allow this",
  "explain-resource": "have a resource explained",
  exceptions: "see the exceptions",
  status: "see the status",
  "reset-breaker": "close a breaker",
};
const SENTENCE = 1000;
const REASON = 600;

/** What became of a request, for its thread or for who asked. */
export function answerMessage(answer: Answer, about?: Decision): SlackMessage {
  const { result, says, user, ask, at, reason, grant, decision } = answer;
  const subject = about === undefined ? [] : [section(`*About*\n${prose(headline(about, LIMITS.header), 300)}`)];
  const why = reason === undefined || reason === "" ? [] : [section(`*Why*\n“${prose(reason, REASON)}”`)];
  return {
    text: inWords(`${SIGNS[result]} ${says}`),
    blocks: fitting([
      section(`${SIGNS[result]} ${sentence(says)}`),
      ...subject,
      ...why,
      context(
        `${person(user)} asked to ${ASKED[ask]}`,
        moment(at),
        ...(grant === undefined ? [] : [`exception ${code(grant, 80)}`]),
        ...(decision === undefined ? [] : [`decision ${code(decision, 120)}`]),
      ),
    ]),
  };
}

/** A message to who asked, where there is no more to say than this. */
export function noteTo(says: string): SlackMessage {
  return { text: inWords(says), blocks: [section(sentence(says))] };
}

const INSTANT = /(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z)/;

// A notification shows no dates of Slack's.
function inWords(says: string): string {
  return prose(
    says.slice(0, SENTENCE).replace(new RegExp(INSTANT, "g"), (at) => utcMinute(Date.parse(at))),
    LIMITS.fallback,
  );
}

// The ledger keeps instants in UTC; a reader sees them in their own time zone.
function sentence(says: string): string {
  if (says.length > SENTENCE) return prose(says, SENTENCE);
  const parts = says.split(INSTANT).map((part, i) => (i % 2 === 1 ? minute(part) : spaced(part)));
  const whole = parts.join("");
  return whole.trim() === "" ? prose("(nothing to say)", SENTENCE) : whole;
}

// `prose` drops the blanks at both ends, which separate the parts of a sentence.
function spaced(text: string): string {
  const inner = prose(text, SENTENCE);
  if (inner === "") return text === "" ? "" : " ";
  return `${/^\s/.test(text) ? " " : ""}${inner}${/\s$/.test(text) ? " " : ""}`;
}
