/** Sends values as JSON to a queue. Throws the SDK's errors. */
export function sendTo(queueUrl: string): (value: object) => Promise<void> {
  return async (value) => {
    // Loaded when there is something to send.
    const { SendMessageCommand, SQSClient } = await import("@aws-sdk/client-sqs");
    const client = new SQSClient();
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(value) }));
    client.destroy();
  };
}
