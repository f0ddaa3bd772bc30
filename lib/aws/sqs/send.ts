import { createHash } from "node:crypto";
import type { SQSClient } from "@aws-sdk/client-sqs";

/**
 * Sends values as JSON to a FIFO queue: those of one group are worked on in their order, and of equal ones within five minutes SQS
 * keeps the first. Throws the SDK's errors.
 */
export function sendTo(queueUrl: string): (value: object, group: string) => Promise<void> {
  // Somebody waits for each: the connection is kept.
  let client: SQSClient | undefined;
  return async (value, group) => {
    // Loaded when there is something to send.
    const sqs = await import("@aws-sdk/client-sqs");
    client ??= new sqs.SQSClient();
    await client.send(
      new sqs.SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(value), MessageGroupId: groupId(group) }),
    );
  };
}

// A group's id has at most 128 characters, of a narrow alphabet; names of ours may be longer.
function groupId(group: string): string {
  return createHash("sha256").update(group).digest("hex");
}
