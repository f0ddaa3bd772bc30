import { describe, expect, test } from "@jest/globals";
import { measure, measured } from "../../lib/guard/measure.ts";
import { receive } from "../../lib/guard/receive.ts";
import { type Decision, OUTCOMES } from "../../lib/model/decision.ts";
import { set } from "../cloudtrail/read-event.ts";
import { FIRST } from "../support/attempts.ts";
import { change, decision, finding } from "../support/decisions.ts";
import { GROUP, gate, grantEvent, permission } from "../support/gate.ts";
import { SELF } from "../support/guard-rig.ts";
import { MemoryLedger, MemoryMeter } from "../support/memory-ports.ts";

const DRILL = "arn:aws:iam::111122223333:role/portcullis-drill";
const QUIET = { info: () => {}, warn: () => {}, error: () => {} };
const TIMES = { TimeToClose: [2_150], TimeToHear: [2_000], TimeToAct: [150] };
const LATENCY = { eventAge: 2_000, toClosed: 150 };

function valuesOf(overrides: Partial<Decision>): Record<string, number[]> {
  const meter = new MemoryMeter();
  measure(decision({ latency: LATENCY, ...overrides }), meter);
  return meter.values;
}

describe("a decision is measured", () => {
  test.each(OUTCOMES)("as %s", (outcome) => {
    const closes = outcome === "acted" || outcome === "contested";
    expect(valuesOf({ outcome })).toEqual({ [`Decisions ${outcome}`]: [1], ...(closes && TIMES) });
  });

  test("as held, where the breaker kept the guard from acting", () => {
    expect(valuesOf({ outcome: "alert", held: "the breaker is open", latency: { eventAge: 1 } })).toEqual({
      "Decisions alert": [1],
      Held: [1],
    });
  });

  test("as contested, where somebody brought it back", () => {
    const contest = { count: 2, since: "2026-03-02T09:00:00Z" };
    expect(valuesOf({ contest })).toEqual({ "Decisions acted": [1], Contested: [1], ...TIMES });
  });

  test("by its times alone, where it is about the fire drill", () => {
    const contest = { count: 2, since: "2026-03-02T09:00:00Z" };
    expect(valuesOf({ drill: true, contest, held: "the breaker is open" })).toEqual(TIMES);
  });

  const WITHOUT_A_CALL: Record<string, Partial<Decision>> = {
    "nothing was closed": { latency: { eventAge: 2_000 } },
    "it was open before the call": { findings: [finding("tcp 22 from 0.0.0.0/0", { introduced: "earlier" })] },
    "an exception ended": { change: change({ call: { source: "portcullis", name: "GrantEnded" } }) },
    "it was opened again while its event came twice": { id: "9d1d9a1c/sg-1/again-1772442847000" },
  };
  test.each(Object.entries(WITHOUT_A_CALL))("without its times, where %s", (_, overrides) => {
    expect(valuesOf(overrides)).toEqual({ "Decisions acted": [1] });
  });

  test("with no time below zero, where the clocks differ", () => {
    expect(valuesOf({ latency: { eventAge: -400, toClosed: 150 } })).toMatchObject({ TimeToClose: [150], TimeToHear: [0] });
  });

  test("once, however often it is decided, and not at all while the ledger refuses it", async () => {
    const [meter, ledger] = [new MemoryMeter(), new MemoryLedger()];
    const watched = measured(ledger, meter);
    ledger.before = () => {
      throw new Error("the ledger is down");
    };
    await expect(watched.decide(decision(), FIRST)).rejects.toThrow("the ledger is down");
    expect(meter.values).toEqual({});
    ledger.before = () => {};
    await watched.begin(decision().id, change(), "v");
    for (let time = 0; time < 3; time++) await watched.decide(decision(), FIRST);
    await watched.published(decision().id, 0);
    expect(meter.values).toMatchObject({ "Decisions acted": [1] });
    expect(ledger.entries.get(decision().id)?.state).toBe("published");
  });
});

describe("at its entrance the guard counts", () => {
  async function counted(...events: readonly unknown[]): Promise<Record<string, number[]>> {
    const meter = new MemoryMeter();
    const rig = gate();
    const ports = { ...rig.ports, self: { ...SELF, drills: [DRILL] }, ledger: measured(rig.ledger, meter) };
    for (const event of events) await receive(event, ports, QUIET, FIRST, meter).catch(() => {});
    return meter.values;
  }
  const lawful = () => grantEvent(permission("tcp", [443, 443], "0.0.0.0/0"));

  test("every event, whatever comes of it", async () => {
    expect(await counted(lawful(), lawful())).toEqual({ Events: [1, 1], "Decisions clean": [1, 1] });
  });

  test("an event that nobody watches", async () => {
    expect(await counted(set(lawful(), "detail.eventName", "DescribeInstances"))).toEqual({ Events: [1] });
  });

  test("what cannot be read", async () => {
    expect(await counted(set(lawful(), "detail.requestParameters.ipPermissions", 7))).toEqual({ Events: [1], Unreadable: [1] });
  });

  test.each([
    ["its own calls", SELF],
    ["calls of the fire drill", { role: DRILL, session: "portcullis-drill" }],
  ])("no event of %s", async (_, { role, session }) => {
    const arn = `arn:aws:sts::111122223333:assumed-role/${role.split("/").at(-1)}/${session}`;
    const sessionContext = { sessionIssuer: { type: "Role", arn: role } };
    const caller = { type: "AssumedRole", arn, principalId: `AROAEXAMPLE:${session}`, sessionContext };
    expect(await counted(set(lawful(), "detail.userIdentity", caller))).not.toHaveProperty("Events");
  });

  test("the time to close what an event opened", async () => {
    const meter = new MemoryMeter();
    const rig = gate();
    rig.ec2.grant(GROUP, "tcp 22 from 0.0.0.0/0");
    const ports = { ...rig.ports, ledger: measured(rig.ledger, meter) };
    const event = grantEvent(permission("tcp", [22, 22], "0.0.0.0/0"));
    await receive(event, ports, QUIET, FIRST, meter);
    await receive(event, ports, QUIET, FIRST, meter);
    expect(rig.open()).toEqual([]);
    expect(meter.values).toEqual({
      Events: [1, 1],
      "Decisions acted": [1],
      TimeToClose: [2_000],
      TimeToHear: [2_000],
      TimeToAct: [0],
    });
  });
});
