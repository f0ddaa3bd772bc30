import { describe, expect, test } from "@jest/globals";
import type { NotifyPorts } from "../../lib/guard/notify-ports.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { burstPlace, isBurst } from "../../lib/telling/burst.ts";
import { placeOf } from "../../lib/telling/desk.ts";
import { notifyAll } from "../../lib/telling/notify.ts";
import { refusal } from "../support/memory-messenger.ts";
import { plenty, TellingRig, type Told } from "../support/telling-rig.ts";

/**
 * A process that dies at its nth call of a port, before or after the call took effect; dead, it has no effect any more. Or the call took
 * effect and its answer is lost, and the process goes on.
 */
class Life {
  calls = 0;
  private readonly end: number;
  private readonly when: When;

  constructor(end: number, when: When) {
    this.end = end;
    this.when = when;
  }

  get over(): boolean {
    return this.calls >= this.end;
  }

  async call<Result>(act: () => Promise<Result>): Promise<Result> {
    const call = ++this.calls;
    const isDead = this.when !== "lost" && (call > this.end || (call === this.end && this.when === "before"));
    if (isDead) throw new Error("the process is dead");
    const result = await act();
    if (call === this.end) throw new Error("the process is dead");
    return result;
  }
}

function mortal<Port extends object>(port: Port, life: Life): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => life.call(async () => Reflect.apply(member, target, args));
    },
  });
}

function portsOf(rig: TellingRig, life: Life): NotifyPorts {
  const { bury } = rig.ports();
  return rig.ports({
    messenger: mortal(rig.messenger, life),
    threads: mortal(rig.threads, life),
    decisions: mortal(rig.ledger, life),
    bury: (event, reason) => life.call(() => bury(event, reason)),
  });
}

// A resource told twice, a burst about five, one of which somebody else changes afterwards, and the burst's end.
const BATCH: readonly Told[] = [
  { subject: "sg-twice" },
  { subject: "sg-b1", actor: "terraform" },
  { subject: "sg-b2", actor: "terraform" },
  { subject: "sg-twice", actor: "ada" },
  { subject: "sg-b3", actor: "terraform" },
  { subject: "sg-b4", actor: "terraform" },
  { subject: "sg-b5", actor: "terraform" },
  { subject: "sg-gone", channel: "#gone" },
];
const LATER: readonly Told[] = [
  { subject: "sg-b6", actor: "terraform" },
  { subject: "sg-b7", actor: "terraform" },
  { subject: "sg-b2", actor: "ada" },
];

const WHEN = ["before", "after", "lost"] as const;
type When = (typeof WHEN)[number];

describe.each(WHEN)("a process that ends at a call (%s)", (when) => {
  // The queue hands out what was not acknowledged, perhaps in other batches.
  test.each([10, 4, 1])("tells everything once and in order when the batch comes again, %d at a time", async (size) => {
    let end = 0;
    for (let died = true; died; ) {
      end++;
      const rig = new TellingRig();
      rig.messenger.before = ({ channel }) => {
        if (channel === "#gone") throw refusal("channel_not_found", channel);
      };
      const first = await decide(rig, BATCH);
      const life = new Life(end, when);
      await notifyAll(
        portsOf(rig, life),
        [...first, ...first.slice(0, 1)].map(({ event }) => event),
        plenty,
      );
      const second = await decide(rig, LATER);
      // It may die while it goes on with the burst, too.
      if (!life.over)
        await notifyAll(
          portsOf(rig, life),
          second.map(({ event }) => event),
          plenty,
        );
      died = life.over;
      const all = [...first, ...second];
      for (let at = 0; at < all.length; at += size) {
        expect(
          await notifyAll(
            rig.ports(),
            all.slice(at, at + size).map(({ event }) => event),
            plenty,
          ),
        ).toEqual([]);
      }
      await check(
        rig,
        all.map(({ decision }) => decision),
        end,
      );
    }
    // So many calls are there to die at.
    expect(end).toBeGreaterThan(60);
  });
});

async function decide(rig: TellingRig, told: readonly Told[]) {
  const given = [];
  for (const one of told) given.push(await rig.decided(one));
  return given;
}

async function check(rig: TellingRig, decisions: readonly Decision[], end: number): Promise<void> {
  const { messenger, threads } = rig;
  expect([end, decisions.map((decision) => rig.tellings(decision)), rig.buried]).toEqual([end, decisions.map(() => 1), []]);
  for (const about of Map.groupBy(decisions, ({ change }) => change.subject.id).values()) {
    const [first] = about;
    if (first === undefined) continue;
    // Told in the order in which they came, all in one thread, which counts each of them once.
    const places = about.map((decision) => messenger.messages.findIndex((message) => rig.tells(message, decision)));
    const ts = new Set(places.map((place) => messenger.messages[place]).map((message) => message?.thread ?? message?.ts));
    const thread = await threads.thread(placeOf(first), "#net-guard");
    expect({ end, places, ts, count: thread?.count }).toEqual({
      end,
      places: [...places].sort((a, b) => a - b),
      ts: new Set([thread?.parent.ts]),
      count: about.length,
    });
    const parent = messenger.parents().find((message) => message.ts === thread?.parent.ts);
    if (!isBurst(thread?.first ?? "")) expect([end, (parent?.edits ?? 0) > 0]).toEqual([end, about.length > 1]);
  }
  const [, terraform] = decisions;
  const burst = terraform === undefined ? undefined : await threads.thread(burstPlace(terraform), "#net-guard");
  const counting = messenger.parents().find(({ ts }) => ts === burst?.parent.ts);
  if (burst !== undefined) expect(counting?.message.text).toContain(String(burst.burst?.length));
  expect(new Set(burst?.burst).size).toBe(burst?.burst?.length ?? 0);
}
