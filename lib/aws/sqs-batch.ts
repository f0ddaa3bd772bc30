import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Log } from "../guard/notify-ports.ts";

/**
 * Hands each record's body, parsed as JSON, to `handle`, and reports those that failed, so that SQS retries and
 * dead-letters these alone. One after the other unless `together`. Every failure is logged with its cause.
 */
export function inBatch(
  handle: (body: unknown) => Promise<void>,
  log: Pick<Log, "error">,
  { together = false }: { readonly together?: boolean } = {},
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const tryOne = async ({ messageId, body }: SQSEvent["Records"][number]): Promise<string[]> => {
    try {
      await handle(JSON.parse(body));
      return [];
    } catch (error) {
      log.error("Message failed; the queue will hand it out again or dead-letter it", { messageId, error });
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
