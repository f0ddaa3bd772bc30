import { describe, expect, test } from "@jest/globals";
import { guard } from "../../lib/guard/guard.ts";
import { Ec2Error } from "../../lib/guard/ports.ts";
import { FIRST } from "../support/attempts.ts";
import { change, granting } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";
import { HUB, REGION, sweepRig } from "../support/sweep-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const OF_TWO = "mode: enforce\nbreaker: { acts: 2, minutes: 10 }";
const MINUTE = 60_000;

/** Opens the port on a group of its own, and has the guard see it. */
function opening(rig: ReturnType<typeof guardRig>, n: number, account = HUB) {
  rig.ec2.createGroup(`sg-${n}`, [SSH]);
  return rig.decide({ ...granting(SSH), account, subject: { kind: "security-group", id: `sg-${n}` } });
}

describe("the breaker of an account", () => {
  test("holds the guard back after too many acts, says so, and names the policy", async () => {
    const rig = guardRig(OF_TWO);
    for (const n of [1, 2]) expect((await opening(rig, n)).outcome).toBe("acted");
    const held = await opening(rig, 3);
    expect(held).toMatchObject({ outcome: "alert", mode: "enforce", acts: [], findings: [{ rule: "no-public-ingress" }] });
    expect(held.held).toContain(
      `the breaker of account ${HUB} is open until 2026-11-02T10:25Z: 2 acts within 10 minutes under policy ${held.policyVersion}`,
    );
    expect(rig.open("sg-3")).toEqual([SSH]);
    expect(rig.bus.published).toHaveLength(3);
  });

  test("holds back nobody in another account", async () => {
    const rig = guardRig(OF_TWO);
    for (const n of [1, 2, 3]) await opening(rig, n);
    expect((await opening(rig, 4, "444455556666")).outcome).toBe("acted");
  });

  test("closes by itself, and a sweep then closes what was held back", async () => {
    const rig = sweepRig(OF_TWO);
    for (const n of [1, 2, 3]) {
      rig.ec2(HUB).createGroup(`sg-${n}`, [SSH]);
      await rig.guard({ ...granting(SSH), subject: { kind: "security-group", id: `sg-${n}` } });
    }
    expect(rig.open("sg-3")).toEqual([SSH]);
    await rig.sweepPlace();
    expect(rig.open("sg-3")).toEqual([SSH]);
    rig.clock.time += 11 * MINUTE;
    await rig.sweepPlace(HUB, REGION);
    expect(rig.open("sg-3")).toEqual([]);
    const aboutIt = rig.bus.published.filter(({ change: { subject } }) => subject.id === "sg-3");
    expect(aboutIt.map(({ outcome }) => outcome)).toEqual(["alert", "acted"]);
  });

  test("holds back no rule that ignores it", async () => {
    const rig = guardRig(`${OF_TWO}\nrules: { no-public-ingress: { ignore_breaker: true } }`);
    for (const n of [1, 2, 3, 4]) expect((await opening(rig, n)).outcome).toBe("acted");
  });

  test("of a policy without one never opens", async () => {
    const rig = guardRig("mode: enforce\nbreaker: false");
    for (let n = 0; n < 60; n++) expect((await opening(rig, n)).outcome).toBe("acted");
  });

  test("opens after 50 acts in 10 minutes unless the policy says otherwise", async () => {
    const rig = guardRig();
    for (let n = 0; n < 50; n++) expect((await opening(rig, n)).outcome).toBe("acted");
    expect((await opening(rig, 50)).held).toBeDefined();
  });

  test("counts acts, and neither dry runs nor duplicates nor what was closed already", async () => {
    const dry = guardRig("breaker: { acts: 1, minutes: 10 }");
    for (const n of [1, 2, 3]) expect(await opening(dry, n)).toMatchObject({ outcome: "would-act" });
    const rig = guardRig(OF_TWO);
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    for (let n = 0; n < 5; n++) await rig.guard(event);
    for (let n = 0; n < 5; n++) await rig.guard(granting(SSH));
    expect((await opening(rig, 2)).outcome).toBe("acted");
    expect((await opening(rig, 3)).held).toBeDefined();
  });

  test("counts no attempt that EC2 throttled, however often it is tried", async () => {
    const rig = guardRig(OF_TWO);
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.ec2.before = (call) => {
      if (call.startsWith("Revoke")) throw new Ec2Error("throttled", "RequestLimitExceeded", "slow down");
    };
    const event = granting(SSH);
    for (let n = 0; n < 5; n++) await expect(rig.guard(event)).rejects.toThrow("slow down");
    rig.ec2.before = () => {};
    expect((await rig.decide(event)).held).toBeUndefined();
    expect(rig.open("sg-1")).toEqual([]);
    expect((await opening(rig, 2)).outcome).toBe("acted");
  });

  test("says nothing of what is gone by itself while it is open", async () => {
    const rig = guardRig(OF_TWO);
    for (const n of [1, 2, 3]) await opening(rig, n);
    rig.ec2.createGroup("sg-9");
    const decision = await rig.decide({ ...granting(SSH), subject: { kind: "security-group", id: "sg-9" } });
    expect([decision.outcome, decision.held]).toEqual(["clean", undefined]);
    const gone = await rig.decide({ ...granting(SSH), subject: { kind: "security-group", id: "sg-none" } });
    expect([gone.outcome, gone.held]).toEqual(["clean", undefined]);
  });

  test("holds back remedies of routes as well", async () => {
    const rig = guardRig("mode: enforce\nbreaker: { acts: 1, minutes: 10 }\nrules: { no-public-main-table: { remedy: delete } }");
    await opening(rig, 1);
    const route = { destination: "0.0.0.0/0", target: "igw-1", origin: "created" } as const;
    const associations = [{ id: "rtbassoc-1", main: true }];
    rig.ec2.put("internet-gateway", { id: "igw-1", vpc: "vpc-1" });
    rig.ec2.put("route-table", { id: "rtb-1", vpc: "vpc-1", routes: [route], associations, propagating: [] });
    const call = { source: "ec2.amazonaws.com", name: "CreateRoute" };
    const decision = await rig.decide(change({ call, subject: { kind: "route-table", id: "rtb-1" } }));
    expect(decision).toMatchObject({ outcome: "alert", held: expect.stringContaining("is open until") });
    expect((await rig.ec2.get("route-table", "rtb-1"))?.routes).toEqual([route]);
  });

  test("that cannot be asked keeps nobody from closing", async () => {
    const rig = guardRig(OF_TWO);
    rig.breaker.before = () => {
      throw new Error("the ledger is away");
    };
    for (const n of [1, 2, 3]) expect((await opening(rig, n)).outcome).toBe("acted");
  });

  test("is asked without a call to EC2 before the revocation", async () => {
    const rig = guardRig(OF_TWO);
    await opening(rig, 1);
    expect(rig.ec2.calls[0]).toBe("RevokeSecurityGroupIngress");
  });

  test("is opened by no fire drill, nor holds one back", async () => {
    const rig = guardRig("mode: enforce\nbreaker: { acts: 1, minutes: 10 }");
    const role = "arn:aws:iam::111122223333:role/portcullis-drill";
    const ports = { ...rig.ports, self: { ...rig.ports.self, drills: [role] } };
    for (const n of [1, 2, 3]) {
      rig.ec2.createGroup(`sg-${n}`, [SSH]);
      const drill = {
        ...granting(SSH),
        actor: { arn: "x", role, session: "drill" },
        subject: { kind: "security-group", id: `sg-${n}` } as const,
      };
      expect(await guard(drill, ports, FIRST)).toMatchObject([{ outcome: "acted", drill: true }]);
    }
    expect((await opening(rig, 4)).outcome).toBe("acted");
  });
});
