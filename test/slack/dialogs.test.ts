import { describe, expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { allowDialog, memoryOf, readDialog, span } from "../../lib/slack/dialogs.ts";
import { decision } from "../support/decisions.ts";
import { refuseView } from "../support/slack-limits.ts";

const NOW = Date.parse("2026-03-02T09:20:30Z");
const HOUR = 3_600_000;
const ANSWER = "https://hooks.slack.com/actions/T0/1/2";
const ask = (longest = 8 * HOUR, given = decision()) => allowDialog(given, { longest, now: NOW, answerTo: ANSWER });

const Text = z.object({ type: z.literal("plain_text"), text: z.string().check(z.minLength(1)) });
const Dialog = z.object({
  callback_id: z.string(),
  private_metadata: z.string(),
  title: Text,
  submit: Text,
  close: Text,
  blocks: z.array(
    z.object({
      type: z.string(),
      block_id: z.optional(z.string()),
      text: z.optional(Text),
      label: z.optional(Text),
      hint: z.optional(Text),
      element: z.optional(z.object({ type: z.string(), initial_date_time: z.optional(z.number()) })),
    }),
  ),
});
const shown = (longest?: number, given = decision()) => Dialog.parse(ask(longest, given));

/** The dialog as it comes back, filled in. */
function filled({
  until = (NOW + HOUR) / 1000,
  reason = "the vendor",
  longest = 8 * HOUR,
}: {
  until?: number | null;
  reason?: string | null;
  longest?: number;
} = {}) {
  const values = { until: { until: { selected_date_time: until } }, reason: { reason: { value: reason } } };
  return { ...ask(longest), id: "V1", state: { values } };
}

describe("the dialog that asks until when, and why", () => {
  test("is one that Slack takes", () => expect(refuseView(ask())).toBeUndefined());

  test("reads", () => {
    const { title, blocks, callback_id: callback } = shown();
    expect(callback).toBe("portcullis_allow");
    expect(title.text).toBe("Allow for a while");
    expect(blocks.map(({ text, label, hint }) => [text?.text, label?.text, hint?.text].filter(Boolean).join(" | "))).toEqual([
      "🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion",
      "Until | At most 8 hours, so until 2026-03-02 17:20 UTC. Then it ends by itself.",
      "Why | For those who read the ledger later.",
    ]);
  });

  test("proposes four hours, or the longest that the policy allows, in whole minutes", () => {
    const proposed = (longest: number) => (shown(longest).blocks[1]?.element?.initial_date_time ?? 0) * 1000;
    expect(new Date(proposed(8 * HOUR)).toISOString()).toBe("2026-03-02T13:20:00.000Z");
    expect(new Date(proposed(HOUR)).toISOString()).toBe("2026-03-02T10:20:00.000Z");
  });

  test("what it proposes is granted", () => {
    for (const longest of [HOUR, 4 * HOUR, 24 * HOUR]) {
      const until = shown(longest).blocks[1]?.element?.initial_date_time ?? 0;
      expect(readDialog(filled({ until, longest }), NOW)).toHaveProperty("until");
    }
  });

  test("remembers the decision and where to answer", () =>
    expect(memoryOf({ private_metadata: shown().private_metadata })).toMatchObject({ decision: decision().id, answerTo: ANSWER }));

  test("keeps to Slack's limits, and to plain text, whatever the decision holds", () => {
    const hostile = `<!channel> *b* ${"\u0000\u202E&".repeat(4000)}`;
    const given = decision({ id: hostile, names: { subject: hostile } });
    expect(refuseView(ask(HOUR, given))).toBeUndefined();
    const { title, submit, close, blocks, private_metadata: memory } = shown(HOUR, given);
    for (const { text } of [title, submit, close]) expect(text.length).toBeLessThanOrEqual(24);
    for (const { text, label, hint } of blocks) {
      expect(text?.text.length ?? 0).toBeLessThanOrEqual(3000);
      expect(label?.text.length ?? 0).toBeLessThanOrEqual(2000);
      expect(hint?.text.length ?? 0).toBeLessThanOrEqual(2000);
      expect(text?.text ?? "").not.toMatch(/[<>&\p{Cc}\p{Cf}]/u);
    }
    expect(memory.length).toBeLessThanOrEqual(3000);
    expect(memoryOf({ private_metadata: memory })).toMatchObject({ decision: "", answerTo: "" });
  });
});

describe("the dialog comes back", () => {
  test("with a moment and a reason", () =>
    expect(readDialog(filled({ reason: "  the vendor \n" }), NOW)).toEqual({ until: "2026-03-02T10:20:30.000Z", reason: "the vendor" }));
  test("with the last moment that the policy allows", () =>
    expect(readDialog(filled({ until: (NOW + 8 * HOUR) / 1000 }), NOW)).toHaveProperty("until"));

  const WRONG: Record<string, [Parameters<typeof filled>[0], errors: Record<string, unknown>]> = {
    "a moment in the past": [
      { until: NOW / 1000 - 60 },
      { until: "This is in the past: choose a moment from now on, at the latest 2026-03-02 17:20 UTC, 8 hours from now." },
    ],
    "this very moment": [{ until: NOW / 1000 }, { until: expect.stringMatching(/^This is in the past/) }],
    "a second too late": [
      { until: (NOW + 8 * HOUR) / 1000 + 1 },
      { until: "The policy allows this at the latest until 2026-03-02 17:20 UTC, 8 hours from now." },
    ],
    "the end of time": [{ until: Number.MAX_SAFE_INTEGER }, { until: expect.stringMatching(/^The policy allows/) }],
    "no moment": [{ until: null }, { until: expect.stringMatching(/^Choose a moment, at the latest/) }],
    "no reason": [{ reason: null }, { reason: "Say why, for those who read it later." }],
    "blanks for a reason": [{ reason: " \n\t" }, { reason: "Say why, for those who read it later." }],
    "a reason of 10 KB": [{ reason: "x".repeat(10_000) }, { reason: "Say it in 500 characters." }],
    nothing: [
      { until: null, reason: null },
      { until: expect.any(String), reason: expect.any(String) },
    ],
  };
  for (const [name, [given, errors]] of Object.entries(WRONG)) {
    test(`with ${name}`, () => expect(readDialog(filled(given), NOW)).toEqual({ errors }));
  }

  for (const view of [
    undefined,
    {},
    { ...filled(), callback_id: "other" },
    { ...filled(), private_metadata: "{" },
    { ...filled(), state: { values: {} } },
  ]) {
    test("of another version", () =>
      expect(readDialog(view, NOW)).toEqual({ errors: { reason: "This dialog is of another version: please open it anew." } }));
  }
});

test("spans are told in hours and days", () => {
  expect([1, 4, 24, 25, 48, 168].map((hours) => span(hours * HOUR))).toEqual([
    "1 hour",
    "4 hours",
    "1 day",
    "25 hours",
    "2 days",
    "7 days",
  ]);
});
