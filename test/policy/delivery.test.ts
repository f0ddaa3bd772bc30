import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { Delivered, PolicySource } from "../../lib/policy/delivered.ts";
import { type KeptPolicy, PolicyDelivery } from "../../lib/policy/delivery.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { MemoryPolicyShelf } from "../support/memory-policy-shelf.ts";
import { MemoryClock } from "../support/memory-ports.ts";

const BUNDLED = parsePolicy("version: 1\nmode: off\n", "bundled");
const DRY = "version: 1\nmode: dry-run\n";
const ENFORCE = "version: 1\nmode: enforce\n";
const BROKEN = "version: 1\nmode: enforse\n";
const NAME = "ssm:/portcullis/policy";

/** A source in memory, and one function's instance that reads it. */
class Rig implements PolicySource {
  readonly name = NAME;
  readonly clock: MemoryClock;
  readonly shelf: MemoryPolicyShelf;
  readonly rejections: string[] = [];
  readonly lines: string[] = [];
  /** What a read brings; throws to refuse it. */
  delivers: () => Promise<Delivered> | Delivered = () => of(DRY);
  reads = 0;
  delivery: PolicyDelivery;

  constructor(shelf: MemoryPolicyShelf = new MemoryPolicyShelf(), clock: MemoryClock = new MemoryClock("2026-03-02T09:00:00Z")) {
    this.shelf = shelf;
    this.clock = clock;
    this.delivery = this.coldStart();
  }

  async read(): Promise<Delivered> {
    this.reads++;
    return this.delivers();
  }

  coldStart(): PolicyDelivery {
    const line = (level: string) => (message: string) => void this.lines.push(`${level}: ${message}`);
    const ports = {
      source: this,
      shelf: this.shelf,
      bundled: async () => BUNDLED,
      rejected: async (error: unknown) => void this.rejections.push(error instanceof Error ? error.message : String(error)),
      clock: this.clock,
      log: { info: line("info"), warn: line("warn"), error: line("error") },
    };
    this.delivery = new PolicyDelivery(ports, 50);
    return this.delivery;
  }

  /** One invocation: the policy that it judges by, and what comes after. */
  async invoke(): Promise<string> {
    const { mode } = (await this.delivery.current()).document;
    await this.delivery.keepUp();
    return mode;
  }

  /** An invocation after a minute, which finds what changed, and one that has it. */
  async aMinuteLater(): Promise<string> {
    this.clock.time += 60_000;
    await this.invoke();
    return this.invoke();
  }
}

function of(text: string, revision?: string): Delivered {
  return { bytes: Buffer.from(text), ...(revision !== undefined && { revision }) };
}

function kept(text: string, at: number): KeptPolicy {
  return { version: parsePolicy(text, "kept").version, source: NAME, text, readAt: at };
}

describe("between reads", () => {
  test("nobody waits and nothing is read, and the policy is the same object", async () => {
    const rig = new Rig();
    const first = await rig.delivery.current();
    for (let second = 0; second < 59; second++) {
      rig.clock.time += 1_000;
      expect(await rig.delivery.current()).toBe(first);
      await rig.delivery.keepUp();
    }
    expect(rig.reads).toBe(1);
  });

  test("a change is in use from the invocation on that follows the read", async () => {
    const rig = new Rig();
    await rig.invoke();
    rig.delivers = () => of(ENFORCE);
    rig.clock.time += 60_000;
    // The work of this invocation waits for no read.
    expect(await rig.invoke()).toBe("dry-run");
    expect(await rig.invoke()).toBe("enforce");
    expect(rig.reads).toBe(2);
  });

  test("the same version stays the same object, however the document is written", async () => {
    const rig = new Rig();
    const first = await rig.delivery.current();
    rig.delivers = () => of('{"mode": "dry-run", "version": 1}');
    await rig.aMinuteLater();
    expect(rig.reads).toBe(2);
    expect(await rig.delivery.current()).toBe(first);
  });

  test("those who ask at once share one read", async () => {
    const rig = new Rig();
    const opened = Promise.withResolvers<void>();
    rig.delivers = async () => {
      await opened.promise;
      return of(DRY);
    };
    const asked = [rig.delivery.current(), rig.delivery.current(), rig.delivery.current()];
    opened.resolve();
    const policies = await Promise.all(asked);
    expect(new Set(policies).size).toBe(1);
    expect(rig.reads).toBe(1);
    rig.clock.time += 60_000;
    await Promise.all([rig.delivery.keepUp(), rig.delivery.keepUp()]);
    expect(rig.reads).toBe(2);
  });

  test("work that can wait has what is no older than a minute, and reads no more often", async () => {
    const rig = new Rig();
    expect((await rig.delivery.latest()).document.mode).toBe("dry-run");
    rig.delivers = () => of(ENFORCE);
    rig.clock.time += 59_999;
    expect([(await rig.delivery.latest()).document.mode, rig.reads]).toEqual(["dry-run", 1]);
    rig.clock.time += 1;
    expect([(await rig.delivery.latest()).document.mode, rig.reads]).toEqual(["enforce", 2]);
    rig.delivers = () => of(BROKEN);
    rig.clock.time += 60_000;
    expect([(await rig.delivery.latest()).document.mode, rig.rejections.length]).toEqual(["enforce", 1]);
  });

  test("whoever was frozen for long reads before judging", async () => {
    const rig = new Rig();
    await rig.invoke();
    rig.delivers = () => of(ENFORCE);
    rig.clock.time += 600_000;
    expect(await rig.invoke()).toBe("enforce");
    expect(rig.reads).toBe(2);
  });

  test("a clock that was set back stops nothing", async () => {
    const rig = new Rig();
    await rig.invoke();
    rig.delivers = () => of(ENFORCE);
    rig.clock.time -= 3_600_000;
    await rig.invoke();
    expect(await rig.invoke()).toBe("enforce");
  });
});

describe("what is not valid", () => {
  test.each<[string, () => Delivered, RegExp]>([
    ["a broken policy", () => of(BROKEN), /^ssm:\/portcullis\/policy:2:7: .*enforse/],
    ["an empty document", () => of(""), /^ssm:\/portcullis\/policy:1:1: found an empty file/],
    ["no text", () => ({ bytes: Uint8Array.of(0xff, 0xfe, 0x00) }), /^ssm:\/portcullis\/policy: found bytes that are no UTF-8 text/],
    ["too much", () => ({ bytes: new Uint8Array(1_048_577) }), /^ssm:\/portcullis\/policy: found 1048577 bytes, expected at most 1048576/],
    ["nesting without end", () => of("[".repeat(100_000)), /^ssm:\/portcullis\/policy/],
    ["JSON that is cut off", () => of('{"version": 1, "mode": '), /^ssm:\/portcullis\/policy:1:\d+: not valid YAML/],
    [
      "a refusal",
      () => {
        throw new Error(`${NAME} could not be read: AccessDeniedException`);
      },
      /AccessDeniedException/,
    ],
  ])("%s is rejected once for each read, and the last good policy goes on", async (_, broken, says) => {
    const rig = new Rig();
    await rig.invoke();
    rig.delivers = broken;
    expect(await rig.aMinuteLater()).toBe("dry-run");
    expect(await rig.invoke()).toBe("dry-run");
    expect(rig.rejections).toEqual([expect.stringMatching(says)]);
    expect(await rig.aMinuteLater()).toBe("dry-run");
    expect(rig.rejections).toHaveLength(2);
    expect(rig.shelf.kept?.text).toBe(DRY);
    rig.delivers = () => of(ENFORCE);
    expect(await rig.aMinuteLater()).toBe("enforce");
  });

  test("a source that never answers is given up, and asked again a minute later only", async () => {
    const rig = new Rig();
    await rig.invoke();
    rig.delivers = () => new Promise(() => {});
    expect(await rig.aMinuteLater()).toBe("dry-run");
    expect(rig.rejections).toEqual([`${NAME} did not answer within 50 ms`]);
    expect(rig.reads).toBe(2);
    rig.delivers = () => of(ENFORCE);
    expect(await rig.aMinuteLater()).toBe("enforce");
  });

  test("an alarm that cannot be raised stops nothing", async () => {
    const rig = new Rig();
    await rig.invoke();
    rig.delivers = () => of(BROKEN);
    rig.rejections.push = () => {
      throw new Error("no metrics today");
    };
    expect(await rig.aMinuteLater()).toBe("dry-run");
    expect(rig.lines).toContain("error: No alarm about a rejected policy");
  });

  test("a policy that comes and goes is followed each time", async () => {
    const rig = new Rig();
    for (const text of [DRY, ENFORCE, BROKEN, DRY, BROKEN, ENFORCE]) {
      rig.delivers = () => of(text);
      const before = rig.shelf.kept?.text;
      const mode = await rig.aMinuteLater();
      const good = text === BROKEN ? before : text;
      expect([text, mode, rig.shelf.kept?.text]).toEqual([text, good === DRY ? "dry-run" : "enforce", good]);
    }
  });
});

describe("at a cold start", () => {
  test("the source is first, whatever is kept or bundled", async () => {
    const rig = new Rig(new MemoryPolicyShelf(kept(ENFORCE, 1)));
    expect(await rig.invoke()).toBe("dry-run");
    expect(rig.shelf.kept).toMatchObject({ text: DRY, source: NAME });
  });

  test("with a broken source the last good policy is used, and kept as it is", async () => {
    const rig = new Rig(new MemoryPolicyShelf(kept(ENFORCE, 1)));
    rig.delivers = () => of(BROKEN);
    expect(await rig.invoke()).toBe("enforce");
    expect(rig.shelf.kept).toEqual(kept(ENFORCE, 1));
    expect(rig.rejections).toHaveLength(1);
    expect(rig.lines).toEqual(["warn: The last good policy of the ledger is used"]);
  });

  test("the bundled policy is used only where the source has never delivered a good one", async () => {
    const rig = new Rig();
    rig.delivers = () => of(BROKEN);
    expect(await rig.invoke()).toBe("off");
    expect(rig.lines).toEqual([expect.stringContaining("warn: ssm:/portcullis/policy has never delivered a valid policy")]);
    rig.delivers = () => of(ENFORCE);
    expect(await rig.aMinuteLater()).toBe("enforce");
    rig.delivers = () => of(BROKEN);
    rig.coldStart();
    rig.clock.time += 60_000;
    expect(await rig.invoke()).toBe("enforce");
  });

  test("a delivered policy is kept even where it equals the bundled one", async () => {
    const rig = new Rig();
    rig.delivers = () => of(BROKEN);
    await rig.invoke();
    rig.delivers = () => of("version: 1\nmode: off\n");
    await rig.aMinuteLater();
    expect(rig.shelf.kept?.version).toBe(BUNDLED.version);
  });

  test("with neither source nor ledger nothing is judged until one of them is back", async () => {
    const rig = new Rig(new MemoryPolicyShelf(kept(ENFORCE, 1)));
    rig.delivers = () => of(BROKEN);
    rig.shelf.before = () => {
      throw new Error("throttled");
    };
    await expect(rig.delivery.current()).rejects.toThrow(/no policy to judge by: neither ssm:\/portcullis\/policy nor/);
    await expect(rig.delivery.current()).rejects.toThrow(/no policy to judge by/);
    // The source is not asked more than once a minute, the ledger is.
    expect(rig.reads).toBe(1);
    rig.shelf.before = () => {};
    expect(await rig.invoke()).toBe("enforce");
  });

  test("what is kept and cannot be read any more is no reason to use the bundled one", async () => {
    const rig = new Rig(new MemoryPolicyShelf({ ...kept(ENFORCE, 1), text: BROKEN }));
    rig.delivers = () => of(BROKEN);
    await expect(rig.delivery.current()).rejects.toThrow(/no policy to judge by/);
  });

  test("the first work does not wait until the policy is kept", async () => {
    const rig = new Rig();
    const opened = Promise.withResolvers<void>();
    rig.shelf.hold = opened.promise;
    expect((await rig.delivery.current()).document.mode).toBe("dry-run");
    expect(rig.shelf.kept).toBeUndefined();
    opened.resolve();
    await rig.delivery.keepUp();
    expect(rig.shelf.kept?.text).toBe(DRY);
  });

  test("a policy that could not be kept is kept a minute later", async () => {
    const rig = new Rig();
    rig.shelf.before = () => {
      throw new Error("throttled");
    };
    expect(await rig.invoke()).toBe("dry-run");
    rig.shelf.before = () => {};
    await rig.aMinuteLater();
    expect(rig.shelf.kept?.text).toBe(DRY);
  });
});

describe("two instances", () => {
  test("one that read the older document and writes later does not replace the newer", async () => {
    const shelf = new MemoryPolicyShelf();
    const clock = new MemoryClock("2026-03-02T09:00:00Z");
    const [older, newer] = [new Rig(shelf, clock), new Rig(shelf, clock)];
    const opened = Promise.withResolvers<void>();
    older.delivers = async () => {
      await opened.promise;
      return of(DRY);
    };
    newer.delivers = () => of(ENFORCE);
    const reading = older.invoke();
    clock.time += 10;
    await newer.invoke();
    opened.resolve();
    expect(await reading).toBe("dry-run");
    expect(shelf.kept?.text).toBe(ENFORCE);
  });

  test("one that was frozen while a policy came and broke takes the last good one of the other", async () => {
    const shelf = new MemoryPolicyShelf();
    const clock = new MemoryClock("2026-03-02T09:00:00Z");
    const [frozen, awake] = [new Rig(shelf, clock), new Rig(shelf, clock)];
    await frozen.invoke();
    await awake.invoke();
    awake.delivers = () => of(ENFORCE);
    await awake.aMinuteLater();
    frozen.delivers = () => of(BROKEN);
    expect(await frozen.aMinuteLater()).toBe("enforce");
  });

  test("a version that both have read is written once", async () => {
    const shelf = new MemoryPolicyShelf();
    const clock = new MemoryClock("2026-03-02T09:00:00Z");
    await new Rig(shelf, clock).invoke();
    const first = shelf.kept?.readAt;
    clock.time += 1_000;
    await new Rig(shelf, clock).invoke();
    expect(shelf.kept?.readAt).toBe(first);
  });
});

test("whatever bytes are delivered, there is a valid policy once there was a good one", async () => {
  const document = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: "binary", maxLength: 200 }).map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(text)),
    // A good policy of which a part was lost or replaced.
    fc.tuple(fc.nat(30), fc.nat(10), fc.string({ maxLength: 5 })).map(([at, length, text]) => {
      return Buffer.from(ENFORCE.slice(0, at) + text + ENFORCE.slice(at + length));
    }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(document, { maxLength: 8 }),
      fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      async (documents, colds) => {
        const rig = new Rig();
        await rig.invoke();
        let last: Policy = parsePolicy(DRY, "first");
        for (const [i, bytes] of documents.entries()) {
          rig.delivers = () => ({ bytes });
          if (colds[i] === true) rig.coldStart();
          await rig.aMinuteLater();
          last = validOr(last, bytes);
          const { version } = await rig.delivery.current();
          expect([version, rig.shelf.kept?.version]).toEqual([last.version, last.version]);
        }
      },
    ),
    { numRuns: 100 },
  );
});

function validOr(last: Policy, bytes: Uint8Array): Policy {
  try {
    return parsePolicy(new TextDecoder("utf-8", { fatal: true }).decode(bytes), "delivered");
  } catch {
    return last;
  }
}
