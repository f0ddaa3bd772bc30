import { type AttributeValue, ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Intent } from "../../guard/ports.ts";
import { decodeIntent, encodeIntent } from "../../guard/records/intent-record.ts";
import { packed, unpacked } from "./packed.ts";

// Closing waits for this answer.
const PATIENCE_MS = 500;

/** Notes an intent in the item of a decision, unless that is made. Throws the SDK's errors. */
export async function addIntent(client: DynamoDBClient, table: string, id: string, intent: Intent): Promise<void> {
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { id: { S: id } },
        UpdateExpression: "SET intended = list_append(if_not_exists(intended, :none), :intent), #state = if_not_exists(#state, :begun)",
        ConditionExpression: "attribute_not_exists(decision)",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: { ":none": { L: [] }, ":intent": { L: [packed(encodeIntent(intent))] }, ":begun": { S: "begun" } },
      }),
      { abortSignal: AbortSignal.timeout(PATIENCE_MS) },
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** The intents in an item, in the order in which they were noted. */
export function intentsIn({ L: list = [] }: AttributeValue): readonly Intent[] {
  return list.flatMap((one) => {
    const text = unpacked(one);
    return text === undefined ? [] : [decodeIntent(text)];
  });
}
