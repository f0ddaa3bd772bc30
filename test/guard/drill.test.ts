import { beforeEach, describe, expect, test } from "@jest/globals";
import { DrillError } from "../../lib/guard/drilling/drill-group.ts";
import { ruleOf } from "../../lib/guard/drilling/drill-rule.ts";
import { Ec2Error } from "../../lib/guard/ports.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { DrillRig } from "../support/drill-rig.ts";

const OPENED = "tcp 22 from 0.0.0.0/0";
const MINUTE = 60_000;
const PASSED = { closed: [expect.any(Number)], failed: 0 };
const FAILED = { closed: [], failed: 1 };
const denied = new Ec2Error("denied", "UnauthorizedOperation", "not authorized");
const throttled = new Ec2Error("throttled", "RequestLimitExceeded", "Request limit exceeded.");

describe("the fire drill", () => {
  let rig: DrillRig;
  beforeEach(() => {
    rig = new DrillRig();
  });

  test("makes its group, opens the rule, and counts the seconds until the guard closed it", async () => {
    rig.guardHears(7_000);
    await rig.drill();
    expect(rig.counted).toEqual({ closed: [7], failed: 0 });
    expect(await rig.open()).toEqual([]);
    expect(await rig.group()).toMatchObject({ name: "portcullis-drill", vpc: "vpc-1", tags: { "portcullis:drill": "true" } });
  });

  test("describes its rule to whoever finds it, as EC2 allows", () => {
    const { description } = ruleOf({ name: "b3c1f0a2-8f5e-4d2b-9a53-0f6c2f1d7e10", began: rig.clock.now() });
    expect(description).toContain("portcullis fire drill");
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
    expect(description).toMatch(/^[a-zA-Z0-9 ._:/()#,@[\]+=&;{}!$*-]{1,255}$/);
  });

  test("marks the decision about it, and what others do to the group is not marked", async () => {
    rig.guardHears(1_000);
    await rig.drill();
    expect(rig.bus.published).toMatchObject([{ outcome: "acted", drill: true }]);
    await rig.somebodyOpens("tcp 23 from 0.0.0.0/0");
    expect(rig.bus.published).toHaveLength(2);
    expect(rig.bus.published[1]).not.toHaveProperty("drill");
  });

  test("keeps its group and uses it again", async () => {
    rig.guardHears(1_000);
    await rig.drill();
    await rig.drill();
    expect(rig.counted.closed).toHaveLength(2);
    expect(rig.calls.filter((call) => call === "create")).toHaveLength(1);
  });

  test("passes where the guard closed the rule before any read showed it", async () => {
    rig.guardHears(0);
    await rig.drill();
    expect(rig.counted).toEqual(PASSED);
    expect(rig.counted.closed[0]).toBeLessThan(1);
  });

  test("fails when the guard never closes it, says what to do, and removes it", async () => {
    await expect(rig.drill()).rejects.toThrow(/did not close tcp 22 from 0\.0\.0\.0\/0 .*within 600 s.*mode: enforce/);
    expect(rig.counted).toEqual(FAILED);
    expect(await rig.open()).toEqual([]);
  });

  test("fails when the guard only reports", async () => {
    rig = new DrillRig("mode: dry-run");
    rig.guardHears(2_000);
    await expect(rig.drill()).rejects.toThrow(DrillError);
    expect(rig.bus.published).toMatchObject([{ outcome: "would-act", drill: true }]);
    expect(rig.counted).toEqual(FAILED);
    expect(await rig.open()).toEqual([]);
  });

  test("counts the seconds of a guard that is late, and fails when it comes after the last moment", async () => {
    rig.guardHears(9 * MINUTE);
    await rig.drill();
    expect(rig.counted).toEqual({ closed: [540], failed: 0 });
    rig = new DrillRig();
    rig.guardHears(10 * MINUTE + 1);
    await expect(rig.drill()).rejects.toThrow(/within 600 s/);
    expect(rig.counted).toEqual(FAILED);
  });

  test("stops waiting while there is time to clean up, however patient it is", async () => {
    await expect(rig.drill(5 * MINUTE)).rejects.toThrow(/within 60 s/);
    expect(await rig.open()).toEqual([]);
  });

  test("opens nothing when there is no time for it", async () => {
    await expect(rig.drill(4 * MINUTE)).rejects.toThrow(/no time is left/);
    expect(rig.calls).not.toContain("authorize");
  });

  test("is not fooled by reads that miss what stands", async () => {
    rig.blind = true;
    await expect(rig.drill()).rejects.toThrow(/did not close/);
    expect(rig.counted).toEqual(FAILED);
    rig.blind = false;
    expect(await rig.open()).toEqual([]);
  });

  test("fails when EC2 refuses to open the rule", async () => {
    rig.refuse("authorize", denied);
    await expect(rig.drill()).rejects.toThrow("not authorized");
    expect(rig.counted).toEqual(FAILED);
  });

  test("removes the rule where the answers to opening it are lost for good", async () => {
    rig.loseAnswer("authorize");
    rig.refuse("authorize", throttled);
    await expect(rig.drill()).rejects.toThrow("Request limit exceeded.");
    expect(rig.counted).toEqual(FAILED);
    expect(await rig.open()).toEqual([]);
  });

  test.each(["create", "authorize", "revoke"] as const)("goes on where the answer to one call, %s, is lost", async (call) => {
    rig.guardHears(5_000);
    rig.loseAnswer(call);
    await rig.drill();
    expect(rig.counted).toEqual(PASSED);
    expect(await rig.open()).toEqual([]);
  });

  test("waits until a group that was made just now is known everywhere, and does not count that time", async () => {
    rig.guardHears(1_000);
    rig.refuse("authorize", new Ec2Error("group-not-found", "InvalidGroup.NotFound", "does not exist"), 3);
    await rig.drill();
    expect(rig.counted).toEqual({ closed: [1], failed: 0 });
  });

  test.each(["named", "create", "authorize", "get", "list", "revoke"] as const)("outlasts throttling of %s", async (call) => {
    rig.guardHears(10_000);
    rig.refuse(call, throttled, 4);
    await rig.drill();
    expect(rig.counted).toEqual(PASSED);
    expect(await rig.open()).toEqual([]);
  });

  test("says so when it cannot clean up, and how to", async () => {
    rig.refuse("revoke", denied);
    await expect(rig.drill()).rejects.toThrow(/clean up.*not authorized.*aws ec2 revoke-security-group-ingress --region eu-central-1/);
    expect(rig.counted).toEqual(FAILED);
  });

  test("tells of both when it failed and cannot clean up", async () => {
    rig.refuse("revoke", denied);
    rig.refuse("authorize", new Ec2Error("limit", "RulesPerSecurityGroupLimitExceeded", "the group is full"));
    await expect(rig.drill()).rejects.toThrow(/clean up.*not authorized.*the group is full/);
  });

  test("gives up and closes when the group is attached while it waits", async () => {
    rig.after(20_000, async () => rig.ec2.createInterface("eni-1", (await rig.group())?.id ?? ""));
    await expect(rig.drill()).rejects.toThrow(/eni-1 uses/);
    expect(await rig.open()).toEqual([]);
  });

  test("removes what earlier runs and their narrowing left, and nothing else", async () => {
    const group = await rig.makeGroup();
    const old = ruleOf({ name: "old", began: rig.clock.now() - 16 * MINUTE });
    rig.ec2.grant(group, old, { ...old, peer: { kind: "cidr", cidr: "198.51.100.0/24" } }, "tcp 443 from 10.0.0.0/8");
    rig.ec2.grant(group, parseRule("tcp 22 to 0.0.0.0/0"));
    rig.guardHears(1_000);
    await rig.drill();
    expect(rig.counted).toEqual(PASSED);
    expect(await rig.open()).toEqual(["tcp 22 to 0.0.0.0/0", "tcp 443 from 10.0.0.0/8"]);
  });

  test("cleans up what a narrowing guard leaves of its rule", async () => {
    const narrowing = `remedy: narrow, allow: [{ protocol: tcp, ports: "22", from: [198.51.100.0/24] }]`;
    rig = new DrillRig(`mode: enforce\nrules:\n  no-public-ingress: { ${narrowing} }`);
    rig.guardHears(1_000);
    await rig.drill();
    expect(rig.bus.published).toMatchObject([{ acts: [{ remedy: { kind: "narrow-ingress" }, result: "done" }] }]);
    expect(rig.counted).toEqual(PASSED);
    expect(await rig.open()).toEqual([]);
  });

  describe("is refused", () => {
    test("where a network interface uses the group", async () => {
      rig.ec2.createInterface("eni-1", await rig.makeGroup());
      await expect(rig.drill()).rejects.toThrow(/eni-1 uses the drill's group/);
      expect(rig.calls).not.toContain("authorize");
    });

    test("where a group of that name is not its own", async () => {
      await rig.makeGroup({});
      await expect(rig.drill()).rejects.toThrow(/the drill did not make: it lacks the tag portcullis:drill/);
      expect(rig.calls).toEqual(["named"]);
    });

    test("where the group cannot be made", async () => {
      rig.refuse("create", new Ec2Error("other", "InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist"));
      await expect(rig.drill()).rejects.toThrow(/could not be made in vpc-1 .*The vpc ID 'vpc-1' does not exist/);
      expect(rig.counted).toEqual(FAILED);
    });

    test("where another run is at work, whose rule it leaves alone", async () => {
      rig.ec2.grant(await rig.makeGroup(), ruleOf({ name: "other", began: rig.clock.now() - MINUTE }));
      await expect(rig.drill()).rejects.toThrow(/another drill is at work/);
      expect(await rig.open()).toEqual([OPENED]);
    });

    test("where another run opens the rule at the same moment", async () => {
      const group = await rig.makeGroup();
      rig.ec2.before = (call) => {
        if (call === "AuthorizeSecurityGroupIngress") rig.ec2.grant(group, ruleOf({ name: "other", began: rig.clock.now() }));
      };
      await expect(rig.drill()).rejects.toThrow(/another drill is at work/);
      expect(await rig.open()).toEqual([OPENED]);
    });
  });

  test("does not mind a group of that name in another VPC", async () => {
    await rig.makeGroup({}, "vpc-2");
    rig.guardHears(1_000);
    await rig.drill();
    expect(rig.counted).toEqual(PASSED);
  });

  test.each(["before", "after"] as const)("killed %s any of its calls, is cleaned up by the next run, which passes", async (when) => {
    rig.guardHears(3_000);
    await rig.drill();
    const calls = rig.calls.length;
    expect(calls).toBeGreaterThan(8);
    for (let call = 1; call <= calls; call++) {
      rig = new DrillRig();
      rig.killAt(call, when);
      await expect(rig.drill()).rejects.toThrow("killed");
      rig.revive();
      rig.clock.time += 16 * MINUTE;
      rig.guardHears(3_000);
      await rig.drill();
      expect([call, rig.counted.closed, await rig.open()]).toEqual([call, [expect.any(Number)], []]);
    }
  });
});
