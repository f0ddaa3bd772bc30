import { describe, expect, test } from "@jest/globals";
import { Ec2Error } from "../../lib/guard/ports.ts";
import type { Change } from "../../lib/model/change.ts";
import type { Effect } from "../../lib/model/effect.ts";
import { AGAIN, COPY } from "../support/attempts.ts";
import { change, granting } from "../support/changes.ts";
import { taken } from "../support/decisions.ts";
import { vpc } from "../support/facts.ts";
import { guardRig } from "../support/guard-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const TELNET = "tcp 23 from 0.0.0.0/0";
const INSIDE = "tcp 5432 from 10.0.0.0/8";

type Rig = ReturnType<typeof guardRig>;

function dead(): never {
  throw new Error("the process is dead");
}
function revived(): void {}

/** Guards the event with a process that cannot tell anybody what it did. */
async function diesUntold(rig: Rig, event: Change): Promise<void> {
  rig.ledger.before = dead;
  rig.bus.before = dead;
  await expect(rig.guard(event)).rejects.toThrow("the process is dead");
  rig.ledger.before = revived;
  rig.bus.before = revived;
}

/** Guards the event while AWS refuses this call for a moment. */
async function isThrottled(rig: Rig, event: Change, throttled: string): Promise<void> {
  rig.ec2.before = (call) => {
    if (call === throttled) throw new Ec2Error("throttled", "RequestLimitExceeded", "Request limit exceeded.");
  };
  await expect(rig.guard(event)).rejects.toThrow("Request limit exceeded.");
  rig.ec2.before = revived;
}

/** Does this while a copy of the event holds back what it decided; `decided` has it go on, and waits for it. */
async function whileDeciding(rig: Rig, event: Change, act: (decided: () => Promise<unknown>) => Promise<void>): Promise<void> {
  const decide = rig.ledger.decide.bind(rig.ledger);
  const [read, acted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  rig.ledger.decide = async (...given) => {
    read.resolve();
    await acted.promise;
    return decide(...given);
  };
  const copy = rig.guard(event, COPY);
  await read.promise;
  rig.ledger.decide = decide;
  const decided = () => {
    acted.resolve();
    return copy;
  };
  await act(decided);
  await decided();
}

/** Guards the event with one message that does this before it dies, while a copy waits to record what it decided without knowing. */
async function diedBesideACopy(rig: Rig, event: Change, meanwhile: () => void) {
  await whileDeciding(rig, event, async () => {
    meanwhile();
    rig.ledger.before = (call) => (call === "decide" ? dead() : undefined);
    rig.bus.before = dead;
    await expect(rig.guard(event)).rejects.toThrow("the process is dead");
    rig.ledger.before = revived;
    rig.bus.before = revived;
  });
}

describe("a copy of an event decides while the other is at work, which then dies", () => {
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
    await diesUntold(rig, event);
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
  await whileDeciding(rig, event, async (decided) => {
    rig.ec2.grant("sg-1", TELNET);
    const decide = rig.ledger.decide.bind(rig.ledger);
    rig.ledger.decide = async (...given) => {
      rig.ledger.decide = decide;
      await decided();
      return decide(...given);
    };
    await rig.guard(event);
  });
  expect(rig.open()).toEqual([INSIDE]);
  expect(rig.ledger.decisions().map((one) => [one.id.split("/").at(-1), ...taken(one)])).toEqual([
    ["sg-1", `done ${SSH}`],
    ["again-1", `done ${TELNET}`],
  ]);
  expect(rig.ledger.decisions()[1]?.findings).toMatchObject([{ rules: [{ fromPort: 23 }] }]);
  expect(new Set(rig.bus.published.map(({ id }) => id)).size).toBe(2);
  expect([...rig.ledger.entries.values()]).toMatchObject([{ state: "published" }, { state: "published" }]);
});

describe("an attempt that was throttled, and a copy that decided", () => {
  const ROUTE = { destination: "0.0.0.0/0", target: "igw-1", origin: "created" } as const;
  const ADDED: Effect = { op: "put", kind: "route-table", id: "rtb-1", list: "routes", items: [ROUTE] };
  const table = (rig: Rig, routes: readonly (typeof ROUTE)[]) =>
    rig.ec2.put("route-table", { id: "rtb-1", vpc: "vpc-1", routes, associations: [{ id: "a-1", main: true }], propagating: [] });
  const FLOW_LOGS = "mode: enforce\nrules: { flow-logs-enabled: { remedy: create, destination: 'arn:aws:s3:::logs' } }";
  const made = () => change({ call: { source: "ec2.amazonaws.com", name: "CreateVpc" }, subject: { kind: "vpc", id: "vpc-1" } });

  test("a route that it meant to delete, and that the copy did not see yet, is deleted and not presumed to be", async () => {
    const rig = guardRig("mode: enforce\nrules: { no-public-main-table: { remedy: delete } }");
    rig.ec2.put("internet-gateway", { id: "igw-1", vpc: "vpc-1" });
    const event = change({
      call: { source: "ec2.amazonaws.com", name: "CreateRoute" },
      subject: { kind: "route-table", id: "rtb-1" },
      claim: { kind: "effects", effects: [ADDED] },
    });
    table(rig, []);
    await whileDeciding(rig, event, async () => {
      table(rig, [ROUTE]);
      await isThrottled(rig, event, "delete-route");
    });
    await rig.guard(event, AGAIN);
    expect((await rig.ec2.get("route-table", "rtb-1"))?.routes).toEqual([]);
    const [first, again, ...others] = rig.ledger.decisions();
    expect(first).toMatchObject({ outcome: "clean", acts: [] });
    expect(again?.acts).toEqual([{ remedy: expect.objectContaining({ kind: "delete-route" }), result: "done" }]);
    expect(others).toEqual([]);
  });

  test.each([
    ["of the copy", COPY],
    ["of the next attempt", AGAIN],
  ])("flow logs are told once, under the ids %s", async (_, next) => {
    const rig = guardRig(FLOW_LOGS);
    rig.ec2.put("vpc", vpc("vpc-1"));
    const event = made();
    await isThrottled(rig, event, "create-flow-logs");
    await rig.guard(event, next);
    await rig.guard(event, { ...AGAIN, number: 3 });
    const [act, ...others] = rig.ledger.decisions().flatMap(({ acts }) => acts);
    expect(act).toMatchObject({ remedy: { kind: "create-flow-logs", ids: [expect.any(String)] }, result: "done" });
    expect(others).toEqual([]);
  });
});

test("what was clean and is told late goes where its severity says", async () => {
  const rig = guardRig("mode: enforce\nslack: { channel: '#all', severities: { critical: '#urgent' } }");
  rig.ec2.createGroup("sg-1", [SSH, INSIDE]);
  const event = granting(SSH);
  await diesUntold(rig, event);
  expect(await rig.decide(event, COPY)).toMatchObject({ outcome: "clean", channel: "#all" });
  await rig.guard(event, AGAIN);
  expect(rig.bus.published.at(-1)).toMatchObject({ outcome: "acted", channel: "#urgent" });
});

test("what the next attempt takes for its own doing, because an answer was lost, is told too", async () => {
  const rig = guardRig();
  rig.ec2.createGroup("sg-1", [SSH, INSIDE]);
  const event = granting(SSH);
  await diesUntold(rig, event);
  await rig.guard(event, COPY);
  rig.ec2.before = (call) => {
    if (call !== "RevokeSecurityGroupIngress") return;
    throw new Ec2Error("rule-not-found", "InvalidPermission.NotFound", "gone", { mayHaveTakenEffect: true });
  };
  await rig.guard(event, AGAIN);
  expect(rig.ledger.decisions()).toMatchObject([{ outcome: "acted", acts: [{ result: "done", presumed: "other-attempt" }] }]);
});

test("two attempts that tell the same late, at once, tell it once", async () => {
  const rig = guardRig();
  rig.ec2.createGroup("sg-1", [SSH, INSIDE]);
  const event = granting(SSH);
  await diedBesideACopy(rig, event, () => rig.ec2.grant("sg-1", TELNET));
  // The third has read what was meant when the second tells of it.
  const intended = rig.ledger.intended.bind(rig.ledger);
  rig.ledger.intended = async (id) => {
    const intents = await intended(id);
    rig.ledger.intended = intended;
    await rig.guard(event, AGAIN);
    return intents;
  };
  await rig.guard(event, { ...AGAIN, number: 3 });
  expect(rig.ledger.decisions()).toHaveLength(2);
  expect(new Set(rig.bus.published.map(({ id }) => id)).size).toBe(2);
});

test("a permit is given back once, however an attempt ends", async () => {
  const rig = guardRig();
  rig.ec2.createGroup("sg-1", [INSIDE]);
  const event = granting(SSH);
  let [given, reads] = [0, 0];
  const giveBack = rig.breaker.giveBack.bind(rig.breaker);
  rig.breaker.giveBack = (account) => {
    given++;
    return giveBack(account);
  };
  rig.bus.before = () => {
    if (reads++ === 0) dead();
  };
  await expect(rig.guard(event)).rejects.toThrow("the process is dead");
  expect(given).toBe(1);
});
