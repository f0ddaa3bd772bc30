import { describe, expect, test } from "@jest/globals";
import type { Decision } from "../../lib/model/decision.ts";
import { ordinal, replyFor, stateAfter } from "../../lib/slack/reply.ts";
import { decision, deletedRoute, finding, tampering } from "../support/decisions.ts";
import { readMessage } from "./read-message.ts";

const MOMENT = "<!date^1772442847^{date_short_pretty} at {time_secs}|2026-03-02 09:14:07 UTC>";
const excepted = decision({
  outcome: "excepted",
  findings: [],
  acts: [],
  excepted: [{ finding: finding("tcp 22 from 192.0.2.0/24"), exception: "grant-7" }],
});

describe("a decision in the thread of its resource", () => {
  test("says what is new, and no more", () =>
    expect(readMessage(replyFor(decision({ outcome: "contested" })))).toEqual([
      "*🔁 Closed again: tcp 22 from 0.0.0.0/0 on bastion*\n*lena* made this change with *Terraform 1.13.5*. It had been closed and came back, so Portcullis closed it again.",
      "*Closed*\n• `tcp 22 from 0.0.0.0/0`  “temporary, for the vendor”",
      "🔴 *critical*",
      MOMENT,
      "Decision `9d1d9a1c-3f4b-4b58-a1c1-6a7d2a1c7d11/sg-0a1b2c3d4e5f60718`",
    ]));
  test("is told apart in a dry run", () =>
    expect(readMessage(replyFor(decision({ mode: "dry-run", outcome: "would-act" })))).toContain("🧪 *dry run, nothing is changed*"));
  test("names the exception that allows it", () =>
    expect(readMessage(replyFor(excepted))[0]).toContain("It stays open: an exception of the policy allows it, `grant-7`."));
  test("can be answered, where answers are taken", () => {
    const buttons = "[Undo] [Allow for 4 h] [Allow for 1 day] [Allow until…] [Explain]";
    expect(readMessage(replyFor(decision(), { buttons: true }))).toContain(buttons);
    expect(readMessage(replyFor(decision()))).not.toContain(buttons);
  });
  test("mentions who did it", () =>
    expect(readMessage(replyFor(decision(), { mention: "U012AB3CD" }))[0]).toContain("*lena* (<@U012AB3CD>) made"));
});

describe("the state after a decision", () => {
  const STATES: Record<string, [given: Decision, count: number, state: string]> = {
    "closed once": [decision(), 1, `*Now: closed*  ·  ${MOMENT}`],
    "closed again": [decision({ outcome: "contested" }), 3, `*Now: closed again*  ·  3rd decision in this thread  ·  ${MOMENT}`],
    "remedied, where nothing was open": [deletedRoute(), 1, `*Now: remedied*  ·  ${MOMENT}`],
    "still open": [decision({ outcome: "failed" }), 2, `*Now: still open, at least in part*  ·  2nd decision in this thread  ·  ${MOMENT}`],
    allowed: [excepted, 1, `*Now: allowed by an exception, \`grant-7\`*  ·  ${MOMENT}`],
    found: [tampering(), 1, `*Now: found, and nothing was changed*  ·  ${MOMENT}`],
    "in a dry run": [
      decision({ mode: "dry-run", outcome: "would-act" }),
      1,
      `*Now: as it was: a dry run, that would have it closed*  ·  ${MOMENT}`,
    ],
    clean: [decision({ outcome: "clean", findings: [], acts: [] }), 1, `*Now: nothing forbidden*  ·  ${MOMENT}`],
  };
  for (const [name, [given, count, state]] of Object.entries(STATES)) test(name, () => expect(stateAfter(given, count)).toBe(state));

  test("counts as people do", () =>
    expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal).join(" ")).toBe("1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th"));
});
