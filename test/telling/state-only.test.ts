import { describe, expect, test } from "@jest/globals";
import { notifyAll } from "../../lib/telling/notify.ts";
import { FIRST } from "../support/attempts.ts";
import { plenty, TellingRig } from "../support/telling-rig.ts";

const SWEPT = { source: "portcullis", name: "Swept" };
const contest = (count: number) => ({ count, since: "2026-03-02T09:14:07Z", userAgent: "HashiCorp/1.0 Terraform/1.9.5" });

describe("what keeps coming back", () => {
  /** Tells the first closing and as many more. */
  async function closings(times: number) {
    const rig = new TellingRig();
    const all = [await rig.decided({ subject: "sg-a" })];
    for (let n = 2; n <= times; n++) all.push(await rig.decided({ subject: "sg-a" }, { outcome: "contested", contest: contest(n) }));
    for (const { event } of all) expect(await notifyAll(rig.ports(), [event], plenty)).toEqual([]);
    return { rig, all };
  }

  test("is told when it is closed, and when it came back, and then counted on top without a message", async () => {
    const { rig, all } = await closings(7);
    const [parent, ...others] = rig.messenger.parents();
    expect(others).toEqual([]);
    expect(parent === undefined ? [] : rig.messenger.answers(parent).map(({ about }) => about)).toEqual([all[1]?.decision.id]);
    expect(parent?.edits).toBe(6);
    expect(JSON.stringify(parent?.message)).toMatch(/Now: closed again, 7 times\* since <!date.*by \*Terraform 1\.9\.5\*/);
  });

  test("counts on where the event came twice, without another message", async () => {
    const { rig, all } = await closings(4);
    for (const { event } of all) await notifyAll(rig.ports(), [event, event], plenty);
    expect(rig.messenger.messages).toHaveLength(2);
  });

  test("in one batch is no burst", async () => {
    const rig = new TellingRig();
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" })).event], plenty);
    const more = [];
    for (let n = 3; n <= 9; n++) more.push((await rig.decided({ subject: "sg-a" }, { outcome: "contested", contest: contest(n) })).event);
    expect(await notifyAll(rig.ports(), more, plenty)).toEqual([]);
    expect(rig.messenger.messages).toHaveLength(1);
    expect(JSON.stringify(rig.messenger.parents()[0]?.message)).toContain("9 times");
  });

  test("whose thread is gone opens another", async () => {
    const rig = new TellingRig();
    const { event } = await rig.decided({ subject: "sg-a" }, { outcome: "contested", contest: contest(9) });
    expect(await notifyAll(rig.ports(), [event], plenty)).toEqual([]);
    expect(rig.messenger.parents()).toHaveLength(1);
  });

  test("is shown on top even where the edit failed at first", async () => {
    const rig = new TellingRig();
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" })).event], plenty);
    const { event } = await rig.decided({ subject: "sg-a" }, { outcome: "contested", contest: contest(3) });
    let left = 1;
    rig.messenger.before = ({ name }) => {
      if (name === "update" && left-- > 0) throw new Error("Slack is away");
    };
    expect(await notifyAll(rig.ports(), [event], plenty)).toHaveLength(1);
    expect(await notifyAll(rig.ports(), [event], plenty)).toEqual([]);
    expect(JSON.stringify(rig.messenger.parents()[0]?.message)).toContain("3 times");
    expect(rig.messenger.messages).toHaveLength(1);
  });
});

describe("what a sweep finds gone", () => {
  const clean = async (rig: TellingRig, subject: string) => {
    const { decision } = await rig.decided({ subject }, { outcome: "clean", findings: [], acts: [] });
    const gone = { ...decision, id: `swept/${subject}`, change: { ...decision.change, call: SWEPT, actor: { arn: "portcullis" } } };
    await rig.ledger.decide(gone, FIRST);
    return { detail: JSON.parse(JSON.stringify(gone)) };
  };

  test("changes what its thread shows, and is no message", async () => {
    const rig = new TellingRig();
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" }, { outcome: "would-act", mode: "dry-run" })).event], plenty);
    expect(await notifyAll(rig.ports(), [await clean(rig, "sg-a")], plenty)).toEqual([]);
    expect(rig.messenger.messages).toHaveLength(1);
    expect(JSON.stringify(rig.messenger.parents()[0]?.message)).toContain("Now: nothing forbidden");
  });

  test("is told to nobody where nobody had been told of it", async () => {
    const rig = new TellingRig();
    expect(await notifyAll(rig.ports(), [await clean(rig, "sg-a")], plenty)).toEqual([]);
    expect(rig.messenger.messages).toEqual([]);
  });
});
