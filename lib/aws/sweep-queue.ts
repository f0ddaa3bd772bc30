import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { encodeSweep, type SweepRequest } from "../guard/sweep-record.ts";

// SQS takes no more in one call.
const BATCH = 10;
// Calls under way at once: an organization has thousands of account-regions.
const AT_ONCE = 8;

/** Sends requests for sweeps to their queue. Throws when SQS did not take one of them; those before it may be there already. */
export function askIn(client: SQSClient, queueUrl: string): (requests: readonly SweepRequest[]) => Promise<void> {
  return async (requests) => {
    let next = 0;
    const send = async () => {
      while (next < requests.length) {
        const batch = requests.slice(next, next + BATCH);
        next += BATCH;
        await sendBatch(client, queueUrl, batch);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, send));
  };
}

async function sendBatch(client: SQSClient, QueueUrl: string, requests: readonly SweepRequest[]): Promise<void> {
  const Entries = requests.map((request, index) => ({ Id: String(index), MessageBody: encodeSweep(request) }));
  const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  const [refused] = Failed;
  if (refused !== undefined)
    throw new Error(`SQS refused ${Failed.length} of ${requests.length} sweeps: ${refused.Code}: ${refused.Message}`);
}
