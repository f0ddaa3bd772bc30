import type { Decision } from "../model/decision.ts";
import { type SlackMessage, section } from "./blocks.ts";
import { headline } from "./outcome.ts";
import { code, prose } from "./text.ts";

/** A short message for the thread of a resource that has been told before. */
export function replyFor(decision: Decision): SlackMessage {
  const title = headline(decision, 150);
  return { text: prose(title, 300), blocks: [section(`${prose(title, 300)}\nDecision ${code(decision.id, 120)}`)] };
}

/** One line of the present state, for the top of the message that opened the thread. */
export function stateAfter({ outcome }: Decision, count: number): string {
  return `Now: ${outcome}, ${count} decisions`;
}
