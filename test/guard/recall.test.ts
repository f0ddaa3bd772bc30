import { describe, expect, test } from "@jest/globals";
import type { Change } from "../../lib/model/change.ts";
import { AGAIN } from "../support/attempts.ts";
import { granting } from "../support/changes.ts";
import { taken } from "../support/decisions.ts";
import { guardRig } from "../support/guard-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const TELNET = "tcp 23 from 0.0.0.0/0";
const INSIDE = "tcp 5432 from 10.0.0.0/8";
const WIDE = "tcp 443-444 from 0.0.0.0/0";
const WEB = "tcp 443 from 0.0.0.0/0";
const HALVES = ["tcp 22 from 52.0.0.0/8", "tcp 22 from 53.0.0.0/8"] as const;

/** Guards a change with a process that dies before it can decide, and then once more. */
async function diedBeforeDeciding(rig: ReturnType<typeof guardRig>, event: Change) {
  rig.ledger.before = (call) => {
    if (call === "decide") throw new Error("the process is dead");
  };
  rig.bus.before = () => {
    throw new Error("the process is dead");
  };
  await expect(rig.guard(event)).rejects.toThrow("the process is dead");
  rig.ledger.before = () => {};
  rig.bus.before = () => {};
  return rig.decide(event);
}

describe("an attempt that closed what it came upon, and died", () => {
  test("a hole that the change had no part in is told as closed by the next attempt, and blamed on nobody", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [TELNET, INSIDE]);
    const decision = await diedBeforeDeciding(rig, granting(INSIDE));
    expect(rig.open()).toEqual([INSIDE]);
    expect(taken(decision)).toEqual([`presumed done ${TELNET}`]);
    expect(decision).toMatchObject({ outcome: "acted", findings: [{ introduced: "earlier", rules: [{ fromPort: 23 }] }] });
  });

  test("beside the hole that the change opened", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [TELNET, SSH]);
    const decision = await diedBeforeDeciding(rig, granting(SSH));
    expect(taken(decision).sort()).toEqual([`presumed done ${SSH}`, `presumed done ${TELNET}`]);
    expect(decision.findings.map(({ introduced }) => introduced).sort()).toEqual(["earlier", "now"]);
  });

  test("rules that offended together are told, both of them", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", HALVES);
    const decision = await diedBeforeDeciding(rig, granting(HALVES[1]));
    expect(rig.open()).toEqual([]);
    expect(taken(decision).sort()).toEqual(HALVES.map((half) => `presumed done ${half}`).sort());
  });

  test("what was narrowed is told with what was left in its place", async () => {
    const rig = guardRig("mode: enforce\nrules: { no-public-ingress: { remedy: narrow } }");
    rig.ec2.createGroup("sg-1", [WIDE]);
    const decision = await diedBeforeDeciding(rig, granting(WIDE));
    expect(rig.open()).toEqual([WEB]);
    expect(taken(decision)).toEqual([`presumed done ${WIDE}`]);
    expect(decision.acts).toMatchObject([{ remedy: { kind: "narrow-ingress", authorize: [{ fromPort: 443, toPort: 443 }] } }]);
  });
});

test("what an owner closed is presumed to be nobody's doing, however often the message of who decided so comes", async () => {
  const rig = guardRig();
  rig.ec2.createGroup("sg-1", [INSIDE]);
  const event = granting(SSH);
  rig.bus.before = () => {
    throw new Error("the bus is down");
  };
  await expect(rig.guard(event)).rejects.toThrow("the bus is down");
  rig.bus.before = () => {};
  await rig.guard(event, AGAIN);
  expect(rig.bus.published).toMatchObject([{ outcome: "clean" }]);
});

test("where nobody can read what the attempt before meant to do, the next one tells it", async () => {
  const rig = guardRig();
  rig.ec2.createGroup("sg-1", [TELNET, INSIDE]);
  const event = granting(INSIDE);
  rig.ledger.before = (call) => {
    if (call === "decide") throw new Error("the ledger is down");
  };
  rig.bus.before = () => {
    throw new Error("the bus is down");
  };
  await expect(rig.guard(event)).rejects.toThrow("the bus is down");
  rig.bus.before = () => {};
  rig.ledger.before = (call) => {
    if (call === "intended") throw new Error("the ledger is down");
  };
  await expect(rig.guard(event, AGAIN)).rejects.toThrow("the ledger is down");
  rig.ledger.before = () => {};
  await rig.guard(event, { ...AGAIN, number: 3 });
  expect(rig.ledger.decisions().map(taken)).toEqual([[`presumed done ${TELNET}`]]);
});

test("an attempt that died before it acted did nothing: what the next one closes is told as done, and once", async () => {
  const rig = guardRig();
  rig.ec2.createGroup("sg-1", [TELNET, INSIDE]);
  rig.ec2.before = (call) => {
    if (call === "RevokeSecurityGroupIngress") throw new Error("the process is dead");
  };
  const event = granting(INSIDE);
  await expect(rig.guard(event)).rejects.toThrow("the process is dead");
  rig.ec2.before = () => {};
  expect(taken(await rig.decide(event))).toEqual([`done ${TELNET}`]);
});

test("a ledger that cannot note what is meant keeps nobody from closing it", async () => {
  const rig = guardRig();
  rig.ec2.createGroup("sg-1", [TELNET, INSIDE]);
  rig.ledger.before = (call) => {
    if (call === "intend") throw new Error("the ledger is down");
  };
  expect(taken(await rig.decide(granting(INSIDE)))).toEqual([`done ${TELNET}`]);
  expect(rig.open()).toEqual([INSIDE]);
});

test("what the claim alone shows is closed without another word to the ledger", async () => {
  const rig = guardRig();
  rig.ec2.createGroup("sg-1", [SSH, INSIDE]);
  const calls: string[] = [];
  rig.ledger.before = (call) => void calls.push(call);
  await rig.decide(granting(SSH));
  expect(calls).not.toContain("intend");
});
