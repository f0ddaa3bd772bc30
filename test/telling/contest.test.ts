import { describe, expect, test } from "@jest/globals";
import type { Decision } from "../../lib/model/decision.ts";
import { notifyAll } from "../../lib/telling/notify.ts";
import { plenty, TellingRig } from "../support/telling-rig.ts";

const SINCE = "2026-03-02T10:12:00Z";
const contested = (count: number): Partial<Decision> => ({
  outcome: "contested",
  contest: { count, since: SINCE, userAgent: "Terraform/1.5.0" },
});
/** The same closed so many times, by decisions that the ledger has. */
async function rounds(rig: TellingRig, count: number) {
  const made = [await rig.decided({ subject: "sg-a" })];
  for (let i = 2; i <= count; i++) made.push(await rig.decided({ subject: "sg-a" }, contested(i)));
  return made;
}
const stateIn = (rig: TellingRig) => /\*Now: [^*]*\*/.exec(JSON.stringify(rig.messenger.parents()[0]?.message))?.[0];

describe("what is closed again and again", () => {
  test("is told once more, in the thread, and from then on only its number changes", async () => {
    const rig = new TellingRig();
    for (const { event } of await rounds(rig, 7)) expect(await notifyAll(rig.ports(), [event], plenty)).toEqual([]);
    expect(rig.messenger.messages).toHaveLength(2);
    expect(JSON.stringify(rig.messenger.messages[1]?.message)).toContain("*2 times* since");
    expect(rig.messenger.parents()[0]?.edits).toBe(6);
    expect(stateIn(rig)).toContain("closed again, 7 times*");
  });

  test("is no burst, also when all of it comes in one batch", async () => {
    const rig = new TellingRig();
    const events = (await rounds(rig, 9)).map(({ event }) => event);
    expect(await notifyAll(rig.ports(), events, plenty)).toEqual([]);
    expect(rig.messenger.messages).toHaveLength(2);
    expect(stateIn(rig)).toContain("9 times");
  });

  test("is told with a message where no thread tells of it yet", async () => {
    const rig = new TellingRig();
    const [, , , fourth] = await rounds(rig, 4);
    await notifyAll(rig.ports(), [fourth?.event], plenty);
    expect(rig.messenger.messages).toHaveLength(1);
  });

  test("is told with a message where the breaker held back some of it", async () => {
    const rig = new TellingRig();
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" })).event], plenty);
    const held = { ...contested(3), held: "the breaker of account 111122223333 is open until 10:35 UTC" };
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" }, held)).event], plenty);
    expect(rig.messenger.messages).toHaveLength(2);
  });

  test("shows the number of the latest, when an earlier one comes late", async () => {
    const rig = new TellingRig();
    const [one, two, three, four] = await rounds(rig, 4);
    for (const made of [one, two, four, three]) await notifyAll(rig.ports(), [made?.event], plenty);
    expect(rig.messenger.messages).toHaveLength(2);
    expect(stateIn(rig)).toContain("4 times");
  });

  test("once something else happens, that is told again", async () => {
    const rig = new TellingRig();
    for (const { event } of await rounds(rig, 4)) await notifyAll(rig.ports(), [event], plenty);
    await notifyAll(rig.ports(), [(await rig.decided({ subject: "sg-a" })).event], plenty);
    expect(rig.messenger.messages).toHaveLength(3);
  });

  test.each(["before", "after"] as const)(
    "is told once and counted in the end, whichever call dies just %s it took effect",
    async (when) => {
      for (let end = 1, died = true; died; end++) {
        const rig = new TellingRig();
        const made = await rounds(rig, 5);
        let calls = 0;
        died = false;
        const die = (at: "before" | "after") => () => {
          if (at === "before") calls++;
          if (calls !== end || at !== when || died) return;
          died = true;
          throw new Error("the process is dead");
        };
        rig.messenger.before = die("before");
        rig.messenger.after = die("after");
        const events = made.map(({ event }) => event);
        await notifyAll(rig.ports(), events, plenty);
        expect(await notifyAll(rig.ports(), events, plenty)).toEqual([]);
        expect([end, rig.messenger.messages.length, stateIn(rig)]).toEqual([end, 2, expect.stringContaining("5 times")]);
      }
    },
  );
});
