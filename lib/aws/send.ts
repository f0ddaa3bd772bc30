import { createHash } from "node:crypto";

/**
 * Sends values as JSON to a FIFO queue: those of one group are worked on in their order, and of equal ones within five minutes SQS
 * keeps the first. Throws the SDK's errors.
 */
export function sendTo(queueUrl: string): (value: object, group: string) => Promise<void> {
  return async (value, group) => {
    // Loaded when there is something to send.
    const { SendMessageCommand, SQSClient } = await import("@aws-sdk/client-sqs");
    const client = new SQSClient();
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(value), MessageGroupId: groupId(group) }));
    client.destroy();
  };
}

// A group's id has at most 128 characters, of a narrow alphabet; names of ours may be longer.
function groupId(group: string): string {
  return createHash("sha256").update(group).digest("hex");
}
