import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { buryIn } from "../../lib/aws/sqs/dead-letters.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { EMULATOR_ENV, type Emulator, startMinistack } from "../support/emulators.ts";

describeOnEmulators("the dead-letter queue (MiniStack)", () => {
  let ministack: Emulator;
  let sqs: SQSClient;
  let url: string;

  beforeAll(async () => {
    ministack = await startMinistack();
    Object.assign(process.env, EMULATOR_ENV, { AWS_ENDPOINT_URL_SQS: ministack.url });
    sqs = new SQSClient(ministack.client);
    const attributes = { FifoQueue: "true", ContentBasedDeduplication: "true" };
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "dead.fifo", Attributes: attributes }));
    url = QueueUrl ?? "";
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    sqs?.destroy();
    await ministack?.stop();
  });

  test("gets the event as it came and the reason beside it, however often it comes", async () => {
    const bury = buryIn(url);
    const event = { detail: { id: "e/sg-1" } };
    await bury(event, "Slack did not take it:\n\u0007 channel_not_found");
    await bury(event, "");
    await bury("{", "no decision");
    const receive = { QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] };
    const { Messages: messages = [] } = await sqs.send(new ReceiveMessageCommand(receive));
    expect(messages.map(({ Body, MessageAttributes }) => [Body, MessageAttributes?.reason?.StringValue])).toEqual([
      [JSON.stringify(event), "Slack did not take it:  channel_not_found"],
      [JSON.stringify(event), "no reason is known"],
      ["{", "no decision"],
    ]);
  });
});
