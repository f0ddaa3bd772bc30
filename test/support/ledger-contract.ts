import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { DecisionReader } from "../../lib/guard/notify-ports.ts";
import type { Ledger } from "../../lib/guard/ports.ts";
import { type Decision, decisionId } from "../../lib/model/decision.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import type { DigestPorts } from "../../lib/telling/digest.ts";
import { AGAIN, FIRST } from "./attempts.ts";
import { granting } from "./changes.ts";

interface Stage {
  readonly ledger: Ledger & DecisionReader & DigestPorts["decisions"];
  close(): Promise<void>;
}

/** What every ledger does: the suite runs on the one in memory and on the DynamoDB of an emulator. */
export function testLedgerContract(open: () => Promise<Stage>): void {
  let stage: Stage;
  beforeAll(async () => {
    stage = await open();
  }, 300_000);
  afterAll(() => stage.close());

  test("a decision begins once: whoever comes second is told so", async () => {
    const { id, change } = decision();
    expect(await stage.ledger.begin(id, change, "v1")).toBeUndefined();
    expect(await stage.ledger.begin(id, change, "v1")).toEqual({ state: "begun" });
  });

  test("what is about to be done is kept in its order, also when it is decided, with who meant to do it", async () => {
    const given = decision();
    const [act] = given.acts;
    const intent = { by: FIRST, findings: given.findings, remedies: act === undefined ? [] : [act.remedy] };
    const next = { by: AGAIN, findings: [], remedies: [{ kind: "unset-public-ip", subnet: "subnet-1" }] } as const;
    await stage.ledger.begin(given.id, given.change, "v1");
    await stage.ledger.intend(given.id, intent);
    await stage.ledger.intend(given.id, next);
    expect(await stage.ledger.begin(given.id, given.change, "v1")).toEqual({ state: "begun" });
    expect(await stage.ledger.intended(given.id)).toEqual([intent, next]);
    await stage.ledger.decide(given, FIRST);
    await stage.ledger.intend(given.id, intent);
    expect(await stage.ledger.begin(given.id, given.change, "v1")).toEqual({ state: "decided", decision: given, by: FIRST, revision: 0 });
    expect(await stage.ledger.intended(given.id)).toEqual([intent, next, intent]);
    expect(await stage.ledger.intended(`${given.id}/again-1`)).toEqual([]);
  });

  test("what is about to be done is kept where nobody could begin, too", async () => {
    const given = decision();
    const intent = { by: FIRST, findings: given.findings, remedies: [] };
    await stage.ledger.intend(given.id, intent);
    expect(await stage.ledger.begin(given.id, given.change, "v1")).toBeUndefined();
    expect(await stage.ledger.intended(given.id)).toEqual([intent]);
  });

  test("what a change reaches is kept, once, however often it is noted", async () => {
    const [group, table] = [
      { kind: "security-group", id: "sg-1" },
      { kind: "route-table", id: "rtb-1", possible: true },
    ] as const;
    const { change } = decision();
    expect(await stage.ledger.reached(change.id)).toEqual([]);
    await stage.ledger.reach(change.id, [group]);
    await stage.ledger.reach(change.id, [table, group]);
    const reached = await stage.ledger.reached(change.id);
    expect(reached).toHaveLength(2);
    expect(reached).toEqual(expect.arrayContaining([group, table]));
  });

  test("what it holds about a decision can be looked at: nothing, its beginning, or all of it", async () => {
    const given = decision();
    expect(await stage.ledger.look(given.id)).toBeUndefined();
    await stage.ledger.begin(given.id, given.change, "v1");
    expect(await stage.ledger.look(given.id)).toEqual({ state: "begun" });
    await stage.ledger.decide(given, FIRST);
    expect(await stage.ledger.look(given.id)).toEqual({ state: "decided", decision: given, by: FIRST, revision: 0 });
  });

  test("of two decisions on one change the first stands, and both are told it", async () => {
    const first = decision();
    const second = { ...first, outcome: "clean" } as const;
    await stage.ledger.begin(first.id, first.change, "v1");
    expect(await stage.ledger.decide(first, FIRST)).toEqual({ state: "decided", decision: first, by: FIRST, revision: 0 });
    expect(await stage.ledger.decide(second, FIRST)).toEqual({ state: "decided", decision: first, by: FIRST, revision: 0 });
    expect(await stage.ledger.begin(first.id, first.change, "v1")).toEqual({ state: "decided", decision: first, by: FIRST, revision: 0 });
  });

  test("a decision is put in the place of the one that was read, and of no other", async () => {
    const first = decision();
    const whole = { ...first, outcome: "failed" } as const;
    const late = { ...first, outcome: "clean" } as const;
    await stage.ledger.decide(first, FIRST);
    expect(await stage.ledger.amend(whole, 0)).toEqual({ state: "decided", decision: whole, revision: 1 });
    expect(await stage.ledger.amend(late, 0)).toEqual({ state: "decided", decision: whole, by: FIRST, revision: 1 });
    expect(await stage.ledger.amend(late, 1)).toEqual({ state: "decided", decision: late, revision: 2 });
    expect(await stage.ledger.read(first.id)).toEqual(late);
  });

  test("a decision that never began, because the ledger was down, is recorded all the same", async () => {
    const given = decision();
    expect(await stage.ledger.decide(given, FIRST)).toEqual({ state: "decided", decision: given, by: FIRST, revision: 0 });
  });

  test("what was published is known to be, traffic and rules intact", async () => {
    const given = decision();
    await stage.ledger.decide(given, FIRST);
    await stage.ledger.published(given.id, 0);
    expect(await stage.ledger.begin(given.id, given.change, "v1")).toEqual({ state: "published", decision: given, by: FIRST, revision: 0 });
  });

  test("what was amended after it was published is to be published anew, and whoever published the former did not do that", async () => {
    const first = decision();
    const whole = { ...first, outcome: "failed" } as const;
    await stage.ledger.decide(first, FIRST);
    await stage.ledger.published(first.id, 0);
    await stage.ledger.amend(whole, 0);
    expect(await stage.ledger.look(first.id)).toEqual({ state: "decided", decision: whole, by: FIRST, revision: 1 });
    await stage.ledger.published(first.id, 0);
    expect(await stage.ledger.look(first.id)).toMatchObject({ state: "decided" });
    await stage.ledger.published(first.id, 1);
    expect(await stage.ledger.look(first.id)).toEqual({ state: "published", decision: whole, by: FIRST, revision: 1 });
  });

  test("the decisions of a day are listed, and those that only began are not", async () => {
    const day = () => new Date().toISOString().slice(0, 10);
    const [made, begun, before] = [decision(), decision(), day()];
    await stage.ledger.begin(begun.id, begun.change, "v1");
    await stage.ledger.decide(made, FIRST);
    const listed = [...(await stage.ledger.on(before)), ...(before === day() ? [] : await stage.ledger.on(day()))].map(({ id }) => id);
    expect(listed).toContain(made.id);
    expect(listed).not.toContain(begun.id);
    expect(await stage.ledger.on("2020-01-01")).toEqual([]);
  });

  test("a decision on a group of 1,000 rules is kept whole", async () => {
    const given = decision();
    const [finding] = given.findings;
    const rules = Array.from({ length: 1000 }, (_, i) => ({
      ...parseRule(`tcp 22 from 10.${i >> 8}.${i & 255}.0/24`),
      description: `rule ${i} of a very large group`.repeat(6),
    }));
    const large = { ...given, findings: rules.flatMap((rule) => (finding === undefined ? [] : [{ ...finding, rules: [rule] }])) };
    expect(JSON.stringify(large).length).toBeGreaterThan(400_000);
    await stage.ledger.begin(large.id, large.change, "v1");
    await stage.ledger.decide(large, FIRST);
    expect(await stage.ledger.begin(large.id, large.change, "v1")).toEqual({ state: "decided", decision: large, by: FIRST, revision: 0 });
  });

  test("a decision is read whole by its id, and only once it is made", async () => {
    const given = decision();
    expect(await stage.ledger.read(given.id)).toBeUndefined();
    await stage.ledger.begin(given.id, given.change, "v1");
    expect(await stage.ledger.read(given.id)).toBeUndefined();
    await stage.ledger.decide(given, FIRST);
    expect(await stage.ledger.read(given.id)).toEqual(given);
  });

  test("publishing what nobody decided is refused", async () => {
    await expect(stage.ledger.published("no-such-decision", 0)).rejects.toThrow();
  });
}

export function decision(): Decision {
  const change = granting("tcp 22 from 0.0.0.0/0");
  const traffic = TrafficSet.parse("tcp 22 from 0.0.0.0/0 except 198.51.100.0/24");
  const rules = [{ ...parseRule("tcp 22 from 0.0.0.0/0"), id: "sgr-1", description: "tmp", tags: { team: "web" } }];
  const finding = {
    rule: "no-public-ingress",
    severity: "critical",
    message: "open",
    traffic,
    rules,
    parts: [],
    introduced: "now",
  } as const;
  const remedy = { kind: "revoke-ingress", group: "sg-1", revoke: rules, authorize: [] } as const;
  return {
    id: decisionId(change),
    change,
    policyVersion: "v1",
    mode: "enforce",
    outcome: "acted",
    findings: [finding],
    excepted: [{ finding, exception: "partner" }],
    acts: [{ remedy, result: "done" }],
    notJudged: [{ rule: "no-public-ingress", needs: "the entries of pl-1" }],
    partial: false,
    names: { account: "payments", subject: "web", vpc: "vpc-1" },
    channel: "#net",
    latency: { eventAge: 2000, toClosed: 40 },
  };
}
