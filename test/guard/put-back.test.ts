import { describe, expect, test } from "@jest/globals";
import { changeToJudgeAgain, judgeAgainEvent } from "../../lib/guard/answering/judge-again.ts";
import { guard } from "../../lib/guard/guard.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { formatRule, parseRule } from "../../lib/model/security-group-rule.ts";
import { AGAIN, FIRST } from "../support/attempts.ts";
import { granting } from "../support/changes.ts";
import { grant } from "../support/grants.ts";
import { guardRig } from "../support/guard-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const TELNET = "tcp 23 from 0.0.0.0/0";
const RDP = "tcp 3389 from 0.0.0.0/0";

type Rig = ReturnType<typeof guardRig>;

/** Grants SSH at the moment in which EC2 is asked to revoke. */
function grantWhileClosing(rig: Rig): void {
  let isGranted = false;
  rig.ec2.before = (call) => {
    if (isGranted || call !== "RevokeSecurityGroupIngress") return;
    isGranted = true;
    void rig.grants.add(grant({ grantedAt: new Date(rig.clock.time).toISOString() }));
  };
}

function taken({ acts }: Decision): string[] {
  return acts.flatMap(({ remedy, result }) => ("revoke" in remedy && result === "done" ? remedy.revoke.map(formatRule) : []));
}

/** The decision of an attempt at a change that comes after one that died. */
async function decideAgain(rig: Rig, change = granting(SSH)): Promise<Decision> {
  const [answer] = await guard(change, rig.ports, AGAIN);
  if (answer === undefined || "ignored" in answer) throw new Error("no decision");
  return answer;
}

describe("what somebody grants while it is closed", () => {
  test("is put back with its description, and the decision tells that it is granted", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", []).grant("sg-1", { ...parseRule(SSH), description: "night shift" });
    grantWhileClosing(rig);
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "excepted", acts: [], findings: [] });
    expect(rig.ec2.rules("sg-1").map(({ description }) => description)).toEqual(["night shift"]);
  });

  test("is put back alone: what was taken with it stays closed", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH, TELNET]);
    grantWhileClosing(rig);
    const decision = await rig.decide(granting(SSH, TELNET));
    expect(decision.outcome).toBe("acted");
    expect(taken(decision)).toEqual([TELNET]);
    expect(rig.open()).toEqual([SSH]);
  });

  test("is put back, once and for all, by a copy that could not read at first that it is granted", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    await rig.grants.add(grant({ grantedAt: new Date(rig.clock.time - 60_000).toISOString() }));
    const event = granting(SSH);
    for (const attempt of [FIRST, AGAIN, { ...AGAIN, number: 3 }]) {
      let reads = 0;
      rig.grants.before = () => {
        if (reads++ === 0) throw new Error("the ledger is down");
      };
      expect(await rig.decide(event, attempt)).toMatchObject({ outcome: "excepted", acts: [] });
      expect(rig.open()).toEqual([SSH]);
    }
    expect(rig.ledger.entries.size).toBe(1);
    expect(new Set(rig.bus.published.map(({ id }) => id)).size).toBe(1);
  });

  test("is put back by the next attempt where the one that closed it died", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", []);
    await rig.grants.add(grant({ grantedAt: new Date(rig.clock.time).toISOString() }));
    expect(await decideAgain(rig)).toMatchObject({ outcome: "excepted", acts: [], findings: [] });
    expect(rig.open()).toEqual([SSH]);
  });

  test("is put back by the next attempt although the grant is dated before the call, where the one that died meant to close it", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [TELNET, SSH]);
    // Dies when it has closed both: the claim, and then what it came upon.
    let reads = 0;
    rig.grants.before = () => {
      if (++reads > 1) throw new Error("the process is dead");
    };
    rig.ledger.before = (call) => {
      if (call === "decide") throw new Error("the process is dead");
    };
    const made = granting(TELNET);
    await expect(rig.guard(made)).rejects.toThrow("the process is dead");
    rig.grants.before = rig.ledger.before = () => {};
    await rig.grants.add(grant());
    const decision = await decideAgain(rig, made);
    expect(decision.outcome).toBe("acted");
    expect(taken(decision)).toEqual([TELNET]);
    expect(rig.open()).toEqual([SSH]);
  });

  test("is not put back where it was granted before the call, for then no attempt closed it", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", []);
    await rig.grants.add(grant());
    expect(await decideAgain(rig)).toMatchObject({ outcome: "clean", acts: [] });
    expect(rig.open()).toEqual([]);
  });

  test("is not put back by a first attempt: its owner closed it", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", []);
    await rig.grants.add(grant({ grantedAt: new Date(rig.clock.time).toISOString() }));
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "clean", acts: [] });
    expect(rig.open()).toEqual([]);
  });
});

test("an attempt that closes something itself tells what the one before it took, too", async () => {
  const rig = guardRig();
  const ended = grant({ until: new Date(rig.clock.time - 1_000).toISOString() });
  await rig.grants.add(ended);
  // What was granted is gone already, and somebody has opened something else.
  rig.ec2.createGroup("sg-1", [RDP]);
  const decision = await decideAgain(rig, changeToJudgeAgain(judgeAgainEvent(ended)));
  expect(decision.outcome).toBe("acted");
  expect(taken(decision).sort()).toEqual([SSH, RDP]);
  expect(decision.findings.map(({ traffic }) => traffic.toString()).sort()).toEqual([SSH, RDP]);
});
