import { describe, expect, test } from "@jest/globals";
import { notifyAll } from "../../lib/telling/notify.ts";
import { idOf, refusal } from "../support/memory-messenger.ts";
import { plenty, TellingRig } from "../support/telling-rig.ts";

const failed = (failures: readonly { index: number }[]) => failures.map(({ index }) => index);

describe("threads", () => {
  test("the first decision about a resource opens one, later ones answer in it and edit its message", async () => {
    const rig = new TellingRig();
    const first = await rig.decided({ subject: "sg-a" });
    const second = await rig.decided({ subject: "sg-a" }, { outcome: "contested" });
    expect(await notifyAll(rig.ports(), [first.event], plenty)).toEqual([]);
    const opened = rig.messenger.messages[0]?.message;
    expect(await notifyAll(rig.ports(), [second.event], plenty)).toEqual([]);
    const [parent, ...others] = rig.messenger.parents();
    expect(others).toEqual([]);
    expect(parent).toMatchObject({ channel: "C-net-guard", about: first.decision.id, edits: 1 });
    expect(parent?.message).not.toEqual(opened);
    expect(JSON.stringify(parent?.message)).toContain(first.decision.id);
    expect(rig.messenger.messages[1]).toMatchObject({ thread: parent?.ts, about: second.decision.id });
    expect(rig.meter.values).toEqual({ Told: [1, 1] });
  });

  test("each resource, account, region and channel has its own", async () => {
    const rig = new TellingRig();
    const { decision, event } = await rig.decided({ subject: "sg-a" });
    const elsewhere = { ...decision, id: "x/sg-a", change: { ...decision.change, region: "us-east-1" } };
    const given = [event, { detail: { ...event.detail, id: "x/sg-a", change: elsewhere.change } }];
    given.push((await rig.decided({ subject: "sg-a", channel: "#payments" })).event, (await rig.decided({ subject: "sg-b" })).event);
    for (const one of given) await notifyAll(rig.ports(), [one], plenty);
    expect(rig.messenger.parents()).toHaveLength(4);
  });

  test("after thirty days without a decision, a new one opens another", async () => {
    const rig = new TellingRig();
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" })).event], plenty);
    await rig.clock.sleep(30 * 24 * 3_600_000);
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" })).event], plenty);
    expect(rig.messenger.parents()).toHaveLength(2);
  });

  test("a decision that comes late is told, and the message keeps showing the later one's state", async () => {
    const rig = new TellingRig();
    const [first, late, last] = [
      await rig.decided({ subject: "sg-a" }),
      await rig.decided({ subject: "sg-a" }),
      await rig.decided({ subject: "sg-a" }),
    ];
    for (const { event } of [first, last, late]) await notifyAll(rig.ports(), [event], plenty);
    expect(rig.messenger.parents()).toEqual([expect.objectContaining({ edits: 1 })]);
    expect(rig.tellings(late.decision)).toBe(1);
  });

  test("where the first decision has left the ledger, answers are posted and the message stays as it is", async () => {
    const rig = new TellingRig();
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" })).event], plenty);
    rig.ledger.entries.clear();
    const { event } = await rig.decided({ subject: "sg-a" });
    expect(await notifyAll(rig.ports(), [event], plenty)).toEqual([]);
    expect(rig.messenger.messages).toHaveLength(2);
    expect(rig.messenger.parents()[0]?.edits).toBe(0);
  });

  test("an answer that the thread does not take opens another", async () => {
    const rig = new TellingRig();
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" })).event], plenty);
    let refused = false;
    rig.messenger.before = ({ name }) => {
      if (name === "post" && !refused) {
        refused = true;
        throw refusal("channel_not_found", "#net-guard");
      }
    };
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" })).event], plenty);
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" })).event], plenty);
    const [, second, ...others] = rig.messenger.parents();
    expect(others).toEqual([]);
    expect(second === undefined ? 0 : rig.messenger.answers(second)).toHaveLength(1);
  });
});

describe("exactly once", () => {
  test("a decision that comes twice is told once, in one batch or in two", async () => {
    const rig = new TellingRig();
    const { decision, event } = await rig.decided({ subject: "sg-a" });
    await notifyAll(rig.ports(), [event, event], plenty);
    await notifyAll(rig.ports(), [event], plenty);
    expect(rig.tellings(decision)).toBe(1);
  });

  test("a message whose answer never arrived is found, and not posted again", async () => {
    const rig = new TellingRig();
    const [first, second] = [await rig.decided({ subject: "sg-a" }), await rig.decided({ subject: "sg-a" })];
    for (const { event, decision } of [first, second]) {
      rig.messenger.after = ({ name }) => {
        if (name === "post") throw refusal("unreachable", "#net-guard");
      };
      expect(failed(await notifyAll(rig.ports(), [event], plenty))).toEqual([0]);
      rig.messenger.after = () => {};
      expect(await notifyAll(rig.ports(), [event], plenty)).toEqual([]);
      expect(rig.tellings(decision)).toBe(1);
    }
    expect(rig.messenger.parents()).toEqual([expect.objectContaining({ edits: 1 })]);
  });

  test("a decision that somebody begins to tell at the same moment is looked for before it is posted", async () => {
    const rig = new TellingRig();
    const { event, decision } = await rig.decided({ subject: "sg-a" });
    await rig.threads.begin(decision.id);
    await rig.messenger.post("#net-guard", { text: "told", blocks: [] }, { about: decision.id });
    rig.threads.look = async () => undefined;
    expect(await notifyAll(rig.ports(), [event], plenty)).toEqual([]);
    expect(rig.tellings(decision)).toBe(1);
  });

  test("an edit that fails is made good, without a second answer", async () => {
    const rig = new TellingRig();
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" })).event], plenty);
    const { event, decision } = await rig.decided({ subject: "sg-a" });
    rig.messenger.before = ({ name }) => {
      if (name === "update") throw refusal("HTTP 500", "#net-guard");
    };
    expect(failed(await notifyAll(rig.ports(), [event], plenty))).toEqual([0]);
    rig.messenger.before = () => {};
    expect(await notifyAll(rig.ports(), [event], plenty)).toEqual([]);
    expect(rig.tellings(decision)).toBe(1);
    expect(rig.messenger.parents()[0]?.edits).toBe(1);
  });

  test("where Slack does not let us look, it is told rather twice than never", async () => {
    const rig = new TellingRig();
    const { event, decision } = await rig.decided({ subject: "sg-a" });
    await rig.threads.begin(decision.id);
    rig.messenger.before = ({ name }) => {
      if (name === "find") throw refusal("missing_scope", "#net-guard");
    };
    expect(await notifyAll(rig.ports(), [event], plenty)).toEqual([]);
    expect(rig.tellings(decision)).toBe(1);
    expect(rig.logged).toContainEqual(expect.stringContaining("warn: It could not be looked up"));
  });
});

describe("order", () => {
  test("after a failure, everything later in the same thread fails too; the rest is told", async () => {
    const rig = new TellingRig();
    const given = [];
    for (const subject of ["sg-a", "sg-b", "sg-a"]) given.push(await rig.decided({ subject }));
    let calls = 0;
    rig.messenger.before = ({ name }) => {
      if (name === "post" && ++calls === 1) throw new Error("the first answer makes no sense");
    };
    const events = given.map(({ event }) => event);
    expect(failed(await notifyAll(rig.ports(), events, plenty))).toEqual([0, 2]);
    expect(rig.messenger.parents()).toHaveLength(1);
    expect(await notifyAll(rig.ports(), [events[0], events[2]], plenty)).toEqual([]);
    expect(given.map(({ decision }) => rig.tellings(decision))).toEqual([1, 1, 1]);
  });

  test("a channel that is asked too often is left alone for the rest of the batch, and says how long", async () => {
    const rig = new TellingRig();
    const events = [];
    for (const [i, channel] of ["#busy", "#free", "#busy"].entries())
      events.push((await rig.decided({ subject: `sg-${i}`, channel })).event);
    let asked = 0;
    rig.messenger.before = ({ channel }) => {
      if (channel !== "#busy") return;
      asked++;
      throw refusal("ratelimited", channel, 30_000);
    };
    const failures = await notifyAll(rig.ports(), events, plenty);
    expect(failures).toEqual([
      expect.objectContaining({ index: 0, retryAfter: 30_000 }),
      expect.objectContaining({ index: 2, retryAfter: 30_000 }),
    ]);
    expect(asked).toBe(1);
    expect(rig.messenger.parents()).toEqual([expect.objectContaining({ channel: idOf("#free") })]);
  });

  test("nothing is begun that there is no time for", async () => {
    const rig = new TellingRig();
    const { event, decision } = await rig.decided({ subject: "sg-a" });
    expect(failed(await notifyAll(rig.ports(), [event], () => 1000))).toEqual([0]);
    expect(await rig.threads.look(decision.id)).toBeUndefined();
  });

  test("a book that cannot be read fails the batch, and nothing is told", async () => {
    const rig = new TellingRig();
    const events = [(await rig.decided({ subject: "sg-a" })).event, (await rig.decided({ subject: "sg-b" })).event];
    rig.threads.look = () => Promise.reject(new Error("the table is gone"));
    expect(failed(await notifyAll(rig.ports(), events, plenty))).toEqual([0, 1]);
    expect(rig.messenger.messages).toEqual([]);
  });
});

describe("a channel that Slack refuses for good", () => {
  const gone = (rig: TellingRig, ...channels: string[]) => {
    rig.messenger.before = ({ channel }) => {
      if (channels.includes(channel)) throw refusal("channel_not_found", channel);
    };
  };

  test("gives way to the default one, with a note, in a thread there", async () => {
    const rig = new TellingRig();
    gone(rig, "#gone");
    const given = [await rig.decided({ subject: "sg-a", channel: "#gone" }), await rig.decided({ subject: "sg-a", channel: "#gone" })];
    for (const { event } of given) expect(await notifyAll(rig.ports(), [event], plenty)).toEqual([]);
    const [parent, ...others] = rig.messenger.parents();
    expect(others).toEqual([]);
    expect(parent).toMatchObject({ channel: idOf("#net-guard"), edits: 1 });
    expect(JSON.stringify(parent?.message)).toContain("This belongs in #gone, which Slack refused: channel_not_found");
    expect(given.map(({ decision }) => rig.tellings(decision))).toEqual([1, 1]);
  });

  test("with the default one refused too, the decision is buried at once and the rest goes on", async () => {
    const rig = new TellingRig();
    gone(rig, "#gone", "#net-guard");
    const [lost, other] = [
      await rig.decided({ subject: "sg-a", channel: "#gone" }),
      await rig.decided({ subject: "sg-b", channel: "#ok" }),
    ];
    expect(await notifyAll(rig.ports(), [lost.event, other.event], plenty)).toEqual([]);
    expect(rig.buried).toEqual([{ event: lost.event, reason: expect.stringContaining("channel_not_found") }]);
    expect(rig.logged).toContainEqual(expect.stringContaining("error: An event cannot be told"));
    expect(rig.tellings(other.decision)).toBe(1);
  });

  test("once it is put right, what was buried is told when it comes again", async () => {
    const rig = new TellingRig();
    gone(rig, "#net-guard");
    const { event, decision } = await rig.decided({ subject: "sg-a" });
    await notifyAll(rig.ports(), [event], plenty);
    gone(rig);
    expect(await notifyAll(rig.ports(), [event], plenty)).toEqual([]);
    expect(rig.tellings(decision)).toBe(1);
  });

  test("what cannot even be buried is left to the queue", async () => {
    const rig = new TellingRig();
    gone(rig, "#net-guard");
    const { event } = await rig.decided({ subject: "sg-a" });
    const bury = () => Promise.reject(new Error("no such queue"));
    expect(failed(await notifyAll(rig.ports({ bury }), [event, "no decision"], plenty))).toEqual([0, 1]);
  });

  test("a token that Slack does not know concerns every channel: the decision waits in the queue", async () => {
    const rig = new TellingRig();
    rig.messenger.before = () => {
      throw refusal("invalid_auth", "#net-guard");
    };
    const { event } = await rig.decided({ subject: "sg-a", channel: "#payments" });
    expect(failed(await notifyAll(rig.ports(), [event], plenty))).toEqual([0]);
    expect(rig.buried).toEqual([]);
  });
});
