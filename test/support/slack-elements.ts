/** What Slack finds wrong with one part of the blocks; empty when nothing. */
export type Complaints = readonly string[];

const MAX_ID = 255;
const STYLES = ["primary", "danger"];

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** https://docs.slack.dev/reference/block-kit/block-elements/button-element */
export function complaintsOfButton(element: unknown, at: string): Complaints {
  if (!isJson(element) || element.type !== "button") return [`must be a button [json-pointer:${at}]`];
  const { style, confirm } = element;
  return [
    ...unknownKeys(element, ["type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"], at),
    ...complaintsOfText(element.text, 75, `${at}/text`, ["plain_text"]),
    ...tooLong(element, { action_id: MAX_ID, url: 3000, value: 2000, accessibility_label: 75 }, at),
    ...(style === undefined || (typeof style === "string" && STYLES.includes(style))
      ? []
      : [`unsupported style [json-pointer:${at}/style]`]),
    ...(confirm === undefined ? [] : complaintsOfConfirm(confirm, `${at}/confirm`)),
  ];
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
function complaintsOfConfirm(confirm: unknown, at: string): Complaints {
  if (!isJson(confirm)) return [`must be an object [json-pointer:${at}]`];
  const plain = (key: string, limit: number) => complaintsOfText(confirm[key], limit, `${at}/${key}`, ["plain_text"]);
  return [
    ...unknownKeys(confirm, ["title", "text", "confirm", "deny", "style"], at),
    ...plain("title", 100),
    ...complaintsOfText(confirm.text, 300, `${at}/text`),
    ...plain("confirm", 30),
    ...plain("deny", 30),
  ];
}

/** What an input block may hold: https://docs.slack.dev/reference/block-kit/blocks/input-block */
export function complaintsOfInputElement(element: unknown, at: string): Complaints {
  if (!isJson(element)) return [`must be an object [json-pointer:${at}]`];
  switch (element.type) {
    case "datetimepicker":
      return complaintsOfDateTimePicker(element, at);
    case "plain_text_input":
      return complaintsOfTextInput(element, at);
    default:
      return [`unsupported type: ${String(element.type)} [json-pointer:${at}/type]`];
  }
}

// https://docs.slack.dev/reference/block-kit/block-elements/datetimepicker-element
function complaintsOfDateTimePicker(element: Json, at: string): Complaints {
  const moment = element.initial_date_time;
  const complaints = [
    ...unknownKeys(element, ["type", "action_id", "initial_date_time", "confirm", "focus_on_load"], at),
    ...tooLong(element, { action_id: MAX_ID }, at),
  ];
  if (moment !== undefined && !(Number.isInteger(moment) && String(moment).length === 10)) {
    complaints.push(`must be a timestamp of 10 digits [json-pointer:${at}/initial_date_time]`);
  }
  return complaints;
}

// https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
function complaintsOfTextInput(element: Json, at: string): Complaints {
  const { placeholder, min_length: min, max_length: max } = element;
  const keys = ["type", "action_id", "initial_value", "multiline", "min_length", "max_length", "placeholder", "focus_on_load"];
  const within = (value: unknown, least: number) => value === undefined || (typeof value === "number" && value >= least && value <= 3000);
  return [
    ...unknownKeys(element, keys, at),
    ...tooLong(element, { action_id: MAX_ID, initial_value: 3000 }, at),
    ...(within(min, 0) ? [] : [`must be from 0 to 3000 [json-pointer:${at}/min_length]`]),
    ...(within(max, 1) ? [] : [`must be from 1 to 3000 [json-pointer:${at}/max_length]`]),
    ...(placeholder === undefined ? [] : complaintsOfText(placeholder, 150, `${at}/placeholder`, ["plain_text"])),
  ];
}

export function complaintsOfList(list: unknown, most: number, at: string, each: (item: unknown, at: string) => Complaints): Complaints {
  if (!Array.isArray(list)) return [`must be a list [json-pointer:${at}]`];
  const complaints = list.flatMap((item: unknown, index) => each(item, `${at}/${index}`));
  if (list.length === 0) complaints.push(`no fewer than 1 items [json-pointer:${at}]`);
  if (list.length > most) complaints.push(`no more than ${most} items allowed [json-pointer:${at}]`);
  return complaints;
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
export function complaintsOfText(
  value: unknown,
  limit: number,
  at: string,
  types: readonly string[] = ["mrkdwn", "plain_text"],
): Complaints {
  if (!isJson(value)) return [`missing required field: text [json-pointer:${at}]`];
  const { type, text } = value;
  if (typeof type !== "string" || !types.includes(type)) return [`unsupported type: ${String(type)} [json-pointer:${at}/type]`];
  if (typeof text !== "string" || text === "") return [`must be more than 0 characters [json-pointer:${at}/text]`];
  const complaints = [...unknownKeys(value, ["type", "text", type === "mrkdwn" ? "verbatim" : "emoji"], at)];
  if (text.length > limit) complaints.push(`must be less than ${limit + 1} characters [json-pointer:${at}/text]`);
  if (!text.isWellFormed()) complaints.push(`must be well-formed Unicode [json-pointer:${at}/text]`);
  if (type === "mrkdwn" && /&(?!(amp|lt|gt);)/.test(text)) complaints.push(`broken escape [json-pointer:${at}/text]`);
  return complaints;
}

/** Strings that are longer than these limits, or no strings. */
export function tooLong(value: Json, limits: Readonly<Record<string, number>>, at: string): Complaints {
  return Object.entries(limits).flatMap(([key, limit]) => {
    const text = value[key];
    if (text === undefined) return [];
    if (typeof text !== "string") return [`must be a string [json-pointer:${at}/${key}]`];
    return text.length > limit ? [`must be less than ${limit + 1} characters [json-pointer:${at}/${key}]`] : [];
  });
}

export function unknownKeys(value: Json, known: readonly string[], at: string): string[] {
  return Object.keys(value).flatMap((key) => (known.includes(key) ? [] : [`invalid additional property: ${key} [json-pointer:${at}]`]));
}
