const FIRST_SECONDS = 5;
const LONGEST_SECONDS = 300;

/** Asks the queue to hand out a message again after so many seconds. */
export type Retry = (receiptHandle: string, seconds: number) => Promise<void>;

/** How long a message rests after its nth failed attempt, in seconds: 5, 10, 20, ... up to five minutes. */
export function restAfter(attempt: number): number {
  return Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (Math.max(attempt, 1) - 1));
}

/**
 * Brings the retry of a failed message forward. Lambda leaves it hidden until the queue's visibility timeout runs out
 * (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html): minutes in which a hole stays open because
 * EC2 throttled one call. Without a queue there is nothing to bring forward.
 */
export function retrySoon(queueUrl: string | undefined): Retry | undefined {
  if (queueUrl === undefined || queueUrl === "") return undefined;
  return async (receiptHandle, seconds) => {
    // Loaded only when something failed: the way to the first act pays nothing for it.
    const { ChangeMessageVisibilityCommand, SQSClient } = await import("@aws-sdk/client-sqs");
    const client = new SQSClient();
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds }));
    client.destroy();
  };
}
