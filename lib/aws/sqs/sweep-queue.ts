import { GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { encodeSweep, type SweepRequest } from "../../guard/records/sweep-record.ts";

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

/** Thrown when a queue cannot be asked; its message says what to do. */
export class SweepQueueError extends Error {
  override readonly name = "SweepQueueError";
}

/** Sends one request to the queue of this name or URL, with the credentials and region of the environment. Throws SweepQueueError. */
export async function askOnce(queue: string, request: SweepRequest): Promise<void> {
  try {
    const client = new SQSClient();
    const url = queue.startsWith("http") ? queue : ((await client.send(new GetQueueUrlCommand({ QueueName: queue }))).QueueUrl ?? "");
    await askIn(client, url)([request]);
    client.destroy();
  } catch (error) {
    throw new SweepQueueError(`${queue} was not asked: ${adviceOn(error)}`, { cause: error });
  }
}

function adviceOn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (/NonExistentQueue|QueueDoesNotExist/.test(error.name)) {
    return "found no such queue with these credentials in this region, expected that of the hub stack. Set AWS_PROFILE and AWS_REGION to the hub's, and --stage to its stage";
  }
  if (error.name === "CredentialsProviderError") return `found no AWS credentials. Set AWS_PROFILE, or sign in: ${error.message}`;
  if (/Region is missing/.test(error.message)) return "found no region. Set AWS_REGION to the hub's";
  return `${error.name}: ${error.message}`;
}

async function sendBatch(client: SQSClient, QueueUrl: string, requests: readonly SweepRequest[]): Promise<void> {
  const Entries = requests.map((request, index) => ({ Id: String(index), MessageBody: encodeSweep(request) }));
  const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  const [refused] = Failed;
  if (refused !== undefined)
    throw new Error(`SQS refused ${Failed.length} of ${requests.length} sweeps: ${refused.Code}: ${refused.Message}`);
}
