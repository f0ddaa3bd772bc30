import type { Decision } from "../model/decision.ts";
import { header, type SlackMessage, section } from "./blocks.ts";
import { listed } from "./text.ts";

/** One message for many decisions. */
export function burstMessage(decisions: readonly Decision[]): SlackMessage {
  const title = `${decisions.length} decisions at once`;
  return { text: title, blocks: [header(title)] };
}

/** The decisions as a table, over as many messages as it takes. */
export function burstTable(decisions: readonly Decision[]): SlackMessage[] {
  const pages = Array.from({ length: Math.ceil(decisions.length / 20) }, (_, page) => decisions.slice(page * 20, page * 20 + 20));
  return pages.map((page) => ({ text: "The decisions", blocks: [section(listed(page, 20, ({ change }) => change.subject.id))] }));
}
