import { describe, expect, test } from "@jest/globals";
import { undo } from "../../lib/guard/answering/undo.ts";
import { guard } from "../../lib/guard/guard.ts";
import { Ec2Error } from "../../lib/guard/ports.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { AGAIN, COPY, FIRST } from "../support/attempts.ts";
import { change, granting } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const LAWFUL = "tcp 22 from 10.0.0.0/8";

describe("the same change again, late, or half done", () => {
  test("guarding twice leaves the same world, one decision, told once", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH, LAWFUL]);
    const event = granting(SSH);
    const first = await rig.decide(event);
    const second = await rig.decide(event, COPY);
    expect(second).toEqual(first);
    expect(rig.open()).toEqual([LAWFUL]);
    expect(rig.bus.published).toHaveLength(1);
    expect(rig.ledger.decisions()).toHaveLength(1);
  });

  test("two invocations at once make one decision", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    const [a, b] = await Promise.all([rig.decide(event), rig.decide(event)]);
    // Whoever decides first may not know yet who closed it; the ledger does in the end.
    expect([a.id, a.outcome]).toEqual([b.id, b.outcome]);
    expect(rig.ledger.decisions()).toMatchObject([{ outcome: "acted", acts: [{ result: "done" }] }]);
    expect(rig.ledger.decisions()[0]?.acts).not.toContainEqual(expect.objectContaining({ presumed: expect.anything() }));
    expect(rig.ledger.decisions()).toHaveLength(1);
    expect(rig.bus.published).toHaveLength(1);
  });

  test("a duplicate that finds the rule re-opened closes it and tells of it", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    await rig.decide(event);
    rig.ec2.grant("sg-1", SSH);
    const again = await rig.decide(event);
    expect(again.outcome).toBe("contested");
    expect(again.id).toContain("/again-");
    expect(rig.open()).toEqual([]);
    expect(rig.bus.published).toHaveLength(2);
  });

  test.each([
    // Where not even the beginning was noted, only whoever opened it again can tell, by an event of its own.
    ["begin", []],
    ["decide", ["again-1 acted"]],
    ["published", ["again-1 contested"]],
  ])("a duplicate that closed it again, and died at the ledger's %s of that, is told of by its retry, once", async (call, again) => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    await rig.decide(event);
    rig.ec2.grant("sg-1", SSH);
    let isDead = false;
    // Of the two beginnings the first is that of the change, whose decision stands.
    let left = call === "begin" ? 2 : 1;
    const die = (now: boolean) => {
      isDead ||= now;
      if (isDead) throw new Error("the process is dead");
    };
    rig.ledger.before = (one) => die(one === call && --left === 0);
    rig.ec2.before = () => die(false);
    rig.bus.before = () => die(false);
    await expect(rig.guard(event)).rejects.toThrow("the process is dead");
    isDead = false;
    rig.ledger.before = () => {};
    await guard(event, rig.ports, AGAIN);
    expect(rig.open()).toEqual([]);
    const told = rig.bus.published.map(({ id, outcome }) => `${id.split("/").slice(2).join("")} ${outcome}`);
    expect([...new Set(told)]).toEqual([" acted", ...again]);
    expect([...rig.ledger.entries.values()].every(({ state }) => state === "published")).toBe(true);
  });

  test("events out of order end in the same world", async () => {
    const grant = granting(SSH);
    const revoke = change({ claim: { kind: "rules-revoked", rules: [parseRule(SSH)], ruleIds: [] } });
    for (const order of [
      [grant, revoke],
      [revoke, grant],
    ]) {
      const rig = guardRig();
      rig.ec2.createGroup("sg-1", [LAWFUL]);
      for (const event of order) expect((await rig.decide(event)).outcome).toBe("clean");
      expect(rig.open()).toEqual([LAWFUL]);
    }
  });

  test("the group is gone: nothing to do, a clean decision", async () => {
    const rig = guardRig();
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "clean", findings: [] });
  });

  test("killed after the revoke took effect: the retry knows that it acted", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    rig.ec2.after = () => {
      throw new Ec2Error("throttled", "TimeoutError", "socket hang up");
    };
    await expect(rig.guard(event)).rejects.toThrow("socket hang up");
    expect(rig.open()).toEqual([]);
    rig.ec2.after = () => {};
    const retried = await rig.decide(event);
    expect(retried).toMatchObject({
      outcome: "acted",
      findings: [{ introduced: "now" }],
      acts: [{ result: "done", presumed: "other-attempt" }],
    });
    expect(await undo(retried, rig.ec2)).toMatchObject({ kind: "done" });
    expect(rig.open()).toEqual([SSH]);
    expect(rig.bus.published).toHaveLength(1);
  });

  test("the ledger is down while closing: closed and told all the same, and the failure is not hidden", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.ledger.before = () => {
      throw new Error("ledger down");
    };
    await expect(rig.guard(granting(SSH))).rejects.toThrow("ledger down");
    expect(rig.open()).toEqual([]);
    expect(rig.bus.published).toMatchObject([{ outcome: "acted" }]);
  });

  test("the bus is down after deciding: the retry announces the decision that stands", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    rig.bus.before = () => {
      throw new Error("bus down");
    };
    await expect(rig.guard(event)).rejects.toThrow("bus down");
    rig.bus.before = () => {};
    expect((await rig.decide(event)).outcome).toBe("acted");
    expect(rig.bus.published).toHaveLength(1);
  });
});

describe("EC2 is eventually consistent", () => {
  test("a rule just granted that reads do not show yet is waited for", async () => {
    const rig = guardRig("mode: dry-run");
    rig.ec2.createGroup("sg-1", [LAWFUL]);
    rig.ec2.serveStale(2);
    rig.ec2.grant("sg-1", SSH);
    expect((await rig.decide(granting(SSH))).outcome).toBe("would-act");
  });

  test("a read that still shows what was closed does not loop for ever", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.ec2.serveStale(2);
    const decision = await rig.decide(granting(SSH));
    expect(decision.outcome).toBe("acted");
    expect(decision.findings).toHaveLength(1);
  });

  test("a read that still shows what was closed, for ten seconds, is no failure", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const closed = rig.clock.now();
    rig.ec2.serveStale(Number.POSITIVE_INFINITY);
    rig.ec2.before = () => {
      if (rig.clock.now() - closed > 10_000) rig.ec2.serveStale(0);
    };
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "acted", findings: [{ introduced: "now" }] });
  });

  test("nor is it while answers are lost, after each of which EC2 says that it is gone", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const closed = rig.clock.now();
    let revocations = 0;
    rig.ec2.serveStale(Number.POSITIVE_INFINITY);
    rig.ec2.before = (call) => {
      if (rig.clock.now() - closed > 10_000) rig.ec2.serveStale(0);
      if (call !== "RevokeSecurityGroupIngress" || revocations++ === 0) return;
      throw new Ec2Error("rule-not-found", "InvalidPermission.NotFound", "gone", { mayHaveTakenEffect: true });
    };
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "acted" });
    expect(revocations).toBeGreaterThan(5);
  });

  test("a read that shows what was closed before finds nothing, and nobody is told", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH, LAWFUL]);
    rig.ec2.serveStale(1);
    rig.ec2.take("sg-1", SSH);
    expect(await rig.decide(granting(LAWFUL))).toMatchObject({ outcome: "clean", findings: [], acts: [{ result: "already" }] });
  });

  test("someone who re-opens it each time is closed four times, then the decision says failed", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    rig.ec2.before = (call) => {
      if (call === "DescribeSecurityGroup") rig.ec2.grant("sg-1", SSH);
    };
    const decision = await rig.decide(granting(SSH));
    expect(decision.outcome).toBe("failed");
    expect(decision.acts.at(-1)?.error).toContain("still open");
  });
});

describe("two invocations at once, of which the one that did nothing decides first", () => {
  /** Guards an event twice at once; the first holds its answer back until the other has decided. */
  async function twice(forbidden: string) {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [forbidden, LAWFUL]);
    const event = granting(forbidden);
    let release = () => {};
    const decided = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { ledger } = rig.ports;
    let calls = 0;
    const slow = {
      ...rig.ports,
      ledger: {
        begin: ledger.begin.bind(ledger),
        look: ledger.look.bind(ledger),
        intend: ledger.intend.bind(ledger),
        intended: ledger.intended.bind(ledger),
        reach: ledger.reach.bind(ledger),
        reached: ledger.reached.bind(ledger),
        decide: async (...given: Parameters<typeof ledger.decide>) => {
          if (calls++ === 0) await decided;
          return ledger.decide(...given);
        },
        amend: ledger.amend.bind(ledger),
        published: ledger.published.bind(ledger),
      },
    };
    const first = guard(event, slow, FIRST);
    // By now the first has closed it, and waits for the ledger.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await rig.decide(event, COPY);
    release();
    const [answer] = await first;
    return { rig, second, answer };
  }

  test("where the first cannot announce it, and its message is gone with that of the second, the second does", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const event = granting(SSH);
    const refused = Promise.withResolvers<void>();
    const busy = {
      ...rig.ports,
      bus: {
        publish: async () => {
          refused.resolve();
          throw new Error("bus down");
        },
      },
    };
    // Decides when the first has decided and could not announce it.
    const second = {
      ...rig.ports,
      ledger: {
        begin: rig.ledger.begin.bind(rig.ledger),
        look: rig.ledger.look.bind(rig.ledger),
        intend: rig.ledger.intend.bind(rig.ledger),
        intended: rig.ledger.intended.bind(rig.ledger),
        reach: rig.ledger.reach.bind(rig.ledger),
        reached: rig.ledger.reached.bind(rig.ledger),
        decide: async (...given: Parameters<typeof rig.ledger.decide>) => {
          await refused.promise;
          return rig.ledger.decide(...given);
        },
        amend: rig.ledger.amend.bind(rig.ledger),
        published: rig.ledger.published.bind(rig.ledger),
      },
    };
    const [first, answers] = await Promise.allSettled([guard(event, busy, FIRST), guard(event, second, COPY)]);
    expect([first.status, answers.status]).toEqual(["rejected", "fulfilled"]);
    expect(rig.bus.published).toMatchObject([{ outcome: "acted" }]);
    expect([...rig.ledger.entries.values()]).toMatchObject([{ state: "published" }]);
  });

  test("the decision tells who closed it, so that it can be undone", async () => {
    const { rig, answer } = await twice(SSH);
    expect(rig.open()).toEqual([LAWFUL]);
    expect(rig.ledger.decisions()).toHaveLength(1);
    expect(rig.ledger.decisions()[0]).toMatchObject({
      outcome: "acted",
      acts: [{ result: "done", remedy: { kind: "revoke-ingress", revoke: [{ fromPort: 22 }] } }],
    });
    expect(answer).toEqual(rig.ledger.decisions()[0]);
    expect(new Set(rig.bus.published.map(({ id }) => id)).size).toBe(1);
    expect(rig.bus.published.at(-1)).toEqual(answer);
  });
});
