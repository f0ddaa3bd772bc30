import { GetQueueAttributesCommand, ListQueuesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { until } from "./until.ts";

const DEAD = /DeadLetters/;

/** Waits until the functions of a stack have nothing left to do; resolves to the number of dead letters. */
export function settled(sqs: SQSClient, log: () => string, patience?: number): Promise<number> {
  const look = async () => {
    const waiting = await queueLengths(sqs);
    const [dead, alive] = [waiting.filter(({ url }) => DEAD.test(url)), waiting.filter(({ url }) => !DEAD.test(url))];
    return sum(alive) === 0 ? sum(dead) : undefined;
  };
  return until("the queues did not run empty", log, look, patience);
}

// Messages that are being worked on count too.
async function queueLengths(sqs: SQSClient) {
  const { QueueUrls: urls = [] } = await sqs.send(new ListQueuesCommand());
  return Promise.all(
    urls.map(async (url) => {
      const { Attributes: attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }));
      const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: taken } = attributes;
      return { url, messages: Number(waiting) + Number(taken) };
    }),
  );
}

function sum(queues: readonly { readonly messages: number }[]): number {
  return queues.reduce((total, { messages }) => total + messages, 0);
}
