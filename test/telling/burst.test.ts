import { describe, expect, test } from "@jest/globals";
import type { Decision } from "../../lib/model/decision.ts";
import { BURST } from "../../lib/telling/batch.ts";
import { notifyAll } from "../../lib/telling/notify.ts";
import { refusal } from "../support/memory-messenger.ts";
import { plenty, TellingRig, type Told } from "../support/telling-rig.ts";

/** Decides in this order, and tells in batches of these sizes. */
async function tell(rig: TellingRig, told: readonly Told[], ...sizes: readonly number[]): Promise<readonly Decision[]> {
  const given = [];
  for (const one of told) given.push(await rig.decided(one));
  let at = 0;
  for (const size of sizes.length > 0 ? sizes : [given.length]) {
    const events = given.slice(at, at + size).map(({ event }) => event);
    expect(await notifyAll(rig.ports(), events, plenty)).toEqual([]);
    at += size;
  }
  return given.map(({ decision }) => decision);
}

const groups = (count: number, more: Omit<Told, "subject"> = {}): Told[] => {
  return Array.from({ length: count }, (_, i) => ({ subject: `sg-${String(i).padStart(4, "0")}`, ...more }));
};

describe("a burst", () => {
  test("becomes one message, the decisions a table in its thread", async () => {
    const rig = new TellingRig();
    const decisions = await tell(rig, groups(BURST + 1));
    const [parent, ...others] = rig.messenger.parents();
    expect(others).toEqual([]);
    expect(parent?.about).toBe(`burst/${decisions[0]?.id}`);
    expect(parent === undefined ? [] : rig.messenger.answers(parent)).toHaveLength(1);
    expect(decisions.map((decision) => rig.tellings(decision))).toEqual(decisions.map(() => 1));
  });

  test("is none of so few decisions, nor of different actors, accounts or channels", async () => {
    for (const told of [
      groups(BURST),
      groups(8).map((one, i) => ({ ...one, actor: `actor-${i % 4}` })),
      groups(8).map((one, i) => ({ ...one, channel: `#channel-${i % 4}` })),
    ]) {
      const rig = new TellingRig();
      await tell(rig, told);
      expect(rig.messenger.parents()).toHaveLength(told.length);
    }
  });

  test("does not count what was told before", async () => {
    const rig = new TellingRig();
    const given = [];
    for (const one of groups(BURST + 1)) given.push(await rig.decided(one));
    const events = given.map(({ event }) => event);
    await notifyAll(rig.ports(), events.slice(0, 1), plenty);
    await notifyAll(rig.ports(), events, plenty);
    expect(rig.messenger.parents()).toHaveLength(BURST + 1);
  });

  test("goes on through the batches that follow, and its message counts all of it", async () => {
    const rig = new TellingRig();
    const decisions = await tell(rig, groups(40), 10, 10, 10, 7, 3);
    const [parent, ...others] = rig.messenger.parents();
    expect(others).toEqual([]);
    expect(parent).toMatchObject({ edits: 4, message: { text: expect.stringContaining("40") } });
    expect(decisions.map((decision) => rig.tellings(decision))).toEqual(decisions.map(() => 1));
  });

  test("is over after a minute without a change, and when it is too large", async () => {
    const rig = new TellingRig();
    await tell(rig, [...groups(10, { after: 0 }), ...groups(10, { after: 61 })], 10, 10);
    expect(rig.messenger.parents()).toHaveLength(2);
    const large = new TellingRig();
    await tell(large, groups(120, { after: 0 }), ...Array.from({ length: 12 }, () => 10));
    expect(large.messenger.parents()).toHaveLength(2);
  });

  test("is the thread of its resources from then on; its message is not edited for one of them", async () => {
    const rig = new TellingRig();
    await tell(rig, [{ subject: "sg-0001" }, ...groups(5), { subject: "sg-0001", actor: "ada" }], 1, 5, 1);
    const burst = rig.messenger.parents()[1];
    const answers = burst === undefined ? [] : rig.messenger.answers(burst);
    expect(rig.messenger.parents()).toHaveLength(2);
    expect(answers).toHaveLength(2);
    expect(burst?.edits).toBe(0);
  });

  test("does not overtake another decision about the same resource", async () => {
    const rig = new TellingRig();
    const decisions = await tell(rig, [...groups(4), { subject: "sg-x", actor: "ada" }, { subject: "sg-x" }, { subject: "sg-y" }]);
    const order = rig.messenger.messages.map(({ about }) => about);
    const [burst] = decisions;
    expect(order).toEqual([`burst/${burst?.id}`, `burst/${burst?.id}/1`, decisions[4]?.id, decisions[5]?.id]);
  });

  test("whose thread is gone goes on with a new message", async () => {
    const rig = new TellingRig();
    const given = [];
    for (const one of groups(20)) given.push(await rig.decided(one));
    const events = given.map(({ event }) => event);
    await notifyAll(rig.ports(), events.slice(0, 10), plenty);
    let refused = false;
    rig.messenger.before = ({ name }) => {
      if (name !== "post" || refused) return;
      refused = true;
      throw refusal("is_archived", "#net-guard");
    };
    expect(await notifyAll(rig.ports(), events.slice(10), plenty)).toEqual([]);
    expect(rig.messenger.parents()).toHaveLength(2);
    expect(given.map(({ decision }) => rig.tellings(decision))).toEqual(given.map(() => 1));
  });

  test("in a channel that is gone is told in the default one", async () => {
    const rig = new TellingRig();
    rig.messenger.before = ({ channel }) => {
      if (channel === "#gone") throw refusal("channel_not_found", channel);
    };
    const decisions = await tell(rig, groups(20, { channel: "#gone" }), 10, 10);
    expect(rig.messenger.parents().every(({ channel }) => channel === "C-net-guard")).toBe(true);
    expect(decisions.map((decision) => rig.tellings(decision))).toEqual(decisions.map(() => 1));
  });
});
