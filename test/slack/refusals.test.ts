import { describe, expect, test } from "@jest/globals";
import { refuseBlocks, refuseMetadata, refuseView } from "../support/slack-limits.ts";

const plain = (text: string) => ({ type: "plain_text", text });
const mrkdwn = (text: string) => ({ type: "mrkdwn", text });
const section = (text: string) => ({ type: "section", text: mrkdwn(text) });
const button = (more: object = {}) => ({ type: "button", text: plain("x"), action_id: "a", ...more });
const actions = (...elements: object[]) => [{ type: "actions", elements }];
const input = (element: object, more: object = {}) => ({ type: "input", label: plain("x"), element, ...more });
const picker = (more: object = {}) => ({ type: "datetimepicker", action_id: "a", ...more });
const field = (more: object = {}) => ({ type: "plain_text_input", action_id: "a", ...more });
const many = (count: number, item: (index: number) => object) => Array.from({ length: count }, (_, index) => item(index));
const modal = (more: object = {}) => ({
  type: "modal",
  title: plain("x"),
  submit: plain("x"),
  blocks: [input(picker()), input(field())],
  ...more,
});

describe("the local Slack refuses blocks as Slack does", () => {
  const confirm = { title: plain("x"), text: plain("x"), confirm: plain("x"), deny: plain("x") };
  const REFUSED: Record<string, unknown> = {
    "51 blocks": many(51, () => ({ type: "divider" })),
    "a section of 3001 characters": [section("x".repeat(3001))],
    "an empty section": [section("")],
    "a header with markup": [{ type: "header", text: mrkdwn("x") }],
    "a header of 151 characters": [{ type: "header", text: plain("x".repeat(151)) }],
    "11 fields": [{ type: "section", fields: many(11, () => mrkdwn("x")) }],
    "a field of 2001 characters": [{ type: "section", fields: [mrkdwn("x".repeat(2001))] }],
    "11 context elements": [{ type: "context", elements: many(11, () => mrkdwn("x")) }],
    "a block it does not know": [{ type: "surprise" }],
    "an input, which is for dialogs": [input(field())],
    "13,000 characters in all": many(5, () => section("x".repeat(2800))),
    "an object": { type: "divider" },
    "a property it does not know": [{ type: "divider", colour: "red" }],
    "a block_id of 256 characters": [{ type: "divider", block_id: "x".repeat(256) }],
    "a block_id twice": many(2, () => ({ type: "divider", block_id: "x" })),
    "a broken escape": [section("a & b")],
    "half a character": [section("\uD83D")],
    "no button": actions(),
    "26 buttons": actions(...many(26, (index) => button({ action_id: String(index) }))),
    "an action_id twice in a block": actions(button(), button()),
    "a button of 76 characters": actions(button({ text: plain("x".repeat(76)) })),
    "a button with markup": actions(button({ text: mrkdwn("x") })),
    "a button's value of 2001 characters": actions(button({ value: "x".repeat(2001) })),
    "a button's action_id of 256 characters": actions(button({ action_id: "x".repeat(256) })),
    "a button's url of 3001 characters": actions(button({ url: "x".repeat(3001) })),
    "a button's style that is none": actions(button({ style: "loud" })),
    "a button's value that is no text": actions(button({ value: 1 })),
    "a question of 301 characters": actions(button({ confirm: { ...confirm, text: plain("x".repeat(301)) } })),
    "a question without an answer": actions(button({ confirm: { ...confirm, deny: undefined } })),
  };
  for (const [name, blocks] of Object.entries(REFUSED)) test(name, () => expect(refuseBlocks(blocks)).toBeDefined());

  test("and takes what is just within", () => {
    expect(refuseBlocks([section("x".repeat(3000)), ...many(49, () => ({ type: "divider" }))])).toBeUndefined();
    expect(refuseBlocks(actions(...many(25, (index) => button({ action_id: String(index), style: "danger" }))))).toBeUndefined();
    const long = { text: plain("x".repeat(75)), value: "x".repeat(2000), action_id: "x".repeat(255), confirm };
    expect(refuseBlocks(actions(button(long), button()))).toBeUndefined();
  });
});

describe("the local Slack refuses dialogs as Slack does", () => {
  const REFUSED: Record<string, unknown> = {
    "no object": "x",
    "no modal": modal({ type: "dialog" }),
    "no title": modal({ title: undefined }),
    "a title of 25 characters": modal({ title: plain("x".repeat(25)) }),
    "a submit button of 25 characters": modal({ submit: plain("x".repeat(25)) }),
    "a close button of 25 characters": modal({ close: plain("x".repeat(25)) }),
    "inputs without a submit button": modal({ submit: undefined }),
    "101 blocks": modal({ blocks: many(101, () => ({ type: "divider" })) }),
    "no blocks": modal({ blocks: undefined }),
    "a callback_id of 256 characters": modal({ callback_id: "x".repeat(256) }),
    "private_metadata of 3001 characters": modal({ private_metadata: "x".repeat(3001) }),
    "private_metadata that is no text": modal({ private_metadata: {} }),
    "a property it does not know": modal({ colour: "red" }),
    "an input without a label": modal({ blocks: [input(field(), { label: undefined })] }),
    "a label with markup": modal({ blocks: [input(field(), { label: mrkdwn("x") })] }),
    "a hint of 2001 characters": modal({ blocks: [input(field(), { hint: plain("x".repeat(2001)) })] }),
    "an input of nothing": modal({ blocks: [input({ type: "surprise" })] }),
    "a moment in milliseconds": modal({ blocks: [input(picker({ initial_date_time: 1_772_460_000_000 }))] }),
    "a moment as text": modal({ blocks: [input(picker({ initial_date_time: "1772460000" }))] }),
    "a text of 3001 characters": modal({ blocks: [input(field({ initial_value: "x".repeat(3001) }))] }),
    "a text that may have 3001 characters": modal({ blocks: [input(field({ max_length: 3001 }))] }),
    "a placeholder of 151 characters": modal({ blocks: [input(field({ placeholder: plain("x".repeat(151)) }))] }),
  };
  for (const [name, view] of Object.entries(REFUSED)) test(name, () => expect(refuseView(view)?.error).toBe("invalid_arguments"));

  test("and takes what is just within", () => {
    const blocks = [
      input(picker({ initial_date_time: 1_772_460_000 }), { block_id: "until", hint: plain("x".repeat(2000)) }),
      input(field({ multiline: true, max_length: 3000, placeholder: plain("x".repeat(150)) }), { optional: true }),
      ...many(98, () => ({ type: "divider" })),
    ];
    const long = { title: plain("x".repeat(24)), callback_id: "x".repeat(255), private_metadata: "x".repeat(3000), blocks };
    expect(refuseView(modal(long))).toBeUndefined();
  });

  test("a dialog of 250,000 characters is too large", () =>
    expect(refuseView(modal({ blocks: many(99, () => section("x".repeat(3000))) }))?.error).toBe("view_too_large"));
});

describe("the local Slack refuses metadata as Slack does", () => {
  const event = (about: unknown) => ({ event_type: "portcullis", event_payload: { about } });
  test("takes an event with a plain payload", () => expect(refuseMetadata(event("x"))).toBeUndefined());
  test("refuses what is no event", () => {
    expect(refuseMetadata([])?.error).toBe("invalid_metadata_format");
    for (const wrong of [{}, event(null), { ...event("x"), event_type: "a b" }, { ...event("x"), more: 1 }]) {
      expect(refuseMetadata(wrong)?.error).toBe("invalid_metadata_schema");
    }
    expect(refuseMetadata(event("x".repeat(16_000)))?.error).toBe("metadata_too_large");
  });
});
