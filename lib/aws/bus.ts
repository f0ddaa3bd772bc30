import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { Bus } from "../guard/ports.ts";
import { encodeWithin } from "../guard/records/trim.ts";
import type { Decision } from "../model/decision.ts";

const DECISION_SOURCE = "portcullis";
const DECISION_DETAIL_TYPE = "Decision";
// EventBridge takes entries of 256 KB, the names around the detail included; SQS takes no more either.
const LARGEST_DETAIL = 240_000;

/** Announces decisions on a custom EventBridge bus. Throws when the bus refuses an entry, which PutEvents itself does not. */
export class EventBus implements Bus {
  private readonly client: EventBridgeClient;
  private readonly bus: string;

  constructor(client: EventBridgeClient, bus: string) {
    this.client = client;
    this.bus = bus;
  }

  async publish(decision: Decision): Promise<void> {
    const answer = await this.client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: this.bus,
            Source: DECISION_SOURCE,
            DetailType: DECISION_DETAIL_TYPE,
            Detail: encodeWithin(decision, LARGEST_DETAIL),
          },
        ],
      }),
    );
    const [entry] = answer.Entries ?? [];
    if ((answer.FailedEntryCount ?? 0) > 0 || entry?.ErrorCode !== undefined) {
      throw new Error(
        `EventBridge refused decision ${decision.id}: ${entry?.ErrorCode ?? "no code"}: ${entry?.ErrorMessage ?? "no message"}`,
      );
    }
  }
}
