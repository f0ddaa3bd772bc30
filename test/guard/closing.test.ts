import { describe, expect, test } from "@jest/globals";
import { apply } from "../../lib/guard/acting/apply.ts";
import { inverse, isGroupRemedy } from "../../lib/model/remedy.ts";
import { formatRule, parseRule } from "../../lib/model/security-group-rule.ts";
import { change, granting, modifying } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";

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
      if (call === "get prefix-list" && ++reads === 3) rig.ec2.createPrefixList("pl-1", "10.0.0.0/8", "0.0.0.0/0");
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
    expect(decision.acts.flatMap(({ remedy }) => (isGroupRemedy(remedy) ? remedy.revoke.map(formatRule) : []))).toEqual([
      "tcp 3306 from 0.0.0.0/0",
    ]);
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
