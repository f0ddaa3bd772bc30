/** Slack's limits on a message (https://docs.slack.dev/reference/block-kit/blocks), in characters or items. */
export const LIMITS = {
  blocks: 50,
  header: 150,
  section: 3000,
  fields: 10,
  field: 2000,
  contextElements: 10,
  /** No documented number: a notification shows about this much. */
  fallback: 300,
} as const;

/**
 * Text with Slack's markup. `verbatim` keeps Slack from making links and mentions out of plain words
 * (https://docs.slack.dev/reference/block-kit/composition-objects/text-object).
 */
interface MarkupText {
  readonly type: "mrkdwn";
  readonly text: string;
  readonly verbatim: true;
}

interface PlainText {
  readonly type: "plain_text";
  readonly text: string;
  readonly emoji: true;
}

/** The blocks of Block Kit that Portcullis uses. */
export type Block =
  | { readonly type: "header"; readonly text: PlainText }
  | { readonly type: "section"; readonly text: MarkupText }
  | { readonly type: "section"; readonly fields: readonly MarkupText[] }
  | { readonly type: "context"; readonly elements: readonly MarkupText[] }
  | { readonly type: "divider" };

export interface SlackMessage {
  /** What a notification shows and a screen reader reads. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

export function header(text: string): Block {
  return { type: "header", text: { type: "plain_text", text, emoji: true } };
}

/** A paragraph of markup. */
export function section(text: string): Block {
  return { type: "section", text: markup(text) };
}

/** Two columns of labels and values. */
export function fields(pairs: readonly (readonly [label: string, value: string])[]): Block {
  return { type: "section", fields: pairs.slice(0, LIMITS.fields).map(([label, value]) => markup(`*${label}*\n${value}`)) };
}

/** Small grey print. */
export function context(...texts: readonly string[]): Block {
  return { type: "context", elements: texts.slice(0, LIMITS.contextElements).map(markup) };
}

function markup(text: string): MarkupText {
  return { type: "mrkdwn", text, verbatim: true };
}
