import { describe, expect, test } from "@jest/globals";
import { apply } from "../../lib/guard/acting/apply.ts";
import { Ec2Error } from "../../lib/guard/ports.ts";
import { inverse, narrowRules } from "../../lib/model/remedy.ts";
import { formatRule, parseRule } from "../../lib/model/security-group-rule.ts";
import { granting, modifying } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";
import { MemoryEc2 } from "../support/memory-ec2.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const LAWFUL = "tcp 22 from 10.0.0.0/8";

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
