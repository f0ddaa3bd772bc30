import { describe, expect, test } from "@jest/globals";
import { apply } from "../../lib/guard/acting/apply.ts";
import { Ec2Error } from "../../lib/guard/ports.ts";
import { inverse } from "../../lib/model/remedy.ts";
import { formatRule, parseRule } from "../../lib/model/security-group-rule.ts";
import { granting, modifying } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";

const ALL = "all to 0.0.0.0/0";
const WEB = "tcp 443 to 0.0.0.0/0";
const policy = (options: string, mode = "enforce") => `mode: ${mode}\nrules: { no-unrestricted-egress: { ${options} } }`;
const REVOKE = policy("remedy: revoke");
const NARROW = policy("remedy: narrow, allow: [{ protocol: tcp, ports: 443 }]");

const rigWith = (text: string, ...rules: string[]) => {
  const rig = guardRig(text);
  rig.ec2.createGroup("sg-1", rules);
  return { ...rig, rules: () => rig.ec2.rules("sg-1").map(formatRule).sort() };
};

describe("revoking egress", () => {
  test("the first EC2 call after hearing of it is its revocation, and ingress of the same value stays", async () => {
    const rig = rigWith(REVOKE, ALL, WEB, "all from 10.0.0.0/8", "tcp 443 from 0.0.0.0/0");
    const decision = await rig.decide(granting(ALL));
    expect(rig.ec2.calls[0]).toBe("RevokeSecurityGroupEgress");
    expect(rig.rules()).toEqual(["all from 10.0.0.0/8", "tcp 443 from 0.0.0.0/0", WEB]);
    expect(decision).toMatchObject({
      outcome: "acted",
      findings: [{ rule: "no-unrestricted-egress", introduced: "now" }],
      acts: [{ result: "done", remedy: { kind: "revoke-egress" } }],
      latency: { toClosed: 0 },
    });
  });

  test("what stood before is closed when the group is touched, and nobody is blamed", async () => {
    const rig = rigWith(REVOKE, "all to 0.0.0.0/1", "all to 128.0.0.0/1", WEB);
    expect(await rig.decide(granting(WEB))).toMatchObject({
      outcome: "acted",
      findings: [{ introduced: "earlier" }, { introduced: "earlier" }],
    });
    expect(rig.rules()).toEqual([WEB]);
  });

  test("the same change again does nothing more", async () => {
    const rig = rigWith(REVOKE, ALL);
    const event = granting(ALL);
    const first = await rig.decide(event);
    expect(await rig.decide(event)).toEqual(first);
    expect(rig.bus.published).toHaveLength(1);
  });

  test("undo puts it back", async () => {
    const rig = rigWith(REVOKE, ALL, WEB);
    const { acts } = await rig.decide(granting(ALL));
    for (const { remedy } of acts) await apply(inverse(remedy), rig.ec2);
    expect(rig.rules()).toEqual([ALL, WEB]);
  });

  test("dry-run asks EC2 about the egress call and changes nothing", async () => {
    const rig = rigWith(policy("remedy: revoke", "dry-run"), ALL);
    expect(await rig.decide(granting(ALL))).toMatchObject({ outcome: "would-act" });
    expect(rig.ec2.calls).toContain("RevokeSecurityGroupEgress DryRun");
    expect(rig.rules()).toEqual([ALL]);
  });

  test("by default the rule is off, and with no remedy it only tells", async () => {
    const off = rigWith("mode: enforce", ALL);
    expect(await off.decide(granting(ALL))).toMatchObject({ outcome: "clean" });
    const on = rigWith("mode: enforce\nrules: { no-unrestricted-egress: true }", ALL);
    expect(await on.decide(granting(ALL))).toMatchObject({ outcome: "alert", acts: [] });
    expect([...off.rules(), ...on.rules()]).toEqual([ALL, ALL]);
  });

  test("ingress and egress of one call are both closed", async () => {
    const rig = rigWith(REVOKE, ALL, "tcp 22 from 0.0.0.0/0", WEB);
    const { acts } = await rig.decide(granting("tcp 22 from 0.0.0.0/0", ALL));
    expect(acts.map(({ remedy, result }) => `${result} ${remedy.kind}`)).toEqual(["done revoke-ingress", "done revoke-egress"]);
    expect(rig.rules()).toEqual([WEB]);
  });
});

describe("narrowing egress", () => {
  test("what is allowed is there before the rest goes, with description and tags", async () => {
    const rig = rigWith(NARROW);
    const described = { ...parseRule(ALL), description: "updates", tags: { team: "web" } };
    rig.ec2.grant("sg-1", described);
    const { acts } = await rig.decide(granting(described));
    expect(rig.ec2.calls.slice(0, 3)).toEqual(["DescribeSecurityGroup", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress"]);
    expect(rig.rules()).toEqual([WEB]);
    expect(rig.ec2.rules("sg-1")).toMatchObject([{ description: "updates", tags: { team: "web" } }]);
    for (const { remedy } of acts) await apply(inverse(remedy), rig.ec2);
    expect(rig.rules()).toEqual([ALL]);
  });

  test("private destinations of a rule that is too wide stay reachable", async () => {
    const rig = rigWith(policy('remedy: narrow, allow: [{ protocol: all, to: ["10.0.0.0/8"] }]'), ALL);
    await rig.decide(granting(ALL));
    expect(rig.rules()).toEqual(["all to 10.0.0.0/8"]);
  });
});

describe("ModifySecurityGroupRules, which tells no direction", () => {
  const standing = (text: string, rule: string) => {
    const rig = rigWith(text);
    rig.ec2.grant("sg-1", { ...parseRule(rule), id: "sgr-9" });
    return rig;
  };

  test("of an egress rule to all traffic is closed, and nothing is said of ingress", async () => {
    const rig = standing(REVOKE, ALL);
    const decision = await rig.decide(modifying("sgr-9", "all from 0.0.0.0/0"));
    expect(rig.ec2.calls.slice(0, 2)).toEqual(["RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress"]);
    expect(decision).toMatchObject({
      outcome: "acted",
      findings: [{ rule: "no-unrestricted-egress" }],
      acts: [{ result: "done", remedy: { kind: "revoke-egress" } }],
    });
    expect(rig.rules()).toEqual([]);
  });

  test("of an ingress rule to all traffic is closed, and nothing is said of egress", async () => {
    const rig = standing(REVOKE, "all from 0.0.0.0/0");
    expect(await rig.decide(modifying("sgr-9", ALL))).toMatchObject({
      outcome: "acted",
      findings: [{ rule: "no-public-ingress" }],
      acts: [{ remedy: { kind: "revoke-ingress" } }],
    });
    expect(rig.rules()).toEqual([]);
  });

  test("of an egress rule that may stand leaves it, and a denied call for ingress that never was is no failure", async () => {
    const rig = standing("mode: enforce", ALL);
    rig.ec2.before = (call) => {
      if (call.startsWith("Revoke")) throw new Ec2Error("denied", "UnauthorizedOperation", "no");
    };
    expect(await rig.decide(modifying("sgr-9", ALL))).toMatchObject({ outcome: "clean", findings: [], acts: [] });
    expect(rig.rules()).toEqual([ALL]);
  });

  test("tried again after a failed read, an egress rule that may stand is still no finding", async () => {
    const rig = standing("mode: enforce", ALL);
    rig.ec2.before = (call) => {
      if (call === "DescribeSecurityGroup") throw new Ec2Error("throttled", "RequestLimitExceeded", "slow down");
    };
    const event = modifying("sgr-9", ALL);
    await expect(rig.guard(event)).rejects.toThrow("slow down");
    rig.ec2.before = () => {};
    expect(await rig.decide(event)).toMatchObject({ outcome: "clean", findings: [], acts: [] });
  });

  test("to a value that is gone already closes nothing and finds nothing", async () => {
    const rig = rigWith(REVOKE, WEB);
    expect(await rig.decide(modifying("sgr-9", ALL))).toMatchObject({ outcome: "clean", findings: [] });
    expect(rig.rules()).toEqual([WEB]);
  });
});
