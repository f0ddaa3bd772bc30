import {
  type Complaints,
  complaintsOfButton,
  complaintsOfInputElement,
  complaintsOfList,
  complaintsOfText,
  isJson,
  type Json,
  listOf,
  tooLong,
  unknownKeys,
} from "./slack-elements.ts";

// Slack's documented limits (https://docs.slack.dev/reference/block-kit), written down apart from the ones that the message keeps.
const MAX_BLOCKS = { message: 50, view: 100 };
const MAX_FIELDS = 10;
const MAX_CONTEXT_ELEMENTS = 10;
const MAX_ACTIONS = 25;
const MAX_ID = 255;
const MAX_VIEW_JSON = 250_000;
// Neither is documented as a number: chat.postMessage answers msg_blocks_too_long from about here
// (https://github.com/slackapi/bolt-js/issues/2509), and metadata_too_large for more than a few kilobytes.
const MAX_BLOCKS_JSON = 13_000;
const MAX_METADATA_JSON = 16_000;

/** What Slack would answer: nothing when it takes what was sent. */
export interface Refusal {
  readonly error: string;
  readonly messages: readonly string[];
}

/** Checks blocks as chat.postMessage does. Every complaint is named, with the place in the blocks. */
export function refuseBlocks(blocks: unknown): Refusal | undefined {
  if (!Array.isArray(blocks)) return { error: "invalid_blocks_format", messages: ["blocks must be a list"] };
  const messages = complaintsOfBlocks(blocks, "message", "/blocks");
  if (messages.length > 0) return { error: "invalid_blocks", messages };
  if (JSON.stringify(blocks).length > MAX_BLOCKS_JSON) return { error: "msg_blocks_too_long", messages: [] };
  return undefined;
}

/** Checks a modal as views.open does (https://docs.slack.dev/reference/views/modal-views). */
export function refuseView(view: unknown): Refusal | undefined {
  if (!isJson(view)) return { error: "invalid_arguments", messages: ["must be an object [json-pointer:/view]"] };
  const messages = [
    ...(view.type === "modal" ? [] : [`unsupported type: ${String(view.type)} [json-pointer:/view/type]`]),
    ...unknownKeys(view, VIEW_KEYS, "/view"),
    ...complaintsOfText(view.title, 24, "/view/title", ["plain_text"]),
    ...["submit", "close"].flatMap((key) =>
      view[key] === undefined ? [] : complaintsOfText(view[key], 24, `/view/${key}`, ["plain_text"]),
    ),
    ...tooLong(view, { callback_id: MAX_ID, external_id: MAX_ID, private_metadata: 3000 }, "/view"),
    ...(Array.isArray(view.blocks)
      ? complaintsOfBlocks(view.blocks, "view", "/view/blocks")
      : ["must be a list [json-pointer:/view/blocks]"]),
    ...(view.submit === undefined && listOf(view.blocks).some((block) => isJson(block) && block.type === "input")
      ? ["submit is required when an input block is used [json-pointer:/view]"]
      : []),
  ];
  if (messages.length > 0) return { error: "invalid_arguments", messages };
  return JSON.stringify(view).length > MAX_VIEW_JSON ? { error: "view_too_large", messages: [] } : undefined;
}

const VIEW_KEYS = [
  ...["type", "title", "blocks", "close", "submit", "private_metadata", "callback_id", "external_id"],
  ...["clear_on_close", "notify_on_close", "submit_disabled"],
];

/** Checks a message's metadata (https://docs.slack.dev/messaging/message-metadata). */
export function refuseMetadata(metadata: unknown): Refusal | undefined {
  if (!isJson(metadata)) return { error: "invalid_metadata_format", messages: [] };
  const { event_type: type, event_payload: payload } = metadata;
  const wrong = typeof type !== "string" || !/^\w{1,255}$/.test(type) || !isJson(payload) || !Object.values(payload).every(isPlain);
  if (wrong || unknownKeys(metadata, ["event_type", "event_payload"], "").length > 0)
    return { error: "invalid_metadata_schema", messages: [] };
  return JSON.stringify(metadata).length > MAX_METADATA_JSON ? { error: "metadata_too_large", messages: [] } : undefined;
}

function isPlain(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function complaintsOfBlocks(blocks: readonly unknown[], surface: "message" | "view", at: string): Complaints {
  const most = MAX_BLOCKS[surface];
  const ids = blocks.flatMap((block) => (isJson(block) && block.block_id !== undefined ? [block.block_id] : []));
  return [
    ...blocks.flatMap((block, index) => complaintsOfBlock(block, surface, `${at}/${index}`)),
    ...(blocks.length > most ? [`no more than ${most} items allowed [json-pointer:${at}]`] : []),
    ...(new Set(ids).size < ids.length ? [`block_id already exists [json-pointer:${at}]`] : []),
  ];
}

const BLOCK_KEYS: Readonly<Record<string, readonly string[]>> = {
  divider: [],
  header: ["text"],
  section: ["text", "fields", "accessory", "expand"],
  context: ["elements"],
  actions: ["elements"],
  input: ["label", "element", "hint", "optional", "dispatch_action"],
};

function complaintsOfBlock(block: unknown, surface: "message" | "view", at: string): Complaints {
  if (!isJson(block)) return [`must be an object [json-pointer:${at}]`];
  const type = String(block.type);
  const keys = BLOCK_KEYS[type];
  if (keys === undefined || (type === "input" && surface !== "view")) return [`unsupported type: ${type} [json-pointer:${at}]`];
  return [
    ...unknownKeys(block, ["type", "block_id", ...keys], at),
    ...tooLong(block, { block_id: MAX_ID }, at),
    ...complaintsOfContent(block, type, at),
  ];
}

function complaintsOfContent(block: Json, type: string, at: string): Complaints {
  switch (type) {
    case "header":
      return complaintsOfText(block.text, 150, `${at}/text`, ["plain_text"]);
    case "section":
      return complaintsOfSection(block, at);
    case "context":
      return complaintsOfList(block.elements, MAX_CONTEXT_ELEMENTS, `${at}/elements`, (item, place) => complaintsOfText(item, 3000, place));
    case "actions":
      return complaintsOfActions(block.elements, `${at}/elements`);
    case "input":
      return complaintsOfInput(block, at);
    default:
      return [];
  }
}

function complaintsOfSection({ text, fields, accessory }: Json, at: string): Complaints {
  if (text === undefined && fields === undefined) return [`must have text or fields [json-pointer:${at}]`];
  return [
    ...(text === undefined ? [] : complaintsOfText(text, 3000, `${at}/text`)),
    ...(fields === undefined
      ? []
      : complaintsOfList(fields, MAX_FIELDS, `${at}/fields`, (item, place) => complaintsOfText(item, 2000, place))),
    ...(accessory === undefined ? [] : complaintsOfButton(accessory, `${at}/accessory`)),
  ];
}

function complaintsOfActions(elements: unknown, at: string): Complaints {
  const ids = listOf(elements).flatMap((element) => (isJson(element) && element.action_id !== undefined ? [element.action_id] : []));
  return [
    ...complaintsOfList(elements, MAX_ACTIONS, at, complaintsOfButton),
    ...(new Set(ids).size < ids.length ? [`action_id already exists [json-pointer:${at}]`] : []),
  ];
}

function complaintsOfInput({ label, element, hint }: Json, at: string): Complaints {
  return [
    ...complaintsOfText(label, 2000, `${at}/label`, ["plain_text"]),
    ...(hint === undefined ? [] : complaintsOfText(hint, 2000, `${at}/hint`, ["plain_text"])),
    ...complaintsOfInputElement(element, `${at}/element`),
  ];
}
