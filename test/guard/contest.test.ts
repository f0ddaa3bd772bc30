import { describe, expect, test } from "@jest/globals";
import { change, granting } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.9.5";
const actor = { arn: "arn:aws:sts::111122223333:assumed-role/ci/run", userAgent: TERRAFORM };

describe("a rule that somebody keeps adding", () => {
  test("is closed each time, with a count, since when, and the automation behind it", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1");
    const outcomes = [];
    for (let n = 0; n < 4; n++) {
      rig.ec2.grant("sg-1", SSH);
      const { outcome, contest } = await rig.decide({ ...granting(SSH), actor });
      outcomes.push([outcome, contest?.count, contest?.userAgent]);
      expect(rig.open()).toEqual([]);
    }
    expect(outcomes).toEqual([
      ["acted", undefined, undefined],
      ["contested", 2, TERRAFORM],
      ["contested", 3, TERRAFORM],
      ["contested", 4, TERRAFORM],
    ]);
  });

  test("is another one with another port, source or group", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1").createGroup("sg-2");
    for (const [group, rule] of [
      ["sg-1", SSH],
      ["sg-1", "tcp 23 from 0.0.0.0/0"],
      ["sg-1", "tcp 22 from ::/0"],
      ["sg-2", SSH],
    ] as const) {
      rig.ec2.grant(group, rule);
      expect((await rig.decide({ ...granting(rule), subject: { kind: "security-group", id: group } })).outcome).toBe("acted");
    }
  });

  test("is the same under another rule id, and a day later no more", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    await rig.decide(granting(SSH));
    rig.ec2.grant("sg-1", SSH);
    expect((await rig.decide(granting(SSH))).outcome).toBe("contested");
    rig.clock.time += 25 * 3_600_000;
    rig.ec2.grant("sg-1", SSH);
    expect((await rig.decide(granting(SSH))).outcome).toBe("acted");
  });

  test("may be a route", async () => {
    const rig = guardRig("mode: enforce\nrules: { no-public-main-table: { remedy: delete } }");
    rig.ec2.put("internet-gateway", { id: "igw-1", vpc: "vpc-1" });
    const outcomes = [];
    for (let n = 0; n < 2; n++) {
      const route = { destination: "0.0.0.0/0", target: "igw-1", origin: "created" } as const;
      rig.ec2.put("route-table", {
        id: "rtb-1",
        vpc: "vpc-1",
        routes: [route],
        associations: [{ id: "a-1", main: true }],
        propagating: [],
      });
      const call = { source: "ec2.amazonaws.com", name: "CreateRoute" };
      outcomes.push((await rig.decide(change({ call, subject: { kind: "route-table", id: "rtb-1" } }))).outcome);
    }
    expect(outcomes).toEqual(["acted", "contested"]);
  });

  test("is closed even where nobody can count", async () => {
    const rig = guardRig();
    rig.contests.before = () => {
      throw new Error("the ledger is away");
    };
    rig.ec2.createGroup("sg-1");
    for (let n = 0; n < 2; n++) {
      rig.ec2.grant("sg-1", SSH);
      expect((await rig.decide(granting(SSH))).outcome).toBe("acted");
    }
  });

  test("is counted once for a change that comes twice or died after it was counted", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    let left = 1;
    rig.ledger.before = (call) => {
      if (call === "decide" && left-- > 0) throw new Error("killed");
    };
    await rig.guard(event).catch(() => {});
    await rig.guard(event);
    rig.ec2.grant("sg-1", SSH);
    expect((await rig.decide(granting(SSH))).contest?.count).toBe(2);
  });
});

describe("an event that is older than the limit", () => {
  test("closes nothing by what it claims: what is there now decides", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.clock.time += 20 * 60_000;
    const decision = await rig.decide(granting(SSH));
    expect(rig.ec2.calls[0]).toBe("DescribeSecurityGroup");
    expect(decision.outcome).toBe("acted");
    expect(rig.open()).toEqual([]);
  });

  test("of what is gone by now is clean, and makes no call that changes anything", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", []);
    rig.clock.time += 20 * 60_000;
    expect((await rig.decide(granting(SSH))).outcome).toBe("clean");
    expect(rig.ec2.calls.filter((call) => call.startsWith("Revoke"))).toEqual([]);
  });
});
