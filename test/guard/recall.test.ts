import { describe, expect, test } from "@jest/globals";
import type { Change } from "../../lib/model/change.ts";
import { formatRule } from "../../lib/model/security-group-rule.ts";
import { AGAIN, COPY } from "../support/attempts.ts";
import { granting } from "../support/changes.ts";
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

function taken({ acts }: Awaited<ReturnType<typeof diedBeforeDeciding>>): string[] {
  return acts.flatMap(({ remedy, result, presumed }) =>
    "revoke" in remedy ? remedy.revoke.map((rule) => `${presumed ? "presumed " : ""}${result} ${formatRule(rule)}`) : [],
  );
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

describe("a copy of an event decides while the other is at work, which then dies", () => {
  const dead = () => {
    throw new Error("the process is dead");
  };
  const revived = () => {};

  /** Guards the event with one message that does this before it dies, while a copy waits to record what it decided without knowing. */
  async function diedBesideACopy(rig: ReturnType<typeof guardRig>, event: Change, meanwhile: () => void) {
    const [read, died] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const decide = rig.ledger.decide.bind(rig.ledger);
    rig.ledger.decide = async (...given) => {
      read.resolve();
      await died.promise;
      return decide(...given);
    };
    const copy = rig.guard(event, COPY);
    await read.promise;
    rig.ledger.decide = decide;
    meanwhile();
    rig.ledger.before = (call) => (call === "decide" ? dead() : undefined);
    rig.bus.before = dead;
    await expect(rig.guard(event)).rejects.toThrow("the process is dead");
    rig.ledger.before = revived;
    rig.bus.before = revived;
    died.resolve();
    await copy;
  }

  test("what it took in passing is told by its next attempt in a decision of its own, once", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH, INSIDE]);
    const event = granting(SSH);
    await diedBesideACopy(rig, event, () => rig.ec2.grant("sg-1", TELNET));
    expect(rig.open()).toEqual([INSIDE]);
    for (let time = 0; time < 2; time++) await rig.guard(event, AGAIN);
    const [first, late, ...others] = rig.ledger.decisions();
    expect(first && taken(first)).toEqual([`done ${SSH}`]);
    expect(late && taken(late)).toEqual([`presumed done ${TELNET}`]);
    expect(late).toMatchObject({ id: `${first?.id}/again-1`, outcome: "acted", findings: [{ introduced: "earlier" }] });
    expect(others).toEqual([]);
    expect(new Set(rig.bus.published.map(({ id }) => id))).toEqual(new Set([first?.id, late?.id]));
    expect([...rig.ledger.entries.values()]).toMatchObject([{ state: "published" }, { state: "published" }]);
  });

  test("where the copy found nothing to tell, its decision tells it now", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [INSIDE]);
    const event = granting(INSIDE);
    await diedBesideACopy(rig, event, () => rig.ec2.grant("sg-1", TELNET));
    expect(rig.bus.published).toMatchObject([{ outcome: "clean" }]);
    for (let time = 0; time < 2; time++) await rig.guard(event, AGAIN);
    expect(rig.ledger.decisions().map(taken)).toEqual([[`presumed done ${TELNET}`]]);
    expect(rig.bus.published.at(-1)).toMatchObject({ outcome: "acted" });
    expect([...rig.ledger.entries.values()]).toMatchObject([{ state: "published" }]);
  });

  test("what it took by the claim alone, before the ledger heard of it, is told too", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH, INSIDE]);
    const event = granting(SSH);
    rig.ledger.before = dead;
    rig.bus.before = dead;
    await expect(rig.guard(event)).rejects.toThrow("the process is dead");
    rig.ledger.before = revived;
    rig.bus.before = revived;
    expect(await rig.decide(event, COPY)).toMatchObject({ outcome: "clean" });
    await rig.guard(event, AGAIN);
    expect(rig.ledger.decisions().map(taken)).toEqual([[`presumed done ${SSH}`]]);
  });

  test("what it only meant to take, and a reader sees, is nothing that it did", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [INSIDE]);
    const event = granting(INSIDE);
    await diedBesideACopy(rig, event, () => {
      rig.ec2.grant("sg-1", TELNET);
      rig.ec2.before = (call) => (call === "RevokeSecurityGroupIngress" ? dead() : undefined);
    });
    rig.ec2.before = revived;
    await rig.guard(event, AGAIN);
    expect(rig.ledger.decisions().map(taken)).toEqual([[]]);
  });
});

test("what one of two copies took in passing is told beside the decision of the other, in which it has no part", async () => {
  const rig = guardRig();
  rig.ec2.createGroup("sg-1", [SSH, INSIDE]);
  const event = granting(SSH);
  const decide = rig.ledger.decide.bind(rig.ledger);
  const [read, acted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  rig.ledger.decide = async (...given) => {
    read.resolve();
    await acted.promise;
    return decide(...given);
  };
  const copy = rig.guard(event, COPY);
  await read.promise;
  rig.ec2.grant("sg-1", TELNET);
  rig.ledger.decide = async (...given) => {
    rig.ledger.decide = decide;
    acted.resolve();
    await copy;
    return decide(...given);
  };
  await rig.guard(event);
  expect(rig.open()).toEqual([INSIDE]);
  expect(rig.ledger.decisions().map((one) => [one.id.split("/").at(-1), ...taken(one)])).toEqual([
    ["sg-1", `done ${SSH}`],
    ["again-1", `done ${TELNET}`],
  ]);
  expect(rig.ledger.decisions()[1]?.findings).toMatchObject([{ rules: [{ fromPort: 23 }] }]);
  expect(new Set(rig.bus.published.map(({ id }) => id)).size).toBe(2);
  expect([...rig.ledger.entries.values()]).toMatchObject([{ state: "published" }, { state: "published" }]);
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
