import { describe, expect, test } from "@jest/globals";
import { asOne } from "../../lib/aws/sqs/sqs-batch.ts";
import type { Messenger } from "../../lib/guard/notify-ports.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { notifyAll } from "../../lib/telling/notify.ts";
import { MemoryFifo } from "../support/memory-fifo.ts";
import { type MemoryMessenger, refusal } from "../support/memory-messenger.ts";
import type { MemoryClock } from "../support/memory-ports.ts";
import { TellingRig } from "../support/telling-rig.ts";

const TIMEOUT = 60_000;
const TRIES = 48;
const CALL = 200;
const SECOND = 1000;

/** Runs the function behind a queue until the queue is empty, in virtual time: each call of Slack takes a while. */
async function drain(rig: TellingRig, queue: MemoryFifo, messenger: Messenger = rig.messenger): Promise<void> {
  await queue.drain((event, retry) => {
    const begun = rig.clock.now();
    const timeLeft = () => TIMEOUT - (rig.clock.now() - begun);
    const { log } = rig.ports();
    return asOne((events) => notifyAll(rig.ports({ messenger }), events, timeLeft), log, retry)(event);
  });
  expect(queue.mostReceives).toBeLessThan(TRIES);
  expect(rig.buried).toEqual([]);
}

/** One message a second and channel; who asks too early is told how long to wait. Resolves to the tries within such a wait. */
function limit(messenger: MemoryMessenger, clock: MemoryClock): { early: number } {
  const seen = { early: 0 };
  const free = new Map<string, number>();
  const asked = new Map<string, number>();
  messenger.before = ({ name, channel }) => {
    clock.time += CALL;
    if (name !== "post") return;
    const key = channel.replace(/^(C-|#)/, "");
    if (clock.now() < (asked.get(key) ?? 0)) seen.early++;
    const wait = (free.get(key) ?? 0) - clock.now();
    if (wait > 0) {
      // Slack speaks in whole seconds.
      asked.set(key, clock.now() + SECOND);
      throw refusal("ratelimited", channel, SECOND);
    }
    free.set(key, clock.now() + SECOND);
  };
  return seen;
}

/** A messenger that waits as long as Slack asks when the function has that time, as the real one does. */
function patient(messenger: MemoryMessenger, clock: MemoryClock): Messenger {
  return {
    update: (...args) => messenger.update(...args),
    find: (...args) => messenger.find(...args),
    userByEmail: (email) => messenger.userByEmail(email),
    post: async (channel, message, options) => {
      for (;;) {
        try {
          return await messenger.post(channel, message, options);
        } catch (error) {
          const wait = typeof error === "object" && error !== null && "retryAfter" in error ? Number(error.retryAfter) : Number.NaN;
          if (!(wait + 5 * SECOND < (options?.timeLeft?.() ?? 0))) throw error;
          await clock.sleep(wait);
        }
      }
    },
  };
}

function orderOf(rig: TellingRig, decisions: readonly Decision[]): number[] {
  return decisions.map((decision) => rig.messenger.messages.findIndex((message) => rig.tells(message, decision)));
}

describe("Slack down for an hour", () => {
  test("loses nothing: when it is back, every decision is told once, in order in its thread", async () => {
    const rig = new TellingRig();
    const queue = new MemoryFifo(rig.clock);
    const start = rig.clock.now();
    rig.messenger.before = ({ channel }) => {
      rig.clock.time += CALL;
      if (rig.clock.now() < start + 3_600_000) throw refusal("HTTP 503", channel);
    };
    const decisions: Decision[] = [];
    for (let i = 0; i < 120; i++) {
      const { decision, event } = await rig.decided({ subject: `sg-${i % 7}`, actor: `actor-${i % 5}`, after: i * 30 });
      decisions.push(decision);
      queue.send(event, start + i * 30_000);
    }
    await drain(rig, queue);
    expect(decisions.map((decision) => rig.tellings(decision))).toEqual(decisions.map(() => 1));
    for (const about of Map.groupBy(decisions, ({ change }) => change.subject.id).values()) {
      const places = orderOf(rig, about);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
    expect(rig.messenger.parents()).toHaveLength(7);
  });
});

describe("500 decisions in a minute against one message a second and channel", () => {
  test.each([
    ["that waits as long as Slack asks", true],
    ["that gives up at once", false],
  ])("a client %s: none is lost, the burst is merged, Retry-After is kept", async (_, waits) => {
    const rig = new TellingRig();
    const queue = new MemoryFifo(rig.clock);
    const start = rig.clock.now();
    const decisions: Decision[] = [];
    for (let i = 0; i < 500; i++) {
      const { decision, event } = await rig.decided({
        subject: `sg-${String(i).padStart(4, "0")}`,
        actor: "terraform",
        after: (i * 60) / 500,
      });
      decisions.push(decision);
      queue.send(event, start + i * 120);
    }
    const seen = limit(rig.messenger, rig.clock);
    await drain(rig, queue, waits ? patient(rig.messenger, rig.clock) : rig.messenger);
    expect(decisions.map((decision) => rig.tellings(decision))).toEqual(decisions.map(() => 1));
    expect(seen.early).toBe(0);
    expect(rig.messenger.parents().length).toBeLessThan(12);
    // A message a batch, and not one a decision.
    expect(rig.messenger.messages.length).toBeLessThan(125);
  });

  test("of many people in two channels: none is lost, and each is told in order", async () => {
    const rig = new TellingRig();
    const queue = new MemoryFifo(rig.clock);
    const start = rig.clock.now();
    const decisions: Decision[] = [];
    for (let i = 0; i < 500; i++) {
      const { decision, event } = await rig.decided({
        subject: `sg-${i % 50}`,
        actor: `actor-${i % 97}`,
        channel: `#team-${i % 2}`,
        after: i / 8,
      });
      decisions.push(decision);
      queue.send(event, start + i * 120);
    }
    const seen = limit(rig.messenger, rig.clock);
    await drain(rig, queue, patient(rig.messenger, rig.clock));
    expect(decisions.map((decision) => rig.tellings(decision))).toEqual(decisions.map(() => 1));
    expect(seen.early).toBe(0);
    for (const about of Map.groupBy(decisions, ({ change, channel }) => `${change.subject.id} ${channel}`).values()) {
      const places = orderOf(rig, about);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
  });
});
