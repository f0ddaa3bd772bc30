import { describe, expect, test } from "@jest/globals";
import type { Decision } from "../../lib/model/decision.ts";
import { burstMessage, burstTable } from "../../lib/slack/burst.ts";
import { change, decision, finding } from "../support/decisions.ts";
import { refuseBlocks } from "../support/slack-limits.ts";
import { readAll, readMessage } from "./read-message.ts";

function opened(port: number, overrides: Partial<Decision> = {}): Decision {
  const made = change({ id: `event-${port}`, subject: { kind: "security-group", id: `sg-${port}` } });
  return decision({ id: `event-${port}/sg-${port}`, change: made, findings: [finding(`tcp ${port} from 0.0.0.0/0`)], ...overrides });
}
const FORTY = Array.from({ length: 40 }, (_, i) => opened(2000 + i));

describe("a burst as one message", () => {
  test("is told with its count, the worst, and by whom", () => {
    const worst = opened(22, { outcome: "failed", findings: [finding("tcp 22 from 0.0.0.0/0")] });
    const lines = readMessage(burstMessage([...FORTY, worst, opened(23, { outcome: "excepted" })]));
    expect(lines[0]).toBe("🚨 1 not closed, 40 closed, 1 allowed by exceptions, in 42 changes");
    expect(lines).toContain("42 changes came together, so they are told together. The thread has all of them.");
    expect(
      lines
        .find((line) => line.startsWith("*The worst of it*"))
        ?.split("\n")
        .slice(1),
    ).toEqual([
      "• 🚨 Still open: tcp 22 from 0.0.0.0/0 on bastion",
      ...[2000, 2001, 2002, 2003].map((port) => `• 🔒 Closed: tcp ${port} from 0.0.0.0/0 on bastion`),
      "• and 37 more",
    ]);
    expect(lines).toContain("*Changed by*\nlena with Terraform");
    expect(lines).toContain("*Accounts*\npayments-prod");
  });

  test("is told apart in a dry run, at a glance", () => {
    const dry = FORTY.map((one) => ({ ...one, mode: "dry-run" as const, outcome: "would-act" as const }));
    const { text, blocks } = burstMessage(dry);
    expect(text).toBe("🧪 Dry run: 40 would be closed, in 40 changes");
    expect(readAll({ text, blocks })).toContain("🧪 *dry run, nothing is changed*");
  });

  test("names the spans of time and most of the names", () => {
    const spread = FORTY.map((one, i) => ({
      ...one,
      names: { account: `account-${i}` },
      change: { ...one.change, at: `2026-03-02T09:${10 + i}:00Z` },
    }));
    const all = readAll(burstMessage(spread));
    expect(all).toContain("|2026-03-02 09:10:00 UTC> to <!date");
    expect(all).toContain("|2026-03-02 09:49:00 UTC>");
    expect(all).toContain("*Accounts*\naccount-0\naccount-1\naccount-2\nand 37 more");
  });
});

describe("the table of a burst", () => {
  for (const buttons of [false, true]) {
    test(`has every one of 500 decisions once, in order, within Slack's limits${buttons ? ", each with a button" : ""}`, () => {
      const all = Array.from({ length: 500 }, (_, i) => opened(1000 + i));
      const messages = burstTable(all, { buttons });
      for (const { blocks } of messages) expect(refuseBlocks(blocks)).toBeUndefined();
      const lines = messages.flatMap((message) => readAll(message).split("\n")).filter((line) => line.startsWith("•"));
      expect(lines).toHaveLength(500);
      for (const [i, line] of lines.entries()) expect(line).toContain(`tcp ${1000 + i} from 0.0.0.0/0 on bastion`);
      expect(messages[0]?.text).toMatch(/^Changes 1 to \d+ of 500$/);
      expect(messages.at(-1)?.text).toMatch(/^Changes \d+ to 500 of 500$/);
      expect(messages.length).toBeLessThan(buttons ? 30 : 15);
      expect(lines.every((line) => line.endsWith("[Explain]") === buttons)).toBe(true);
    });
  }

  test("of few decisions is one message", () => {
    expect(burstTable(FORTY.slice(0, 3))).toHaveLength(1);
    expect(readMessage(burstTable(FORTY.slice(0, 1))[0] ?? { text: "", blocks: [] })[1]).toBe(
      "• 🔒 Closed: tcp 2000 from 0.0.0.0/0 on bastion  ·  critical  ·  payments-prod  ·  `eu-west-1`  ·  `event-2000/sg-2000`",
    );
  });
  test("of none is nothing", () => expect(burstTable([])).toEqual([]));
});
