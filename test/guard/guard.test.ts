import { describe, expect, test } from "@jest/globals";
import { apply } from "../../lib/guard/apply.ts";
import { Ec2Error } from "../../lib/guard/ports.ts";
import { inverse, narrowRules } from "../../lib/model/remedy.ts";
import { formatRule, parseRule } from "../../lib/model/security-group-rule.ts";
import { change, granting, modifying } from "../support/changes.ts";
import { guardRig, SELF } from "../support/guard-rig.ts";
import { MemoryEc2 } from "../support/memory-ec2.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const LAWFUL = "tcp 22 from 10.0.0.0/8";

describe("closing", () => {
  test("the first EC2 call after hearing of a forbidden rule is its revocation", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH, LAWFUL]);
    const decision = await rig.decide(granting(SSH, LAWFUL));
    expect(rig.ec2.calls[0]).toBe("RevokeSecurityGroupIngress");
    expect(rig.open()).toEqual([LAWFUL]);
    expect(decision).toMatchObject({ outcome: "acted", mode: "enforce", latency: { eventAge: 2_000, toClosed: 0 } });
    expect(decision.findings.map((finding) => [String(finding.traffic), finding.introduced])).toEqual([[SSH, "now"]]);
    expect(rig.bus.published).toEqual([decision]);
    expect(rig.ledger.entries.get(decision.id)?.state).toBe("published");
  });

  test("a lawful change costs one read and no act", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", ["tcp 443 from 0.0.0.0/0"]);
    expect(await rig.decide(granting("tcp 443 from 0.0.0.0/0"))).toMatchObject({ outcome: "clean", acts: [], findings: [] });
    expect(rig.ec2.calls).toEqual(["DescribeSecurityGroup"]);
  });

  test("IPv4 and IPv6 of one call are both closed, by one call", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH, "tcp 22 from ::/0"]);
    await rig.decide(granting(SSH, "tcp 22 from ::/0"));
    expect(rig.open()).toEqual([]);
    expect(rig.ec2.calls.filter((call) => call.startsWith("Revoke"))).toHaveLength(1);
  });

  test("what only the whole group shows is closed while settling: 256 /8s granted one by one", async () => {
    const rig = guardRig();
    const blocks = Array.from({ length: 60 }, (_, i) => `tcp 22 from ${i + 11}.0.0.0/8`);
    rig.ec2.createGroup("sg-1", blocks);
    const decision = await rig.decide(granting("tcp 22 from 70.0.0.0/8"));
    expect(rig.open()).toEqual([]);
    expect(decision).toMatchObject({ outcome: "acted", findings: [{ introduced: "now" }] });
    expect(decision.findings[0]?.rules).toHaveLength(60);
  });

  test("a prefix list that holds 0.0.0.0/0 is found by reading it", async () => {
    const rig = guardRig();
    rig.ec2.createPrefixList("pl-1", "10.0.0.0/8", "0.0.0.0/0").createGroup("sg-1", ["tcp 22 from pl-1"]);
    const decision = await rig.decide(granting("tcp 22 from pl-1"));
    expect(decision).toMatchObject({ outcome: "acted", notJudged: [] });
    expect(rig.open()).toEqual([]);
  });

  test("a new version of a prefix list re-judges every group that names it", async () => {
    const rig = guardRig();
    rig.ec2.createPrefixList("pl-1", "0.0.0.0/0").createGroup("sg-1", ["tcp 22 from pl-1", LAWFUL]).createGroup("sg-2", [LAWFUL]);
    const answers = await rig.guard(change({ subject: { kind: "prefix-list", id: "pl-1" } }));
    expect(answers).toMatchObject([
      { outcome: "acted", change: { subject: { id: "sg-1" }, via: { id: "pl-1" } }, findings: [{ introduced: "now" }] },
    ]);
    expect(rig.open("sg-1")).toEqual([LAWFUL]);
    expect(rig.open("sg-2")).toEqual([LAWFUL]);
  });

  test("a read of the list that does not show its new entry yet is repeated; one that it never shows is believed after a while", async () => {
    const rig = guardRig();
    rig.ec2.createPrefixList("pl-1", "10.0.0.0/8").createGroup("sg-1", ["tcp 22 from pl-1"]);
    let reads = 0;
    rig.ec2.before = (call) => {
      if (call === "GetManagedPrefixListEntries" && ++reads === 3) rig.ec2.createPrefixList("pl-1", "10.0.0.0/8", "0.0.0.0/0");
    };
    const added = { op: "add", kind: "prefix-list", id: "pl-1", list: "cidrs" } as const;
    const adding = (...items: string[]) =>
      change({ subject: { kind: "prefix-list", id: "pl-1" }, claim: { kind: "effects", effects: [{ ...added, items }] } });
    expect(await rig.decide(adding("0.0.0.0/0"))).toMatchObject({ outcome: "acted", findings: [{ introduced: "now" }] });
    expect(rig.open()).toEqual([]);

    rig.ec2.createGroup("sg-1", ["tcp 443 from pl-1"]);
    const before = rig.clock.now();
    expect(await rig.decide(adding("2001:db8::/32"))).toMatchObject({ outcome: "clean" });
    expect(rig.clock.now() - before).toBe(3_000);
  });

  test("ModifySecurityGroupRules to a forbidden value is closed by that value, in one call", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1");
    rig.ec2.grant("sg-1", { ...parseRule(SSH), id: "sgr-9" });
    const decision = await rig.decide(modifying("sgr-9", SSH));
    expect(rig.ec2.calls[0]).toBe("RevokeSecurityGroupIngress");
    expect(decision.outcome).toBe("acted");
    expect(rig.open()).toEqual([]);
  });

  test("ModifySecurityGroupRules of an egress rule to the same value closes nothing and finds nothing", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1");
    rig.ec2.grant("sg-1", { ...parseRule("tcp 22 to 0.0.0.0/0"), id: "sgr-9" });
    expect(await rig.decide(modifying("sgr-9", SSH))).toMatchObject({ outcome: "clean", findings: [] });
    expect(rig.ec2.rules("sg-1")).toHaveLength(1);
  });

  test("old rules are closed when the group is touched, but nobody is blamed for them", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH, "tcp 443 from 0.0.0.0/0"]);
    const decision = await rig.decide(granting("tcp 443 from 0.0.0.0/0"));
    expect(decision.findings).toMatchObject([{ introduced: "earlier" }]);
    expect(decision.outcome).toBe("acted");
  });
});

describe("revoking by value", () => {
  test("a rule made lawful by ModifySecurityGroupRules before a late event arrives survives it", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1");
    rig.ec2.grant("sg-1", { ...parseRule("tcp 22 from 198.51.100.0/24"), id: "sgr-9" });
    const decision = await rig.decide(granting({ ...parseRule(SSH), id: "sgr-9" }));
    expect(rig.open()).toEqual(["tcp 22 from 198.51.100.0/24"]);
    expect(decision).toMatchObject({ outcome: "clean", findings: [] });
  });

  test("one permission that is gone already does not save the others in the same call", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", ["tcp 3306 from 0.0.0.0/0"]);
    const decision = await rig.decide(granting(SSH, "tcp 3306 from 0.0.0.0/0"));
    expect(rig.open()).toEqual([]);
    expect(decision.outcome).toBe("acted");
    expect(decision.acts.flatMap(({ remedy }) => remedy.revoke.map(formatRule))).toEqual(["tcp 3306 from 0.0.0.0/0"]);
    expect(decision.findings.map(({ traffic }) => String(traffic))).toEqual(["tcp 3306 from 0.0.0.0/0"]);
  });

  test("what offends only in sum is left alone once a part of it is gone", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", ["tcp 22 from 8.0.0.0/8"]);
    const decision = await rig.decide(granting("tcp 22 from 8.0.0.0/8", "tcp 22 from 9.0.0.0/8"));
    expect(decision).toMatchObject({ outcome: "clean", findings: [] });
    expect(rig.open()).toEqual(["tcp 22 from 8.0.0.0/8"]);
  });

  test("undo puts back exactly what was taken, description and tags too", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [LAWFUL]);
    const described = { ...parseRule(SSH), description: "for the audit", tags: { team: "web" } };
    rig.ec2.grant("sg-1", described);
    const before = rig.ec2.rules("sg-1").map(({ id: _, ...rule }) => rule);
    const decision = await rig.decide(granting(described));
    for (const { remedy } of decision.acts) await apply(inverse(remedy), rig.ec2);
    expect(rig.ec2.rules("sg-1").map(({ id: _, ...rule }) => rule)).toEqual(before);
  });
});

describe("narrowing", () => {
  const NARROW = "mode: enforce\nrules: { no-public-ingress: { remedy: narrow } }";

  test("the authorized 443 inside 443-8443 stays, and is there before the rest goes", async () => {
    const rig = guardRig(NARROW);
    rig.ec2.createGroup("sg-1").grant("sg-1", { ...parseRule("tcp 443-8443 from 0.0.0.0/0"), description: "web", tags: { team: "web" } });
    const decision = await rig.decide(granting({ ...parseRule("tcp 443-8443 from 0.0.0.0/0"), description: "web", tags: { team: "web" } }));
    expect(rig.open()).toEqual(["tcp 443 from 0.0.0.0/0"]);
    expect(rig.ec2.calls.slice(0, 3)).toEqual(["DescribeSecurityGroup", "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]);
    expect(rig.ec2.rules("sg-1")).toMatchObject([{ description: "web", tags: { team: "web" } }]);
    expect(decision.acts).toMatchObject([{ result: "done", remedy: { kind: "narrow-ingress" } }]);
  });

  test("nothing lawful in it: revoked at once", async () => {
    const rig = guardRig(NARROW);
    rig.ec2.createGroup("sg-1", [SSH]);
    await rig.decide(granting(SSH));
    expect(rig.ec2.calls[0]).toBe("RevokeSecurityGroupIngress");
  });

  test.each([
    ["its owner has removed it", [LAWFUL], [LAWFUL]],
    ["its owner has made it lawful", ["tcp 8443 from 10.0.0.0/8"], ["tcp 8443 from 10.0.0.0/8"]],
  ])("a late event opens nothing in place of a rule that is gone: %s", async (_, standing, left) => {
    const rig = guardRig(NARROW);
    rig.ec2.createGroup("sg-1", standing);
    expect(await rig.decide(granting("tcp 443-8443 from 0.0.0.0/0"))).toMatchObject({ outcome: "clean", findings: [] });
    expect(rig.open()).toEqual(left);
  });

  test("a duplicate does not open again what its owner closed after the narrowing", async () => {
    const rig = guardRig(NARROW);
    rig.ec2.createGroup("sg-1", ["tcp 443-8443 from 0.0.0.0/0"]);
    const event = granting("tcp 443-8443 from 0.0.0.0/0");
    const first = await rig.decide(event);
    rig.ec2.take("sg-1", "tcp 443 from 0.0.0.0/0");
    expect(await rig.decide(event)).toEqual(first);
    expect(rig.open()).toEqual([]);
    expect(rig.bus.published).toHaveLength(1);
  });

  test.each([
    ["gone", "rule-not-found"],
    ["refused", "denied"],
  ] as const)("a rule that is %s when it is to be revoked leaves no remainder behind", async (_, refusal) => {
    const rig = guardRig(NARROW);
    rig.ec2.createGroup("sg-1", ["tcp 443-8443 from 0.0.0.0/0", "tcp 80-90 from 0.0.0.0/0"]);
    let once = true;
    rig.ec2.before = (call) => {
      if (call !== "RevokeSecurityGroupIngress" || !once) return;
      once = false;
      if (refusal === "denied") throw new Ec2Error(refusal, "UnauthorizedOperation", "no");
      rig.ec2.take("sg-1", "tcp 443-8443 from 0.0.0.0/0");
    };
    await rig.guard(granting("tcp 443-8443 from 0.0.0.0/0"));
    expect(rig.open()).toEqual(
      refusal === "denied" ? ["tcp 443-8443 from 0.0.0.0/0", "tcp 80-90 from 0.0.0.0/0"] : ["tcp 80 from 0.0.0.0/0"],
    );
  });

  test("tags and description that the event does not tell go along", async () => {
    const rig = guardRig(NARROW);
    rig.ec2.createGroup("sg-1");
    rig.ec2.grant("sg-1", { ...parseRule("tcp 443-8443 from 0.0.0.0/0"), id: "sgr-9", description: "web", tags: { team: "web" } });
    await rig.decide(modifying("sgr-9", "tcp 443-8443 from 0.0.0.0/0"));
    expect(rig.ec2.rules("sg-1")).toMatchObject([{ fromPort: 443, toPort: 443, description: "web", tags: { team: "web" } }]);
  });

  test("a remainder that does not fit the group's quota: revoked whole, and said", async () => {
    const rig = guardRig(NARROW);
    rig.ec2.quota = 1;
    rig.ec2.createGroup("sg-1", ["tcp 443-8443 from 0.0.0.0/0"]);
    const decision = await rig.decide(granting("tcp 443-8443 from 0.0.0.0/0"));
    expect(rig.open()).toEqual([]);
    expect(decision.acts).toMatchObject([
      { result: "done", remedy: { kind: "revoke-ingress" }, error: expect.stringContaining("did not fit") },
    ]);
  });

  test("a remainder of which one rule exists and another does not fit: none of it is left behind", async () => {
    const ec2 = new MemoryEc2().createGroup("sg-1", ["tcp 80 from 0.0.0.0/0", "tcp 79-443 from 0.0.0.0/0"]);
    ec2.quota = 3;
    const remedy = narrowRules(
      "sg-1",
      [parseRule("tcp 79-443 from 0.0.0.0/0")],
      ["tcp 80 from 0.0.0.0/0", "tcp 443 from 0.0.0.0/0", "tcp 443 from ::/0"].map(parseRule),
    );
    expect(await apply(remedy, ec2)).toMatchObject({ result: "done", remedy: { kind: "revoke-ingress" } });
    expect(ec2.rules("sg-1").map(formatRule)).toEqual(["tcp 80 from 0.0.0.0/0"]);
  });

  test("a remainder that another rule admits anyway is not added, so undo leaves that rule alone", async () => {
    const rig = guardRig(NARROW);
    rig.ec2.createGroup("sg-1", ["tcp 443 from 0.0.0.0/0", "tcp 443-8443 from 0.0.0.0/0"]);
    const decision = await rig.decide(granting("tcp 443-8443 from 0.0.0.0/0"));
    expect(rig.open()).toEqual(["tcp 443 from 0.0.0.0/0"]);
    for (const { remedy } of decision.acts) await apply(inverse(remedy), rig.ec2);
    expect(rig.open()).toEqual(["tcp 443 from 0.0.0.0/0", "tcp 443-8443 from 0.0.0.0/0"]);
  });
});

describe("the same change again, late, or half done", () => {
  test("guarding twice leaves the same world, one decision, told once", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH, LAWFUL]);
    const event = granting(SSH);
    const first = await rig.decide(event);
    const second = await rig.decide(event);
    expect(second).toEqual(first);
    expect(rig.open()).toEqual([LAWFUL]);
    expect(rig.bus.published).toHaveLength(1);
    expect(rig.ledger.decisions()).toHaveLength(1);
  });

  test("two invocations at once make one decision", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    const [a, b] = await Promise.all([rig.decide(event), rig.decide(event)]);
    expect(a).toEqual(b);
    expect(a.outcome).toBe("acted");
    expect(rig.ledger.decisions()).toHaveLength(1);
    expect(rig.bus.published).toHaveLength(1);
  });

  test("a duplicate that finds the rule re-opened closes it and tells of it", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    await rig.decide(event);
    rig.ec2.grant("sg-1", SSH);
    const again = await rig.decide(event);
    expect(again.outcome).toBe("acted");
    expect(again.id).toContain("/again-");
    expect(rig.open()).toEqual([]);
    expect(rig.bus.published).toHaveLength(2);
  });

  test("events out of order end in the same world", async () => {
    const grant = granting(SSH);
    const revoke = change({ claim: { kind: "rules-revoked", rules: [parseRule(SSH)], ruleIds: [] } });
    for (const order of [
      [grant, revoke],
      [revoke, grant],
    ]) {
      const rig = guardRig();
      rig.ec2.createGroup("sg-1", [LAWFUL]);
      for (const event of order) expect((await rig.decide(event)).outcome).toBe("clean");
      expect(rig.open()).toEqual([LAWFUL]);
    }
  });

  test("the group is gone: nothing to do, a clean decision", async () => {
    const rig = guardRig();
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "clean", findings: [] });
  });

  test("killed after the revoke took effect: the retry knows that it acted", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    rig.ec2.after = () => {
      throw new Ec2Error("throttled", "TimeoutError", "socket hang up");
    };
    await expect(rig.guard(event)).rejects.toThrow("socket hang up");
    expect(rig.open()).toEqual([]);
    rig.ec2.after = () => {};
    expect(await rig.decide(event)).toMatchObject({ outcome: "acted", findings: [{ introduced: "now" }] });
    expect(rig.bus.published).toHaveLength(1);
  });

  test("the ledger is down while closing: closed and told all the same, and the failure is not hidden", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.ledger.before = () => {
      throw new Error("ledger down");
    };
    await expect(rig.guard(granting(SSH))).rejects.toThrow("ledger down");
    expect(rig.open()).toEqual([]);
    expect(rig.bus.published).toMatchObject([{ outcome: "acted" }]);
  });

  test("the bus is down after deciding: the retry announces the decision that stands", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    rig.bus.before = () => {
      throw new Error("bus down");
    };
    await expect(rig.guard(event)).rejects.toThrow("bus down");
    rig.bus.before = () => {};
    expect((await rig.decide(event)).outcome).toBe("acted");
    expect(rig.bus.published).toHaveLength(1);
  });
});

describe("EC2 is eventually consistent", () => {
  test("a rule just granted that reads do not show yet is waited for", async () => {
    const rig = guardRig("mode: dry-run");
    rig.ec2.createGroup("sg-1", [LAWFUL]);
    rig.ec2.serveStale(2);
    rig.ec2.grant("sg-1", SSH);
    expect((await rig.decide(granting(SSH))).outcome).toBe("would-act");
  });

  test("a read that still shows what was closed does not loop for ever", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.ec2.serveStale(2);
    const decision = await rig.decide(granting(SSH));
    expect(decision.outcome).toBe("acted");
    expect(decision.findings).toHaveLength(1);
  });

  test("someone who re-opens it each time is closed four times, then the decision says failed", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.ec2.before = (call) => {
      if (call === "DescribeSecurityGroup") rig.ec2.grant("sg-1", SSH);
    };
    const decision = await rig.decide(granting(SSH));
    expect(decision.outcome).toBe("failed");
    expect(decision.acts.at(-1)?.error).toContain("still open");
  });
});

describe("refused", () => {
  const refuse = (call: string, refusal: "denied" | "throttled") => (name: string) => {
    if (name === call) throw new Ec2Error(refusal, refusal === "denied" ? "UnauthorizedOperation" : "RequestLimitExceeded", "no");
  };

  test("a denied revoke is a failed decision that is told, not a log line", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.ec2.before = refuse("RevokeSecurityGroupIngress", "denied");
    const decision = await rig.decide(granting(SSH));
    expect(decision).toMatchObject({ outcome: "failed", findings: [{ introduced: "now" }] });
    expect(decision.acts[0]?.error).toContain("UnauthorizedOperation");
    expect(rig.bus.published).toHaveLength(1);
  });

  test("a denied read is never clean", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", ["tcp 443 from 0.0.0.0/0"]);
    rig.ec2.before = refuse("DescribeSecurityGroup", "denied");
    const decision = await rig.decide(granting("tcp 443 from 0.0.0.0/0"));
    expect(decision.outcome).toBe("alert");
    expect(decision.notJudged).toMatchObject([{ rule: "no-public-ingress", needs: expect.stringContaining("UnauthorizedOperation") }]);
  });

  test("throttling goes up, so that the queue tries again", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.ec2.before = refuse("RevokeSecurityGroupIngress", "throttled");
    await expect(rig.guard(granting(SSH))).rejects.toThrow(Ec2Error);
    expect(rig.bus.published).toEqual([]);
  });
});

describe("modes and what is left alone", () => {
  test("dry-run asks EC2 whether it may, changes nothing, and says would-act", async () => {
    const rig = guardRig("mode: dry-run");
    rig.ec2.createGroup("sg-1", [SSH]);
    const decision = await rig.decide(granting(SSH));
    expect(rig.ec2.calls).toEqual(["DescribeSecurityGroup", "RevokeSecurityGroupIngress DryRun"]);
    expect(decision).toMatchObject({ outcome: "would-act", mode: "dry-run", acts: [{ result: "would" }] });
    expect(rig.open()).toEqual([SSH]);
  });

  test("dry-run says when EC2 would refuse", async () => {
    const rig = guardRig("mode: dry-run");
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.ec2.before = (call) => {
      if (call.endsWith("DryRun")) throw new Ec2Error("denied", "UnauthorizedOperation", "no");
    };
    expect((await rig.decide(granting(SSH))).acts[0]?.error).toContain("EC2 would refuse it");
  });

  test("mode off: left alone", async () => {
    expect(await guardRig("mode: off").guard(granting(SSH))).toMatchObject([{ ignored: expect.stringContaining("off") }]);
  });

  test("remedy none: an alert, and nothing is closed", async () => {
    const rig = guardRig("mode: enforce\nrules: { no-public-ingress: { remedy: none } }");
    rig.ec2.createGroup("sg-1", [SSH]);
    expect((await rig.decide(granting(SSH))).outcome).toBe("alert");
    expect(rig.open()).toEqual([SSH]);
  });

  test("an exception admits what it names, no more, and the decision names it", async () => {
    const rig = guardRig(`mode: enforce
exceptions:
  - id: partner
    rule: no-public-ingress
    when: { groups: [sg-1] }
    allow: [{ protocol: tcp, ports: "22" }]
    until: 2027-03-31
    reason: until PrivateLink
    approved_by: security@example.com`);
    rig.ec2.createGroup("sg-1", [SSH]);
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "excepted", excepted: [{ exception: "partner" }] });
    rig.ec2.grant("sg-1", "tcp 23 from 0.0.0.0/0");
    expect((await rig.decide(granting("tcp 23 from 0.0.0.0/0"))).outcome).toBe("acted");
    expect(rig.open()).toEqual([SSH]);
  });

  test("a scope that asks for a tag makes the guard read the group first", async () => {
    const rig = guardRig(`mode: dry-run
trust: { tags: [team] }
scopes: [{ name: web, when: { tags: { team: web } }, mode: enforce }]`);
    rig.ec2.createGroup("sg-1", [SSH], { tags: { team: "web" } });
    expect((await rig.decide(granting(SSH))).outcome).toBe("acted");
    expect(rig.ec2.calls[0]).toBe("DescribeSecurityGroup");
  });

  test.each(["off", "dry-run"])(
    "a scope that asks for a tag of a group that cannot be read: nothing is done by guess (%s)",
    async (mode) => {
      const rig = guardRig(`mode: enforce
trust: { tags: [team] }
scopes: [{ name: legacy, when: { tags: { team: legacy } }, mode: ${mode} }]`);
      rig.ec2.createGroup("sg-1", [SSH], { tags: { team: "legacy" } });
      rig.ec2.before = (call) => {
        if (call === "DescribeSecurityGroup") throw new Ec2Error("denied", "UnauthorizedOperation", "no");
      };
      const decision = await rig.decide(granting(SSH));
      expect(decision).toMatchObject({ outcome: "alert", notJudged: [{ needs: expect.stringContaining("UnauthorizedOperation") }] });
      expect(rig.open()).toEqual([SSH]);
    },
  );

  test("a scope that is off but for unreadable groups is never silent", async () => {
    const rig = guardRig(`mode: off
trust: { tags: [team] }
scopes: [{ name: web, when: { tags: { team: web } }, mode: enforce }]`);
    rig.ec2.createGroup("sg-1", [SSH], { tags: { team: "web" } });
    rig.ec2.before = (call) => {
      if (call === "DescribeSecurityGroup") throw new Ec2Error("denied", "UnauthorizedOperation", "no");
    };
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "alert" });
  });

  test("a scope that asks for organizational units, which nobody knows: nothing is done by guess", async () => {
    const rig = guardRig("mode: enforce\nscopes: [{ when: { ous: [ou-lab] }, mode: off }]");
    rig.ec2.createGroup("sg-1", [SSH]);
    const decision = await rig.decide(granting(SSH));
    expect(decision).toMatchObject({ outcome: "alert", acts: [], notJudged: [{ needs: expect.stringContaining("organizational units") }] });
    expect(rig.open()).toEqual([SSH]);
  });

  test("its own acts and failed calls are left alone, without a call", async () => {
    const rig = guardRig();
    const own = { arn: "arn:aws:sts::111122223333:assumed-role/portcullis-guard/portcullis-guard", ...SELF };
    expect(await rig.guard({ ...granting(SSH), actor: own })).toEqual([{ ignored: "own act" }]);
    expect(await rig.guard({ ...granting(SSH), failed: "Client.UnauthorizedOperation" })).toMatchObject([{ ignored: expect.any(String) }]);
    expect(rig.ec2.calls).toEqual([]);
  });

  test("another session of the guard's role, or another role with its session name, is guarded", async () => {
    for (const actor of [
      { ...SELF, session: "somebody" },
      { ...SELF, role: "arn:aws:iam::444455556666:role/portcullis-guard" },
    ]) {
      const rig = guardRig();
      rig.ec2.createGroup("sg-1", [SSH]);
      expect((await rig.decide({ ...granting(SSH), actor: { arn: "arn:aws:sts::x", ...actor } })).outcome).toBe("acted");
    }
  });
});
