// Slack's documented limits (https://docs.slack.dev/reference/block-kit), written down apart from the ones that the message keeps.
const TEXT_LIMITS: Readonly<Record<string, number>> = { header: 150, section: 3000, field: 2000, context: 3000, button: 75 };
const MAX_BLOCKS = 50;
const MAX_FIELDS = 10;
const MAX_CONTEXT_ELEMENTS = 10;
const MAX_ACTIONS = 25;
const MAX_URL = 3000;
const MAX_BLOCK_ID = 255;
// Not documented: chat.postMessage answers msg_blocks_too_long from about here (https://github.com/slackapi/bolt-js/issues/2509).
const MAX_BLOCKS_JSON = 13_000;

/** What Slack would answer to these blocks: nothing when it takes them. */
export interface Refusal {
  readonly error: "invalid_blocks" | "msg_blocks_too_long" | "invalid_blocks_format";
  readonly messages: readonly string[];
}

/** Checks blocks as chat.postMessage does. Every complaint is named, with the place in the blocks. */
export function refuseBlocks(blocks: unknown): Refusal | undefined {
  if (!Array.isArray(blocks)) return { error: "invalid_blocks_format", messages: ["blocks must be a list"] };
  const messages = blocks.flatMap((block: unknown, index) => complaintsOfBlock(block, `/blocks/${index}`));
  if (blocks.length > MAX_BLOCKS) messages.push(`no more than ${MAX_BLOCKS} items allowed [json-pointer:/blocks]`);
  if (messages.length > 0) return { error: "invalid_blocks", messages };
  if (JSON.stringify(blocks).length > MAX_BLOCKS_JSON) return { error: "msg_blocks_too_long", messages: [] };
  return undefined;
}

function complaintsOfBlock(block: unknown, at: string): string[] {
  if (!isRecord(block)) return [`must be an object [json-pointer:${at}]`];
  const id = block.block_id;
  const complaints = typeof id === "string" && id.length > MAX_BLOCK_ID ? [`block_id too long [json-pointer:${at}]`] : [];
  switch (block.type) {
    case "divider":
      return complaints;
    case "header":
      return [...complaints, ...complaintsOfText(block.text, "header", `${at}/text`, ["plain_text"])];
    case "section":
      return [...complaints, ...complaintsOfSection(block, at)];
    case "context":
      return [...complaints, ...complaintsOfList(block.elements, MAX_CONTEXT_ELEMENTS, `${at}/elements`, contextElement)];
    case "actions":
      return [...complaints, ...complaintsOfList(block.elements, MAX_ACTIONS, `${at}/elements`, button)];
    default:
      return [`unsupported type: ${String(block.type)} [json-pointer:${at}]`];
  }
}

function complaintsOfSection(block: Readonly<Record<string, unknown>>, at: string): string[] {
  const { text, fields, accessory } = block;
  if (text === undefined && fields === undefined) return [`must have text or fields [json-pointer:${at}]`];
  return [
    ...(text === undefined ? [] : complaintsOfText(text, "section", `${at}/text`)),
    ...(fields === undefined
      ? []
      : complaintsOfList(fields, MAX_FIELDS, `${at}/fields`, (item, place) => complaintsOfText(item, "field", place))),
    ...(accessory === undefined ? [] : button(accessory, `${at}/accessory`)),
  ];
}

function contextElement(element: unknown, at: string): string[] {
  return complaintsOfText(element, "context", at);
}

function button(element: unknown, at: string): string[] {
  if (!isRecord(element) || element.type !== "button") return [`must be a button [json-pointer:${at}]`];
  const url = element.url;
  const tooLong = typeof url === "string" && url.length > MAX_URL ? [`url too long [json-pointer:${at}/url]`] : [];
  return [...complaintsOfText(element.text, "button", `${at}/text`, ["plain_text"]), ...tooLong];
}

function complaintsOfList(list: unknown, most: number, at: string, each: (item: unknown, at: string) => string[]): string[] {
  if (!Array.isArray(list)) return [`must be a list [json-pointer:${at}]`];
  const complaints = list.flatMap((item: unknown, index) => each(item, `${at}/${index}`));
  if (list.length === 0) complaints.push(`no fewer than 1 items [json-pointer:${at}]`);
  if (list.length > most) complaints.push(`no more than ${most} items allowed [json-pointer:${at}]`);
  return complaints;
}

function complaintsOfText(value: unknown, kind: string, at: string, types: readonly string[] = ["mrkdwn", "plain_text"]): string[] {
  if (!isRecord(value)) return [`missing required field: text [json-pointer:${at}]`];
  const { type, text } = value;
  const limit = TEXT_LIMITS[kind] ?? 0;
  if (typeof type !== "string" || !types.includes(type)) return [`unsupported type: ${String(type)} [json-pointer:${at}/type]`];
  if (typeof text !== "string" || text === "") return [`must be more than 0 characters [json-pointer:${at}/text]`];
  const complaints = text.length > limit ? [`must be less than ${limit + 1} characters [json-pointer:${at}/text]`] : [];
  if (!text.isWellFormed()) complaints.push(`must be well-formed Unicode [json-pointer:${at}/text]`);
  if (type === "mrkdwn" && /&(?!(amp|lt|gt);)/.test(text)) complaints.push(`broken escape [json-pointer:${at}/text]`);
  return complaints;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
