import { describe, expect, test } from "@jest/globals";
import type { OpenBreaker } from "../../lib/guard/acting/breaker.ts";
import { digestOf, exceptionsList, statusList } from "../../lib/slack/lists.ts";
import { change, decision, finding } from "../support/decisions.ts";
import { grant } from "../support/grants.ts";
import { refuseBlocks } from "../support/slack-limits.ts";
import { readAll, readMessage } from "./read-message.ts";

const NOW = Date.parse("2026-03-02T09:14:07Z");
const HOUR = 3_600_000;
const until = (hours: number) => new Date(NOW + hours * HOUR).toISOString();
const OF_POLICY = {
  id: "partner-sftp",
  rule: "no-public-ingress",
  until: "2027-03-31",
  reason: "SFTP for the partner",
  approved_by: "security@example.com",
};

describe("the exceptions", () => {
  test("are told with what, until when, by whom and why; the next to end first", () =>
    expect(
      readMessage(
        exceptionsList(
          [grant({ id: "later", until: until(40) }), grant({ id: "soon", until: until(2) }), grant({ id: "over", until: until(0) })],
          NOW,
          [OF_POLICY],
        ),
      ),
    ).toEqual([
      "🎫 3 exceptions",
      "⏳ *Until <!date^1772450047^{date_short_pretty} at {time}|2026-03-02 11:14 UTC>*  ·  `sg-1` in `111122223333`, `eu-central-1`\n• `tcp 22 from 0.0.0.0/0` of `no-public-ingress`\n<@U0APPROVER>: “the vendor's night shift”  ·  `soon`",
      expect.stringMatching(/^\*Until .*2026-03-04 01:14 UTC.*`later`$/s),
      "*In the policy*\n• `partner-sftp` to `no-public-ingress` until `2027-03-31`: “SFTP for the partner”, security@example.com",
    ]));
  test("of the policy that ended are not listed", () =>
    expect(readMessage(exceptionsList([], NOW, [{ ...OF_POLICY, until: "2026-03-01" }]))[0]).toBe("No exceptions"));
  test("are none", () =>
    expect(readMessage(exceptionsList([], NOW))).toEqual([
      "No exceptions",
      "Nothing was granted that still holds, and the policy makes no exceptions.",
    ]));
  test("name the parts of what is no traffic, and egress by where it goes", () => {
    const admits = [
      { rule: "no-public-main-table", allow: [], parts: ["0.0.0.0/0", "rtbassoc-1"] },
      { rule: "no-unrestricted-egress", allow: [{ protocol: "all", to: ["0.0.0.0/0"] }], parts: [] },
    ];
    const all = readAll(exceptionsList([grant({ admits, until: until(1) })], NOW));
    expect(all).toContain("• `0.0.0.0/0` and 1 more of `no-public-main-table`\n• `all to 0.0.0.0/0` of `no-unrestricted-egress`");
  });
  test("in great number are cut, with how many more there are", () => {
    const many = Array.from({ length: 300 }, (_, i) => grant({ id: `g${i}`, until: until(i + 1), reason: "<!channel>&".repeat(1000) }));
    const message = exceptionsList(
      many,
      NOW,
      Array.from({ length: 300 }, () => OF_POLICY),
    );
    expect(refuseBlocks(message.blocks)).toBeUndefined();
    expect(readMessage(message)[0]).toBe("🎫 600 exceptions");
    expect(readAll(message)).not.toContain("<!channel");
  });
});

describe("the status", () => {
  const document = {
    mode: "dry-run",
    scopes: [{ name: "prod", mode: "enforce" }, { name: "same", mode: "dry-run" }, { mode: "off" }, { name: "silent" }],
    exceptions: [OF_POLICY],
    slack: { approvers: ["S0GROUP", "U1"], four_eyes: true },
  };
  const read = (changed: Partial<typeof document> = {}, breakers: readonly OpenBreaker[] = []) =>
    readMessage(
      statusList({
        breakers,
        policy: { version: "3f9c01d2ab47", document: { ...document, ...changed } },
        grants: [grant({ until: until(2) })],
        now: NOW,
      }),
    );

  test("says the mode, what differs, what is allowed and who may", () =>
    expect(read()).toEqual([
      "Portcullis",
      "Portcullis is in a 🧪 *dry run*: it says what it would close, and changes nothing.",
      "Elsewhere:\n• prod: `enforce`\n• a scope without a name: `off`",
      "No breaker is open.",
      "Granted now: 1, the first until <!date^1772450047^{date_short_pretty} at {time}|2026-03-02 11:14 UTC>. Exceptions of the policy: 1.",
      "Who may undo and allow: the people and user groups that the policy names as approvers (2), but not for their own changes.",
      "policy `3f9c01d2ab47`",
      "<!date^1772442847^{date_short_pretty} at {time_secs}|2026-03-02 09:14:07 UTC>",
    ]));
  test("tells of each breaker that is open: where, until when, and under which policy", () => {
    const breaker = { account: "111122223333", since: "2026-03-02T09:00:00Z", until: "2026-03-02T09:10:00Z", acts: 50, minutes: 10 };
    expect(read({}, [{ ...breaker, policyVersion: "3f9c01d2ab47" }])[3]).toMatch(
      /^⛔ \*1 breaker open\*: there, Portcullis only tells.\n• `111122223333` from <.*> to <.*>: 50 acts within 10 minutes under policy `3f9c01d2ab47`$/,
    );
  });
  test("says that nobody may approve", () =>
    expect(read({ slack: { approvers: [], four_eyes: true } })).toContain("Nobody may undo or allow: the policy names no `approvers`."));
  test("of an enforcing policy", () => expect(read({ mode: "enforce" })[1]).toBe("Portcullis *enforces*: it closes what is forbidden."));
});

describe("the day", () => {
  const NOTHING = { acted: [], wouldAct: [], failed: [], contested: [], held: [], ending: [] };

  test("is told with the worst first, what came back counted, and what is about to end", () => {
    const contested = decision({ outcome: "contested" });
    const low = decision({ findings: [finding("tcp 8080 from 0.0.0.0/0", { severity: "low" })] });
    const message = digestOf(
      {
        acted: [low, decision()],
        wouldAct: [],
        failed: [decision({ outcome: "failed" })],
        contested: [contested, contested, contested],
        held: [],
        ending: [grant({ until: until(20) })],
      },
      "2026-03-02",
    );
    expect(readMessage(message)).toEqual([
      "📋 Portcullis on 2026-03-02",
      "🚨 *1 act failed*\n• 🚨 Still open: tcp 22 from 0.0.0.0/0 on bastion, payments-prod",
      "🔁 *3 changes came back and were closed again*\n• *3 times*  🔁 Closed again: tcp 22 from 0.0.0.0/0 on bastion, payments-prod",
      "🔒 *2 changes closed*\n• 🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion, payments-prod\n• 🔒 Closed: tcp 8080 from 0.0.0.0/0 on bastion, payments-prod",
      expect.stringMatching(
        /^⏳ \*1 exception about to end\*\n• <!date.*2026-03-03 05:14 UTC>: `sg-1` in `111122223333`, `tcp 22 from 0\.0\.0\.0\/0` of `no-public-ingress`, by <@U0APPROVER>$/,
      ),
    ]);
    expect(message.text).toBe("📋 Portcullis on 2026-03-02: 1 failed, 5 closed, 1 exception about to end");
  });

  test("keeps what came back in different places apart", () => {
    const there = change({ subject: { kind: "security-group", id: "sg-other" } });
    const all = readAll(
      digestOf(
        { ...NOTHING, contested: [decision({ outcome: "contested" }), decision({ outcome: "contested", change: there })] },
        "2026-03-02",
      ),
    );
    expect(all).not.toContain("times");
  });
  test("that was quiet says so", () =>
    expect(readMessage(digestOf(NOTHING, "2026-03-02"))[1]).toBe(
      "A quiet day: nothing was closed, nothing failed, and no exception is about to end.",
    ));
  test("of thousands is one message within Slack's limits", () => {
    const hostile = "<!channel>*&_`".repeat(700);
    const one = decision({ names: { subject: hostile, account: hostile } });
    const many = Array.from({ length: 2000 }, () => one);
    const { blocks } = digestOf(
      {
        acted: many,
        wouldAct: many,
        failed: many,
        contested: many,
        held: [],
        ending: Array.from({ length: 500 }, () => grant({ reason: hostile, id: hostile })),
      },
      hostile,
    );
    expect(refuseBlocks(blocks)).toBeUndefined();
  });
});
