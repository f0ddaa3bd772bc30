import { randomUUID } from "node:crypto";

/** The group of EventBridge's target in serverless.yml, so that what is redriven queues up behind the rest. */
const GROUP = "decisions";
const LONGEST_REASON = 1000;

/** Puts events into a FIFO dead-letter queue at once, with the reason beside them. Throws the SDK's errors. */
export function buryIn(queueUrl: string): (event: unknown, reason: string) => Promise<void> {
  return async (event, reason) => {
    // Loaded only when something is to be buried.
    const { SendMessageCommand, SQSClient } = await import("@aws-sdk/client-sqs");
    const client = new SQSClient();
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: typeof event === "string" ? event : JSON.stringify(event),
        MessageGroupId: GROUP,
        // By its content, an event that was redriven and comes back within five minutes would be dropped.
        MessageDeduplicationId: randomUUID(),
        MessageAttributes: { reason: { DataType: "String", StringValue: printable(reason) } },
      }),
    );
    client.destroy();
  };
}

// SQS refuses control characters, and attributes without a value.
function printable(reason: string): string {
  return reason.replace(/\p{C}+/gu, " ").slice(0, LONGEST_REASON) || "no reason is known";
}
