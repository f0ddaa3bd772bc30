import { describe, expect, test } from "@jest/globals";
import { approve } from "../../lib/guard/answering/approve.ts";
import { endOf, judgeAgainEvent } from "../../lib/guard/answering/judge-again.ts";
import type { Answer } from "../../lib/guard/answering/respond-ports.ts";
import { Ec2Error } from "../../lib/guard/ports.ts";
import { receive } from "../../lib/guard/receive.ts";
import type { Decision } from "../../lib/model/decision.ts";
import type { Grant } from "../../lib/model/grant.ts";
import { formatRule, parseRule } from "../../lib/model/security-group-rule.ts";
import { FIRST } from "../support/attempts.ts";
import { AT, change, granting } from "../support/changes.ts";
import { routeTable } from "../support/facts.ts";
import { guardRig } from "../support/guard-rig.ts";
import { type RespondRig, respondRig } from "../support/respond-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const POLICY = "mode: enforce\nslack: { approvers: [U0APPROVER, S0TEAM], directory: { ada: U0ADA } }";

/** A hole that was closed, and those who can answer for it. */
async function closed(policy = POLICY, rules: readonly string[] = [SSH], opened = SSH): Promise<RespondRig & { decision: Decision }> {
  const rig = guardRig(policy);
  rig.ec2.createGroup("sg-1", ["tcp 443 from 0.0.0.0/0"]);
  for (const rule of rules) rig.ec2.grant("sg-1", { ...parseRule(rule), description: "for the vendor", tags: { team: "web" } });
  const decision = await rig.decide(granting({ ...parseRule(opened), description: "for the vendor", tags: { team: "web" } }));
  return { ...respondRig(rig), decision };
}

/** The first of these exceptions ends: its schedule asks the guard to look again. */
async function end(rig: ReturnType<typeof guardRig>, [first]: readonly Grant[]): Promise<void> {
  if (first === undefined) throw new Error("no schedule was made: expected the end of an exception");
  rig.clock.time = Date.parse(first.until) + 1000;
  await receive(judgeAgainEvent(first), rig.ports, { info: () => {}, warn: () => {}, error: () => {} }, FIRST);
}

describe("undo", () => {
  test("puts back exactly what was closed, and the guard leaves it", async () => {
    const { rig, ports, decision, ask } = await closed();
    const { answer } = await approve(ask("undo", decision), ports);
    expect(answer).toMatchObject({ result: "done", user: "U0APPROVER", says: expect.stringContaining("put back as it was") });
    const [rule] = rig.ec2.rules("sg-1").filter((one) => formatRule(one) === SSH);
    expect(rule).toMatchObject({ description: "for the vendor", tags: { team: "web" } });
    const again = await rig.decide(granting(SSH));
    expect(again).toMatchObject({ outcome: "excepted", excepted: [{ exception: answer.grant }] });
    expect(rig.open()).toContain(SSH);
  });

  test("takes back what narrowing left", async () => {
    const policy = `${POLICY}\nrules: { no-public-ingress: { remedy: narrow } }`;
    const { rig, ports, decision, ask } = await closed(policy, ["tcp 443-8443 from 0.0.0.0/0"], "tcp 443-8443 from 0.0.0.0/0");
    await approve(ask("undo", decision), ports);
    expect(rig.open()).toEqual(["tcp 443 from 0.0.0.0/0", "tcp 443-8443 from 0.0.0.0/0"]);
  });

  test("twice is once, and the same delivery twice is answered once", async () => {
    const { rig, ports, grants, decision, ask } = await closed();
    const first = ask("undo", decision);
    const one = await approve(first, ports);
    expect(await approve(first, ports)).toEqual(one);
    expect((await approve(ask("undo", decision), ports)).answer).toMatchObject({
      result: "moot",
      says: expect.stringContaining("stands already"),
    });
    expect(rig.open().filter((rule) => rule === SSH)).toHaveLength(1);
    expect(await grants.all()).toHaveLength(1);
  });

  test("after the group is gone says so, and leaves no grant", async () => {
    const { rig, ports, grants, decision, ask } = await closed();
    rig.ec2.deleteGroup("sg-1");
    expect((await approve(ask("undo", decision), ports)).answer).toMatchObject({
      result: "moot",
      says: expect.stringContaining("does not exist any more"),
    });
    expect(await grants.all()).toEqual([]);
  });

  test("after somebody re-created the rule by hand says so, and allows it", async () => {
    const { rig, ports, decision, ask } = await closed();
    rig.ec2.grant("sg-1", SSH);
    expect((await approve(ask("undo", decision), ports)).answer).toMatchObject({ result: "moot", grant: expect.any(String) });
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "excepted" });
  });

  test("in a group that is full by now changes nothing, and says what EC2 said", async () => {
    const policy = `${POLICY}\nrules: { no-public-ingress: { remedy: narrow } }`;
    const { rig, ports, grants, decision, ask } = await closed(policy, ["tcp 443-8443 from 0.0.0.0/0"], "tcp 443-8443 from 0.0.0.0/0");
    const before = rig.open();
    rig.ec2.quota = rig.ec2.rules("sg-1").length;
    expect((await approve(ask("undo", decision), ports)).answer).toMatchObject({
      result: "failed",
      says: expect.stringContaining("LimitExceeded"),
    });
    expect(rig.open()).toEqual(before);
    expect(await grants.all()).toEqual([]);
  });

  test("in a group that is full keeps what an earlier undo had put back allowed", async () => {
    const { rig, ports, grants, decision, ask } = await closed(POLICY, [SSH, "tcp 23 from 0.0.0.0/0"], SSH);
    await approve(ask("undo", decision), ports);
    const [one] = rig.ec2.rules("sg-1").filter((rule) => formatRule(rule) === SSH);
    expect(one).toBeDefined();
    await rig.ec2.revoke("sg-1", one === undefined ? [] : [one]);
    rig.ec2.quota = rig.ec2.rules("sg-1").length;
    expect((await approve(ask("undo", decision), ports)).answer).toMatchObject({
      result: "failed",
      says: expect.stringContaining("what is back is allowed until"),
    });
    expect(await grants.all()).toHaveLength(1);
  });

  test("that could not be done and is asked for again later has an end of its own", async () => {
    const { rig, ports, schedules, decision, ask } = await closed();
    rig.ec2.quota = rig.ec2.rules("sg-1").length;
    expect((await approve(ask("undo", decision), ports)).answer.result).toBe("failed");
    rig.ec2.quota = 60;
    rig.clock.time += 3_600_000;
    expect((await approve(ask("undo", decision), ports)).answer.result).toBe("done");
    expect(new Set(schedules.map(endOf)).size).toBe(2);
  });

  test("once more, when its exception has ended, allows it anew and not until then", async () => {
    const { rig, ports, schedules, grants, decision, ask } = await closed();
    await approve(ask("undo", decision), ports);
    await end(rig, schedules);
    expect(rig.open()).not.toContain(SSH);
    expect((await approve(ask("undo", decision), ports)).answer.result).toBe("done");
    const [second] = await grants.all();
    expect(Date.parse(second?.until ?? "")).toBeGreaterThan(rig.clock.now());
    expect(schedules.at(-1)?.until).toBe(second?.until);
  });

  test("of a route puts the route back, and the guard leaves it", async () => {
    const rig = guardRig(`${POLICY}\nrules: { no-public-main-table: { remedy: delete } }`);
    rig.ec2.put("route-table", routeTable("rtb-1", { main: true, routes: ["0.0.0.0/0 to igw-1"] }));
    const event = change({ subject: { kind: "route-table", id: "rtb-1" } });
    const decision = await rig.decide(event);
    const { ports, ask } = respondRig(rig);
    expect((await approve(ask("undo", decision), ports)).answer.result).toBe("done");
    expect((await rig.ec2.get("route-table", "rtb-1"))?.routes).toContainEqual({ destination: "0.0.0.0/0", target: "igw-1" });
    expect(await rig.decide(change({ subject: { kind: "route-table", id: "rtb-1" } }))).toMatchObject({ outcome: "excepted" });
  });

  test("that was throttled comes again, and the grant stands before anything is put back", async () => {
    const { rig, ports, grants, decision, ask } = await closed();
    const request = ask("undo", decision);
    rig.ec2.before = (call) => {
      if (call.startsWith("Authorize")) throw new Ec2Error("throttled", "RequestLimitExceeded", "slow down");
    };
    await expect(approve(request, ports)).rejects.toThrow("slow down");
    expect(await grants.all()).toHaveLength(1);
    rig.ec2.before = () => {};
    expect((await approve(request, ports)).answer.result).toBe("done");
    expect(await grants.all()).toHaveLength(1);
  });

  test("of what was only found says that nothing was done", async () => {
    const { ports, decision, ask } = await closed("mode: dry-run\nslack: { approvers: [U0APPROVER] }");
    expect((await approve(ask("undo", decision), ports)).answer).toMatchObject({ result: "moot" });
  });
});

describe("allow", () => {
  const hours = (count: number) => new Date(Date.parse(AT) + count * 3_600_000).toISOString();

  test("re-creates what was closed until the moment that was chosen, and has the guard look again then", async () => {
    const { rig, ports, schedules, decision, ask } = await closed();
    const { answer } = await approve(ask("allow", decision, { until: hours(4), reason: "audit" }), ports);
    expect(answer).toMatchObject({ result: "done", reason: "audit" });
    expect(rig.open()).toContain(SSH);
    expect(schedules).toMatchObject([{ id: answer.grant, until: hours(4), reason: "audit", approvedBy: "U0APPROVER" }]);
    rig.clock.time = Date.parse(hours(5));
    expect(await rig.decide(granting(SSH))).toMatchObject({ acts: [{ result: "done" }] });
    expect(rig.open()).not.toContain(SSH);
  });

  test.each([
    ["the past", hours(-1), "is past already"],
    ["longer than the policy lets what is critical be granted", hours(9), "at most 8 h"],
    ["no moment at all", "soon", "is no moment"],
  ])("until %s is refused, and nothing is done", async (_, until, says) => {
    const { rig, ports, grants, decision, ask } = await closed();
    expect((await approve(ask("allow", decision, { until, reason: "x" }), ports)).answer).toMatchObject({
      result: "refused",
      says: expect.stringContaining(says),
    });
    expect(rig.open()).not.toContain(SSH);
    expect(await grants.all()).toEqual([]);
  });

  test("in dry-run only keeps the finding from being told", async () => {
    const { rig, ports, decision, ask } = await closed("mode: dry-run\nslack: { approvers: [U0APPROVER] }");
    expect((await approve(ask("allow", decision, { until: hours(4), reason: "x" }), ports)).answer.result).toBe("done");
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "excepted" });
  });
});

test("snooze keeps advice from being told for a week, and puts nothing back", async () => {
  const { rig, ports, grants, decision, ask } = await closed(
    "mode: dry-run\nslack: { approvers: [U0APPROVER], longest: { critical: 30d } }",
  );
  expect((await approve(ask("snooze", decision), ports)).answer).toMatchObject({
    result: "done",
    says: expect.stringContaining("not told again"),
  });
  expect(await grants.all()).toMatchObject([{ until: new Date(rig.clock.now() + 7 * 86_400_000).toISOString() }]);
});

describe("who may", () => {
  const by = async (user: string, policy = POLICY, members: Readonly<Record<string, readonly string[]>> = {}): Promise<Answer> => {
    const { ports, desk, decision, ask } = await closed(policy);
    Object.assign(desk.groups, members);
    return (await approve({ ...ask("undo", decision), user }, ports)).answer;
  };

  test("an approver by id", async () => expect((await by("U0APPROVER")).result).toBe("done"));
  test("a member of a user group", async () => expect((await by("U0MEMBER", POLICY, { S0TEAM: ["U0MEMBER"] })).result).toBe("done"));
  test("not one who left it", async () => {
    expect(await by("U0MEMBER", POLICY, { S0TEAM: [] })).toMatchObject({
      result: "refused",
      says: expect.stringContaining("not among the approvers"),
    });
  });
  test("not who made the change, though an approver", async () => {
    const policy = "mode: enforce\nslack: { approvers: [U0ADA], directory: { ada: U0ADA } }";
    expect(await by("U0ADA", policy)).toMatchObject({ result: "refused", says: expect.stringContaining("you made this change yourself") });
    expect((await by("U0ADA", policy.replace("approvers", "four_eyes: false, approvers"))).result).toBe("done");
  });
  test("not who made the change that an exception was for, when that has ended", async () => {
    const policy = "mode: enforce\nslack: { approvers: [U0APPROVER, U0ADA], directory: { ada: U0ADA } }";
    const { rig, ports, schedules, decision, ask } = await closed(policy);
    await approve(ask("undo", decision), ports);
    await end(rig, schedules);
    const ended = rig.ledger.decisions().find(({ change: { call } }) => call.name === "GrantEnded");
    expect(ended).toMatchObject({ outcome: "acted" });
    const asked = { ...ask("undo", ended ?? decision), user: "U0ADA" };
    expect((await approve(asked, ports)).answer).toMatchObject({ result: "refused", says: expect.stringContaining("yourself") });
  });
  test("whoever, and it is said, where Slack does not know who made the change", async () => {
    const says = (await by("U0APPROVER", "mode: enforce\nslack: { approvers: [U0APPROVER] }")).says;
    expect(says).toContain("Four eyes could not be checked");
    expect((await by("U0APPROVER")).says).not.toContain("Four eyes");
  });
  test("nobody, where the policy names no approvers", async () => {
    expect(await by("U0APPROVER", "mode: enforce")).toMatchObject({ result: "refused", says: expect.stringContaining("no approvers") });
  });
  test("nothing is done, and no grant is written, for whoever may not", async () => {
    const { rig, ports, grants, answers, decision, ask } = await closed();
    await approve({ ...ask("undo", decision), user: "U0STRANGER" }, ports);
    expect(rig.open()).not.toContain(SSH);
    expect(await grants.all()).toEqual([]);
    expect([...answers.values()]).toMatchObject([{ user: "U0STRANGER", result: "refused", decision: decision.id }]);
  });
});

test("a decision that has left the ledger can be answered for no more", async () => {
  const { ports, decision, ask } = await closed();
  const request = { ...ask("undo", decision), decision: "gone/sg-1" };
  expect((await approve(request, ports)).answer).toMatchObject({ result: "moot", says: expect.stringContaining("left the ledger") });
});

test("what names a security group cannot be allowed by an exception", async () => {
  const policy = "mode: enforce\nrules: { admin-through-bastion: { from: [] } }\nslack: { approvers: [U0APPROVER] }";
  const rig = guardRig(policy);
  rig.ec2.createGroup("sg-1", ["tcp 22 from sg-app"]).createGroup("sg-app");
  const decision = await rig.decide(granting("tcp 22 from sg-app"));
  const { ports, ask } = respondRig(rig);
  expect((await approve(ask("undo", decision), ports)).answer).toMatchObject({
    result: "refused",
    says: expect.stringContaining("allow it in the policy"),
  });
});
