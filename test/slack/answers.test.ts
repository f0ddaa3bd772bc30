import { describe, expect, test } from "@jest/globals";
import type { Answer } from "../../lib/guard/answering/respond-ports.ts";
import { answerMessage, noteTo } from "../../lib/slack/answers.ts";
import { decision } from "../support/decisions.ts";
import { readAll, readMessage } from "./read-message.ts";

function answer(overrides: Partial<Answer> = {}): Answer {
  return {
    id: "1",
    at: "2026-03-02T09:14:07Z",
    user: "U012AB3CD",
    ask: "allow",
    decision: decision().id,
    result: "done",
    says: "Allowed until 2026-03-02T13:14:07.000Z: tcp 22 from 0.0.0.0/0 is open again.",
    reason: "the vendor",
    grant: "grant-7",
    ...overrides,
  };
}

describe("what is said after a request", () => {
  test("says what was done, by whom and why, in the reader's time", () =>
    expect(readMessage(answerMessage(answer(), decision()))).toEqual([
      "✅ Allowed until <!date^1772457247^{date_short_pretty} at {time}|2026-03-02 13:14 UTC>: tcp 22 from 0.0.0.0/0 is open again.",
      "*About*\n🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion",
      "*Why*\n“the vendor”",
      "<@U012AB3CD> asked to allow this",
      "<!date^1772442847^{date_short_pretty} at {time_secs}|2026-03-02 09:14:07 UTC>",
      "exception `grant-7`",
      "decision `9d1d9a1c-3f4b-4b58-a1c1-6a7d2a1c7d11/sg-0a1b2c3d4e5f60718`",
    ]));

  test("in a notification, the time is that of UTC", () =>
    expect(answerMessage(answer()).text).toBe("✅ Allowed until 2026-03-02 13:14 UTC: tcp 22 from 0.0.0.0/0 is open again."));

  const SIGNS = { done: "✅", refused: "✋", moot: "ℹ️", failed: "🚨" } as const;
  for (const result of ["done", "refused", "moot", "failed"] as const) {
    test(`tells at a glance what became of it: ${result}`, () =>
      expect(readMessage(answerMessage(answer({ result, says: "It is so." })))[0]).toBe(`${SIGNS[result]} It is so.`));
  }

  for (const says of ["<!channel> look", "see <https://x|y>", "*bold* `code`", "a\nb", "<@U1> <!date^1^x|y>"]) {
    test(`is inert: ${says}`, () => {
      const [first = ""] = readMessage(answerMessage(answer({ says, reason: says })));
      expect(first).not.toMatch(/[<*`\n]/);
      expect(readAll(answerMessage(answer({ says, reason: says }))).match(/<@/g)).toHaveLength(1);
    });
  }
  test("a user who is none is shown and not mentioned", () =>
    expect(readAll(answerMessage(answer({ user: "!channel" })))).toContain("`!channel` asked"));
  test("10 KB are cut", () =>
    expect(readAll(answerMessage(answer({ says: "x".repeat(10_000), reason: "y".repeat(10_000) }))).length).toBeLessThan(2500));
  test("what is no moment stays as it is", () =>
    expect(readMessage(answerMessage(answer({ says: "until 2026-99-99T99:99Z" })))[0]).toBe("✅ until `2026-99-99T99:99Z`"));
  test("a note to who asked", () => expect(readMessage(noteTo("Try /portcullis status"))).toEqual(["Try /portcullis status"]));
  test("of nothing says so", () => expect(readMessage(noteTo(" "))).toEqual(["(nothing to say)"]));
});
