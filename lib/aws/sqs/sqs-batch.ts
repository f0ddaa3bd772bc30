import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Log } from "../../guard/notify-ports.ts";
import type { Attempt } from "../../guard/ports.ts";
import { type Retry, restAfter } from "./retry-soon.ts";

/** How a batch is gone through. */
export interface BatchOptions {
  /** Handle all records at once rather than one after the other. */
  readonly together?: boolean;
  /** Asks the queue to hand a failed message out again soon; see retrySoon. */
  readonly retry?: Retry | undefined;
}

/** A message of a batch that failed, by its place, and how long the next try must wait if somebody said so (milliseconds). */
export interface FailedMessage {
  readonly index: number;
  readonly error: unknown;
  readonly retryAfter?: number;
}

/**
 * Hands each record's body, parsed as JSON, to `handle`, with the attempt that this is, and reports those that failed, so that SQS retries and
 * dead-letters these alone. Every failure is logged with its cause.
 */
export function inBatch(
  handle: (body: unknown, attempt: Attempt) => Promise<void>,
  log: Pick<Log, "error">,
  { together = false, retry }: BatchOptions = {},
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const tryOne = async (record: SQSRecord): Promise<string[]> => {
    try {
      await handle(JSON.parse(record.body), { message: record.messageId, number: attemptOf(record) });
      return [];
    } catch (error) {
      await failed(record, error, restAfter(attemptOf(record)), log, retry);
      return [record.messageId];
    }
  };
  return async ({ Records: records }) => {
    const ids: string[] = [];
    if (together) ids.push(...(await Promise.all(records.map(tryOne))).flat());
    else for (const record of records) ids.push(...(await tryOne(record)));
    return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/**
 * Hands all bodies of a batch over at once, in order, parsed as JSON where they are JSON, and reports those that `handle` says
 * failed. All of these rest equally long: in a FIFO queue none of a group comes before the last may, and a wait that was asked
 * for is kept.
 */
export function asOne(
  handle: (bodies: readonly unknown[]) => Promise<readonly FailedMessage[]>,
  log: Pick<Log, "error">,
  retry?: Retry,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async ({ Records: records }) => {
    const failures = (await handle(records.map(({ body }) => parsed(body)))).flatMap((failure) => {
      const record = records[failure.index];
      return record === undefined ? [] : [{ ...failure, record }];
    });
    const waits = failures.flatMap(({ retryAfter }) => (retryAfter === undefined ? [] : [Math.ceil(retryAfter / 1000)]));
    const [first] = failures;
    const rest = waits.length > 0 ? Math.max(...waits) : restAfter(first === undefined ? 1 : attemptOf(first.record));
    await Promise.all(failures.map(({ record, error }) => failed(record, error, rest, log, retry)));
    return { batchItemFailures: failures.map(({ record }) => ({ itemIdentifier: record.messageId })) };
  };
}

async function failed(
  record: SQSRecord,
  error: unknown,
  seconds: number,
  log: Pick<Log, "error">,
  retry: Retry | undefined,
): Promise<void> {
  const { messageId, receiptHandle } = record;
  log.error("Message failed; the queue will hand it out again or dead-letter it", { messageId, attempt: attemptOf(record), error });
  // Without this, the message comes back all the same, only later.
  await retry?.(receiptHandle, seconds).catch((cause: unknown) =>
    log.error("The retry could not be brought forward", { messageId, error: cause }),
  );
}

function attemptOf({ attributes }: SQSRecord): number {
  return Number(attributes.ApproximateReceiveCount);
}

// What is no JSON is handed over as it is: whoever handles it says what is wrong with it.
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
