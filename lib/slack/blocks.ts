/** Slack's limits on a message (https://docs.slack.dev/reference/block-kit/blocks), in characters or items. */
export const LIMITS = {
  blocks: 50,
  header: 150,
  section: 3000,
  fields: 10,
  field: 2000,
  contextElements: 10,
  actions: 25,
  button: 75,
  /** Of a button's value; ours are ids. */
  value: 2000,
  /** No documented number: a notification shows about this much. */
  fallback: 300,
  /** All blocks of a message as JSON. Not documented: Slack refuses more than about 13,000 (https://github.com/slackapi/bolt-js/issues/2509). */
  total: 12_500,
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

/** What Slack asks before it sends a press on. */
export interface Confirmation {
  readonly title: PlainText;
  readonly text: PlainText;
  readonly confirm: PlainText;
  readonly deny: PlainText;
  readonly style?: "danger";
}

/** A button; Slack sends its value back with a press. */
export interface Button {
  readonly type: "button";
  readonly text: PlainText;
  readonly action_id: string;
  readonly value: string;
  readonly style?: "danger";
  readonly confirm?: Confirmation;
}

/** The blocks of Block Kit that Portcullis uses. */
export type Block =
  | { readonly type: "header"; readonly text: PlainText }
  | { readonly type: "section"; readonly text: MarkupText; readonly accessory?: Button }
  | { readonly type: "section"; readonly fields: readonly MarkupText[] }
  | { readonly type: "context"; readonly elements: readonly MarkupText[] }
  | { readonly type: "actions"; readonly elements: readonly Button[] }
  | { readonly type: "divider" };

export interface SlackMessage {
  /** What a notification shows and a screen reader reads. */
  readonly text: string;
  readonly blocks: readonly Block[];
}

export function header(text: string): Block {
  return { type: "header", text: plainText(text) };
}

/** A paragraph of markup, with a button beside it if one is given. */
export function section(text: string, accessory?: Button): Block {
  return { type: "section", text: markup(text), ...(accessory !== undefined && { accessory }) };
}

export function actions(elements: readonly Button[]): Block {
  return { type: "actions", elements: elements.slice(0, LIMITS.actions) };
}

/** Two columns of labels and values. */
export function fields(pairs: readonly (readonly [label: string, value: string])[]): Block {
  return { type: "section", fields: pairs.slice(0, LIMITS.fields).map(([label, value]) => markup(`*${label}*\n${value}`)) };
}

/** Small grey print. */
export function context(...texts: readonly string[]): Block {
  return { type: "context", elements: texts.slice(0, LIMITS.contextElements).map(markup) };
}

export function divider(): Block {
  return { type: "divider" };
}

/** Text without markup, as headers, buttons and dialogs take it. */
export function plainText(text: string): PlainText {
  return { type: "plain_text", text, emoji: true };
}

/** As many of the first blocks as Slack takes together, and a note where some had to go. */
export function fitting(blocks: readonly Block[]): Block[] {
  if (isFitting(blocks)) return [...blocks];
  const note = context("The rest is left out: it is too long for Slack.");
  let shown = Math.min(blocks.length, LIMITS.blocks - 1);
  while (shown > 0 && !isFitting([...blocks.slice(0, shown), note])) shown--;
  return [...blocks.slice(0, shown), note];
}

function isFitting(blocks: readonly Block[]): boolean {
  return blocks.length <= LIMITS.blocks && JSON.stringify(blocks).length <= LIMITS.total;
}

function markup(text: string): MarkupText {
  return { type: "mrkdwn", text, verbatim: true };
}
