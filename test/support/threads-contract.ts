import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Thread, ThreadBook } from "../../lib/guard/notify-ports.ts";
import type { MemoryClock } from "./memory-ports.ts";

interface Stage {
  readonly threads: ThreadBook;
  readonly clock: MemoryClock;
  close(): Promise<void>;
}

const POSTED = { channel: "C0NETGUARD", ts: "1700000000.000100" };
const DAY = 24 * 3_600_000;

/** What every memory of what was told does: the suite runs on the one in memory and on the DynamoDB of an emulator. */
export function testThreadsContract(open: () => Promise<Stage>): void {
  let stage: Stage;
  beforeAll(async () => {
    stage = await open();
  }, 300_000);
  afterAll(() => stage.close());

  describe("the telling of a decision", () => {
    test("is the first's who begins it", async () => {
      const id = randomUUID();
      expect(await stage.threads.look(id)).toBeUndefined();
      expect(await stage.threads.begin(id)).toBe("mine");
      expect(await stage.threads.begin(id)).toBe("begun");
      expect(await stage.threads.look(id)).toBe("begun");
    });

    test("of many who begin it at once is one's", async () => {
      const id = randomUUID();
      const answers = await Promise.all(Array.from({ length: 5 }, () => stage.threads.begin(id)));
      expect(answers.filter((answer) => answer === "mine")).toHaveLength(1);
    });

    test("once noted, stays where it was noted first", async () => {
      const id = randomUUID();
      await stage.threads.begin(id);
      await stage.threads.told(id, POSTED);
      await stage.threads.told(id, { ...POSTED, ts: "1800000000.000100" });
      expect(await stage.threads.begin(id)).toEqual(POSTED);
      expect(await stage.threads.look(id)).toEqual(POSTED);
    });

    test("is noted even where nobody began it", async () => {
      const id = randomUUID();
      await stage.threads.told(id, POSTED);
      expect(await stage.threads.begin(id)).toEqual(POSTED);
    });
  });

  describe("a burst", () => {
    test("is claimed whole, and every decision of it knows the others", async () => {
      const [a, b] = [randomUUID(), randomUUID()];
      const burst = { id: `burst/${a}`, decisions: [a, b], joins: POSTED };
      expect(await stage.threads.beginBurst(burst)).toBe(true);
      expect(await stage.threads.look(b)).toEqual(burst);
      expect(await stage.threads.begin(a)).toEqual(burst);
      await stage.threads.told(a, POSTED);
      expect([await stage.threads.look(a), await stage.threads.look(b)]).toEqual([POSTED, burst]);
    });

    test("claims nothing when one of its decisions was claimed before", async () => {
      const [a, b] = [randomUUID(), randomUUID()];
      await stage.threads.begin(b);
      expect(await stage.threads.beginBurst({ id: `burst/${a}`, decisions: [a, b] })).toBe(false);
      expect(await stage.threads.look(a)).toBeUndefined();
    });
  });

  describe("a thread", () => {
    test("is one for each resource, region, account and channel", async () => {
      const thread = threadOf();
      await stage.threads.keep(thread);
      expect(await stage.threads.thread(thread, thread.channel)).toEqual(thread);
      for (const other of [
        { ...thread, account: "999988887777" },
        { ...thread, region: "us-east-1" },
        { ...thread, subject: { ...thread.subject, id: "sg-2" } },
        { ...thread, channel: "#other" },
      ]) {
        expect(await stage.threads.thread(other, other.channel)).toBeUndefined();
      }
    });

    test("grows, and never shrinks", async () => {
      const thread = threadOf();
      await stage.threads.keep(thread);
      const grown = { ...thread, last: "d-2", count: 2 };
      await stage.threads.keep(grown);
      await stage.threads.keep(thread);
      expect(await stage.threads.thread(thread, thread.channel)).toEqual(grown);
    });

    test("that two open at once is the first's", async () => {
      const thread = threadOf();
      await stage.threads.keep(thread);
      await stage.threads.keep({ ...thread, parent: { ...POSTED, ts: "1800000000.000100" }, first: "d-2", last: "d-2" });
      expect(await stage.threads.thread(thread, thread.channel)).toEqual(thread);
    });

    test("of a burst names all that its message counts", async () => {
      const thread = { ...threadOf(), first: "burst/d-1", burst: ["d-1", "d-2"] };
      await stage.threads.keep(thread);
      expect(await stage.threads.thread(thread, thread.channel)).toEqual(thread);
    });

    test("is over thirty days after its last decision, and another may begin", async () => {
      const thread = threadOf();
      await stage.threads.keep(thread);
      await stage.clock.sleep(29 * DAY);
      await stage.threads.keep({ ...thread, last: "d-2", count: 2 });
      await stage.clock.sleep(29 * DAY);
      expect(await stage.threads.thread(thread, thread.channel)).toMatchObject({ count: 2 });
      await stage.clock.sleep(DAY);
      expect(await stage.threads.thread(thread, thread.channel)).toBeUndefined();
      const next = { ...thread, parent: { ...POSTED, ts: "1800000000.000100" }, first: "d-3", last: "d-3" };
      await stage.threads.keep(next);
      expect(await stage.threads.thread(thread, thread.channel)).toEqual(next);
    });
  });
}

function threadOf(): Thread {
  const subject = { kind: "security-group", id: `sg-${randomUUID()}` } as const;
  return {
    account: "111122223333",
    region: "eu-west-1",
    subject,
    channel: "#net-guard",
    parent: POSTED,
    first: "d-1",
    last: "d-1",
    count: 1,
  };
}
