import { GetQueueAttributesCommand, ListQueuesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { until } from "./until.ts";

const DEAD = /DeadLetters/;
const CHANGES = /ChangesQueue/;

/** What the queues of a stack hold: messages that wait or are being worked on, those for the guard among them, and dead letters. */
export interface Backlog {
  readonly alive: number;
  readonly changes: number;
  readonly dead: number;
}

/** Waits until the functions of a stack have nothing left to do; resolves to the number of dead letters. */
export function settled(sqs: SQSClient, log: () => string, patience?: number): Promise<number> {
  const look = async () => {
    const { alive, dead } = await backlog(sqs);
    return alive === 0 ? dead : undefined;
  };
  return until("the queues did not run empty", log, look, patience);
}

export async function backlog(sqs: SQSClient): Promise<Backlog> {
  const waiting = await queueLengths(sqs);
  const [dead, alive] = [waiting.filter(({ url }) => DEAD.test(url)), waiting.filter(({ url }) => !DEAD.test(url))];
  return { alive: sum(alive), changes: sum(alive.filter(({ url }) => CHANGES.test(url))), dead: sum(dead) };
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
