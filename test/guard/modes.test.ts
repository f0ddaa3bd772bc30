import { describe, expect, test } from "@jest/globals";
import { guard } from "../../lib/guard/guard.ts";
import { Ec2Error } from "../../lib/guard/ports.ts";
import { FIRST } from "../support/attempts.ts";
import { AT, granting } from "../support/changes.ts";
import { guardRig, SELF } from "../support/guard-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const ACCOUNT_IN_PROD = { id: "111122223333", name: "shop", ous: ["ou-r1-web", "ou-r1-prod", "r-r1"], tags: {} };

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

  test("a scope that asks for organizational units: holds for the accounts in them, at any depth", async () => {
    const rig = guardRig("scopes: [{ when: { ous: [ou-r1-prod] }, mode: enforce }]");
    await rig.directory.replace([ACCOUNT_IN_PROD], { at: AT, ous: ["r-r1", "ou-r1-prod", "ou-r1-web"] });
    rig.ec2.createGroup("sg-1", [SSH]);
    const decision = await rig.decide(granting(SSH));
    expect(decision).toMatchObject({ outcome: "acted", mode: "enforce", names: { account: "shop" } });
    expect(rig.open()).toEqual([]);
  });

  test("a scope that asks for organizational units: an account that is not known yet has the policy's mode", async () => {
    const rig = guardRig("mode: enforce\nscopes: [{ when: { ous: [ou-r1-lab] }, mode: off }]");
    await rig.directory.replace([], { at: AT, ous: ["r-r1", "ou-r1-lab"] });
    rig.ec2.createGroup("sg-1", [SSH]);
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "acted" });
  });

  test("a scope that asks for organizational units: while the directory cannot tell, nothing is decided, and the change comes again", async () => {
    const rig = guardRig("scopes: [{ when: { ous: [ou-r1-prod] }, mode: enforce }]");
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.directory.before = () => {
      throw new Error("DynamoDB is slow");
    };
    await expect(rig.guard(granting(SSH))).rejects.toThrow("DynamoDB is slow");
    expect([rig.ledger.decisions(), rig.bus.published]).toEqual([[], []]);
  });

  test("a policy that asks for no organizational units decides whatever becomes of the directory", async () => {
    const rig = guardRig("mode: enforce");
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.directory.before = () => {
      throw new Error("DynamoDB is slow");
    };
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "acted", names: { subject: "sg-1" } });
  });

  test("without a channel of the resource's team, the account's team is told", async () => {
    const rig = guardRig('mode: enforce\nslack: { channel: "#all", team: { tag: team, channels: { web: "#web", data: "#data" } } }');
    await rig.directory.replace([{ ...ACCOUNT_IN_PROD, tags: { team: "web" } }], { at: AT, ous: [] });
    rig.ec2.createGroup("sg-1", [SSH]).createGroup("sg-2", [SSH], { tags: { team: "data" } });
    expect((await rig.decide(granting(SSH))).channel).toBe("#web");
    expect((await rig.decide({ ...granting(SSH), id: "another", subject: { kind: "security-group", id: "sg-2" } })).channel).toBe("#data");
  });

  test("its own acts and failed calls are left alone, without a call", async () => {
    const rig = guardRig();
    const own = { arn: "arn:aws:sts::111122223333:assumed-role/portcullis-guard/portcullis-guard", ...SELF };
    expect(await rig.guard({ ...granting(SSH), actor: own })).toEqual([{ ignored: "own act" }]);
    expect(await rig.guard({ ...granting(SSH), failed: "Client.UnauthorizedOperation" })).toMatchObject([{ ignored: expect.any(String) }]);
    expect(rig.ec2.calls).toEqual([]);
  });

  test("its own acts in other accounts are those of the member role there, in its own session", async () => {
    const rig = guardRig();
    const account = "444455556666";
    const session = { arn: "arn:aws:sts::x", session: SELF.session };
    const self = { ...SELF, member: "portcullis-member" };
    const guarded = async (role: string, name = SELF.session) => {
      rig.ec2.createGroup("sg-1", [SSH]);
      rig.clock.time += 25 * 3_600_000;
      const actor = { ...session, session: name, role: `arn:aws:iam::${role}` };
      const [answer] = await guard({ ...granting(SSH), account, actor }, { ...rig.ports, self }, FIRST);
      return answer !== undefined && "ignored" in answer ? answer.ignored : answer?.outcome;
    };
    expect(await guarded(`${account}:role/portcullis-member`)).toBe("own act");
    expect(await guarded("777788889999:role/portcullis-member")).toBe("acted");
    expect(await guarded(`${account}:role/portcullis-member`, "somebody")).toBe("acted");
    expect(await guarded(`${account}:role/not-portcullis-member`)).toBe("acted");
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
