import { describe, expect, test } from "@jest/globals";
import type { Decision } from "../../lib/model/decision.ts";
import { revokeRules } from "../../lib/model/remedy.ts";
import { buttonsFor } from "../../lib/slack/buttons.ts";
import { messageFor } from "../../lib/slack/message.ts";
import { stateAfter } from "../../lib/slack/reply.ts";
import { decision, deletedRoute, finding, rule, tampering } from "../support/decisions.ts";
import { refuseBlocks } from "../support/slack-limits.ts";
import { readAll, readMessage } from "./read-message.ts";

const revoke = revokeRules("sg-1", [rule("tcp 22 from 0.0.0.0/0")]);
const ALLOW = ["Allow for 4 h", "Allow for 1 day", "Allow until…"];
const labels = (given: Decision) => buttonsFor(given).map(({ text }) => text.text);

describe("what can be answered to a decision", () => {
  const CASES: Record<string, [given: Decision, labels: string[]]> = {
    "that closed something": [decision(), ["Undo", ...ALLOW, "Explain"]],
    "that closed it again": [decision({ outcome: "contested" }), ["Undo", ...ALLOW, "Explain"]],
    "that deleted a route": [deletedRoute(), ["Undo", ...ALLOW, "Explain"]],
    "that closed a part": [
      decision({
        outcome: "failed",
        acts: [
          { remedy: revoke, result: "done" },
          { remedy: revoke, result: "denied" },
        ],
      }),
      ["Undo", ...ALLOW, "Explain"],
    ],
    "that closed nothing": [decision({ outcome: "failed", acts: [{ remedy: revoke, result: "denied" }] }), [...ALLOW, "Explain"]],
    "that found it closed already": [decision({ acts: [{ remedy: revoke, result: "already" }] }), [...ALLOW, "Explain"]],
    "of a dry run": [
      decision({ mode: "dry-run", outcome: "would-act", acts: [{ remedy: revoke, result: "would" }] }),
      [...ALLOW, "Explain"],
    ],
    "that is grave and told only": [decision({ outcome: "alert", acts: [] }), [...ALLOW, "Explain"]],
    "that is advice": [
      decision({ outcome: "alert", acts: [], findings: [finding("tcp 22 from 10.0.0.0/8", { severity: "info" })] }),
      [...ALLOW, "Explain", "Snooze"],
    ],
    "that is advice beside something grave": [
      decision({
        outcome: "alert",
        acts: [],
        findings: [finding("tcp 22 from 10.0.0.0/8", { severity: "info" }), finding("tcp 23 from ::/0")],
      }),
      [...ALLOW, "Explain"],
    ],
    "about what somebody did: there is nothing to allow in it": [tampering(), ["Explain"]],
    "about a group by reference, which no exception can name": [
      decision({ outcome: "alert", acts: [], findings: [finding("tcp 22 from sg-0123")] }),
      ["Explain"],
    ],
    "that an exception allows": [
      decision({ outcome: "excepted", findings: [], acts: [], excepted: [{ finding: finding("tcp 22 from ::/0"), exception: "x" }] }),
      ["Explain"],
    ],
    "that found nothing": [decision({ outcome: "clean", findings: [], acts: [] }), ["Explain"]],
    "whose id is too long to be sent back": [decision({ id: "x".repeat(301) }), []],
  };
  for (const [name, [given, expected]] of Object.entries(CASES)) test(name, () => expect(labels(given)).toEqual(expected));

  test("each button has an id of its own and the decision's as its value", () => {
    const given = decision({ outcome: "alert", findings: [finding("tcp 22 from 10.0.0.0/8", { severity: "low" })] });
    expect(buttonsFor(given).map(({ action_id: id, value }) => [id, value])).toEqual(
      ["undo", "allow_4h", "allow_1d", "allow_until", "explain", "snooze"].map((name) => [`portcullis_${name}`, given.id]),
    );
  });

  test("Undo asks first, in words of one's own rules and inert", () => {
    const [undo] = buttonsFor(decision());
    expect(undo?.confirm?.title.text).toBe("Undo what Portcullis did?");
    expect(undo?.confirm?.text.text).toMatch(
      /^This takes back: revoke tcp 22 from 0\.0\.0\.0\/0 on sg-0a1b2c3d4e5f60718\. An exception keeps it so/,
    );
    const many = [1, 2, 3].map((port) => ({
      remedy: revokeRules("<!channel>*x*", [rule(`tcp ${port} from ::/0`)]),
      result: "done" as const,
    }));
    const text = buttonsFor(decision({ acts: many }))[0]?.confirm?.text.text ?? "";
    expect(text).toContain("‹!channel›");
    expect(text).toContain(" and 2 more.");
    expect(text.length).toBeLessThanOrEqual(300);
  });
});

describe("a message with buttons", () => {
  test("has none unless asked for", () => expect(readAll(messageFor(decision()))).not.toContain("[Explain]"));

  test("has them after what one can do, and points to them", () => {
    const lines = readMessage(messageFor(decision(), { buttons: true }));
    const at = lines.indexOf("[Undo] [Allow for 4 h] [Allow for 1 day] [Allow until…] [Explain]");
    expect(lines[at - 1]).toMatch(
      /^\*What you can do\*\n.*open it only to the addresses that need it, or let an approver allow it below\.$/,
    );
    expect(lines[at + 1]).toMatch(/^Decision/);
  });

  test("that cannot be allowed still asks for the policy", () =>
    expect(readAll(messageFor(tampering(), { buttons: true }))).toContain("or ask here for a change of the policy"));
});

describe("who made the change", () => {
  test("is mentioned by their Slack id, once", () => {
    const all = readAll(messageFor(decision(), { mention: "U012AB3CD" }));
    expect(all).toContain("*lena* (<@U012AB3CD>) made this change");
    expect(all.match(/<@/g)).toHaveLength(1);
  });
  test("is mentioned where the finding stood before", () => {
    const given = decision({ findings: [finding("tcp 22 from ::/0", { introduced: "earlier" })] });
    expect(readAll(messageFor(given, { mention: "W012AB3CD" }))).toContain("before *lena* (<@W012AB3CD>) changed the security group");
  });
  for (const mention of ["", "!channel", "S012AB3CD", "U012><!channel", "u012ab3cd", "U1|x"]) {
    test(`is not mentioned by ${JSON.stringify(mention)}`, () =>
      expect(readAll(messageFor(decision(), { mention }))).not.toMatch(/<[@!](?!date)/));
  }
});

describe("the present state", () => {
  test("stands right below the headline", () =>
    expect(readMessage(messageFor(decision(), { state: "*Now: closed again*" }))[1]).toBe("*Now: closed again*"));
  test("is shown as it was written, moment and all", () => {
    const state = stateAfter(decision(), 2);
    expect(JSON.stringify(messageFor(decision(), { state }).blocks[1])).toContain(JSON.stringify(state));
  });
  test("is left out where there is none", () => expect(messageFor(decision(), { state: "" })).toEqual(messageFor(decision())));
  for (const state of ["<!channel> now", "<@U1>", "<https://x|y>", "a\nb", "x".repeat(10_000)]) {
    test(`is inert whatever comes: ${state.slice(0, 12)}`, () => {
      const { blocks } = messageFor(decision(), { state });
      expect(refuseBlocks(blocks)).toBeUndefined();
      expect(readMessage({ text: "", blocks })[1]).not.toMatch(/[<\n]/);
    });
  }
});
