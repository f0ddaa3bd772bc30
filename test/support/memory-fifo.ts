import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Retry } from "../../lib/aws/sqs/retry-soon.ts";
import type { MemoryClock } from "./memory-ports.ts";
import { sqsEvent } from "./sqs-event.ts";

const BATCH = 10;
const INVISIBLE = 360_000;

interface Waiting {
  readonly body: string;
  /** When it came, and from when on it is handed out (again). */
  readonly at: number;
  visible: number;
  receives: number;
}

/** A FIFO queue with one message group before a Lambda function, in virtual time. */
export class MemoryFifo {
  /** The most often that one message was handed out. */
  mostReceives = 0;
  private waiting: Waiting[] = [];
  private readonly clock: MemoryClock;

  constructor(clock: MemoryClock) {
    this.clock = clock;
  }

  send(event: object, at = this.clock.now()): void {
    this.waiting.push({ body: JSON.stringify(event), at, visible: at, receives: 0 });
  }

  /** Hands out batch after batch until nothing is left; `work` is the function behind the queue. */
  async drain(work: (event: SQSEvent, retry: Retry) => Promise<SQSBatchResponse>): Promise<void> {
    while (this.waiting.length > 0) {
      await this.waitForTheGroup();
      const batch = this.waiting.filter(({ visible }) => visible <= this.clock.now()).slice(0, BATCH);
      for (const message of batch) {
        message.receives++;
        message.visible = this.clock.now() + INVISIBLE;
        this.mostReceives = Math.max(this.mostReceives, message.receives);
      }
      const retry: Retry = async (receipt, seconds) => {
        const message = batch[Number(receipt.replace("receipt-", ""))];
        if (message !== undefined) message.visible = this.clock.now() + seconds * 1000;
      };
      const { batchItemFailures } = await work(recordsOf(batch), retry);
      const failed = batchItemFailures.map(({ itemIdentifier }) => batch[Number(itemIdentifier.replace("message-", ""))]);
      this.waiting = this.waiting.filter((message) => !batch.includes(message) || failed.includes(message));
    }
  }

  // No message of a group is handed out while another of it is hidden.
  private async waitForTheGroup(): Promise<void> {
    const hidden = this.waiting.filter(({ receives, visible }) => receives > 0 && visible > this.clock.now());
    const [next] = this.waiting;
    const until = hidden.length > 0 ? Math.max(...hidden.map(({ visible }) => visible)) : (next?.visible ?? 0);
    if (until > this.clock.now()) await this.clock.sleep(until - this.clock.now());
  }
}

function recordsOf(batch: readonly Waiting[]): SQSEvent {
  const { Records: records } = sqsEvent(...batch.map(({ body }) => body));
  return {
    Records: records.map((record, i) => ({
      ...record,
      attributes: { ...record.attributes, ApproximateReceiveCount: String(batch[i]?.receives ?? 1) },
    })),
  };
}
