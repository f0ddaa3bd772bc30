import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Clock, Intent, Reached } from "../../guard/ports.ts";
import { decodeIntent, encodeIntent } from "../../guard/records/intent-record.ts";
import { decodeReached, encodeReached } from "../../guard/records/reached-record.ts";
import { packed, unpacked } from "./packed.ts";

// Closing waits for this answer.
const PATIENCE_MS = 500;
// No queue of changes keeps a message for longer.
const KEPT_SECONDS = 14 * 24 * 3600;

/**
 * What attempts that die leave to those after them, in the ledger's table: items of their own, so that however much it is, a decision
 * fits into its own. Throws the SDK's errors.
 */
export class DynamoAttempts {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  private readonly clock: Pick<Clock, "now">;

  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, "now">) {
    this.client = client;
    this.table = table;
    this.clock = clock;
  }

  async intend(decision: string, intent: Intent): Promise<void> {
    const values = { ":none": { L: [] }, ":intent": { L: [packed(encodeIntent(intent))] } };
    await this.note(
      `intended/${decision}`,
      "SET intended = list_append(if_not_exists(intended, :none), :intent), expires = :expires",
      values,
    );
  }

  async intended(decision: string): Promise<readonly Intent[]> {
    const list = (await this.look(`intended/${decision}`))?.intended?.L ?? [];
    return list.flatMap((one) => {
      const text = unpacked(one);
      return text === undefined ? [] : [decodeIntent(text)];
    });
  }

  async reach(change: string, reached: readonly Reached[]): Promise<void> {
    await this.note(`reached/${change}`, "ADD reached :reached SET expires = :expires", { ":reached": { SS: reached.map(encodeReached) } });
  }

  async reached(change: string): Promise<readonly Reached[]> {
    return ((await this.look(`reached/${change}`))?.reached?.SS ?? []).map(decodeReached);
  }

  private async note(id: string, update: string, values: Record<string, AttributeValue>): Promise<void> {
    const expires = { N: String(Math.floor(this.clock.now() / 1000) + KEPT_SECONDS) };
    await this.client.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: { id: { S: id } },
        UpdateExpression: update,
        ExpressionAttributeValues: { ...values, ":expires": expires },
      }),
      { abortSignal: AbortSignal.timeout(PATIENCE_MS) },
    );
  }

  private async look(id: string): Promise<Record<string, AttributeValue> | undefined> {
    return (await this.client.send(new GetItemCommand({ TableName: this.table, Key: { id: { S: id } }, ConsistentRead: true }))).Item;
  }
}
