import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Log } from "../guard/notify-ports.ts";

/** How a batch is gone through. */
export interface BatchOptions {
  /** Handle all records at once rather than one after the other. */
  readonly together?: boolean;
  /** Asks the queue to hand a failed message out again soon; see retrySoon. */
  readonly retry?: ((receiptHandle: string, attempt: number) => Promise<void>) | undefined;
}

/**
 * Hands each record's body, parsed as JSON, to `handle`, and reports those that failed, so that SQS retries and
 * dead-letters these alone. Every failure is logged with its cause.
 */
export function inBatch(
  handle: (body: unknown) => Promise<void>,
  log: Pick<Log, "error">,
  { together = false, retry }: BatchOptions = {},
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const tryOne = async ({ messageId, body, receiptHandle, attributes }: SQSRecord): Promise<string[]> => {
    const attempt = Number(attributes.ApproximateReceiveCount);
    try {
      await handle(JSON.parse(body));
      return [];
    } catch (error) {
      log.error("Message failed; the queue will hand it out again or dead-letter it", { messageId, attempt, error });
      // Without this, the message comes back all the same, only later.
      await retry?.(receiptHandle, attempt).catch((cause: unknown) =>
        log.error("The retry could not be brought forward", { messageId, error: cause }),
      );
      return [messageId];
    }
  };
  return async ({ Records: records }) => {
    const failed: string[] = [];
    if (together) failed.push(...(await Promise.all(records.map(tryOne))).flat());
    else for (const record of records) failed.push(...(await tryOne(record)));
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
