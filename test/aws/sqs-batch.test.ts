import { beforeEach, describe, expect, test } from "@jest/globals";
import { restAfter } from "../../lib/aws/sqs/retry-soon.ts";
import { asOne, inBatch } from "../../lib/aws/sqs/sqs-batch.ts";
import { sqsEvent } from "../support/sqs-event.ts";

interface Logged {
  readonly messageId?: unknown;
  readonly error?: unknown;
}

function recordingLog() {
  const errors: Logged[] = [];
  return { errors, error: (_: string, details: Logged) => void errors.push(details) };
}

describe("a batch of messages", () => {
  test("reports only those that failed, each logged with its cause", async () => {
    const log = recordingLog();
    const handled: unknown[] = [];
    const handle = inBatch(async (body) => {
      if (body === 2) throw new Error("two is refused");
      handled.push(body);
    }, log);
    expect(await handle(sqsEvent("1", "2", "3"))).toEqual({ batchItemFailures: [{ itemIdentifier: "message-1" }] });
    expect(handled).toEqual([1, 3]);
    expect(log.errors).toEqual([{ messageId: "message-1", attempt: 1, error: new Error("two is refused") }]);
  });

  test("a body that is not JSON fails its item alone", async () => {
    const log = recordingLog();
    const answer = await inBatch(async () => {}, log)(sqsEvent("{", '"fine"', ""));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }, { itemIdentifier: "message-2" }] });
    expect(log.errors.map(({ error }) => error instanceof SyntaxError || String(error))).toEqual([true, true]);
  });

  test("goes one by one, or together", async () => {
    const run = async (together: boolean) => {
      const steps: string[] = [];
      const handle = async (body: unknown) => {
        steps.push(`begin ${body}`);
        await Promise.resolve();
        steps.push(`end ${body}`);
      };
      await inBatch(handle, recordingLog(), { together })(sqsEvent("1", "2"));
      return steps;
    };
    expect(await run(false)).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
    expect(await run(true)).toEqual(["begin 1", "begin 2", "end 1", "end 2"]);
  });

  test("brings the retry of a failed message forward, and of no other", async () => {
    const asked: unknown[] = [];
    const handle = inBatch(
      async (body) => {
        if (body === 2) throw new Error("two is refused");
      },
      recordingLog(),
      { retry: async (receipt, seconds) => void asked.push([receipt, seconds]) },
    );
    await handle(sqsEvent("1", "2"));
    expect(asked).toEqual([["receipt-1", 5]]);
  });

  test("a retry that cannot be brought forward is logged, and the message reported all the same", async () => {
    const log = recordingLog();
    const retry = async () => {
      throw new Error("no queue");
    };
    expect(await inBatch(async () => {}, log, { retry })(sqsEvent("{"))).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
    expect(log.errors).toHaveLength(2);
  });

  test("rests 5 s, then twice as long each time, five minutes at most", () => {
    expect([1, 2, 3, 7, 20].map(restAfter)).toEqual([5, 10, 20, 300, 300]);
  });
});

describe("a batch that is handled as one", () => {
  const asked: unknown[] = [];
  const retry = async (receipt: string, seconds: number) => void asked.push([receipt, seconds]);
  beforeEach(() => void asked.splice(0));

  test("hands all bodies over in order, those that are no JSON as they are", async () => {
    const handled: unknown[] = [];
    const handle = asOne(async (bodies) => {
      handled.push(...bodies);
      return [];
    }, recordingLog());
    expect(await handle(sqsEvent("1", "{", '"three"'))).toEqual({ batchItemFailures: [] });
    expect(handled).toEqual([1, "{", "three"]);
  });

  test("reports what failed, with its cause, and lets all of it rest equally long", async () => {
    const log = recordingLog();
    const error = new Error("refused");
    const handle = asOne(
      async () => [
        { index: 0, error },
        { index: 2, error },
      ],
      log,
      retry,
    );
    expect(await handle(sqsEvent("1", "2", "3"))).toEqual({
      batchItemFailures: [{ itemIdentifier: "message-0" }, { itemIdentifier: "message-2" }],
    });
    expect(asked).toEqual([
      ["receipt-0", 5],
      ["receipt-2", 5],
    ]);
    expect(log.errors).toHaveLength(2);
  });

  test("keeps the longest wait that was asked for, in whole seconds", async () => {
    const failures = [
      { index: 0, error: 1 },
      { index: 1, error: 2, retryAfter: 30_001 },
      { index: 2, error: 3, retryAfter: 2000 },
    ];
    await asOne(async () => failures, recordingLog(), retry)(sqsEvent("1", "2", "3"));
    expect(asked).toEqual([
      ["receipt-0", 31],
      ["receipt-1", 31],
      ["receipt-2", 31],
    ]);
  });
});
