import { gunzipSync, gzipSync } from "node:zlib";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { KeptPolicy, PolicyShelf } from "../../policy/delivery.ts";

const CURRENT = "policy/current";
const PATIENCE_MS = 1_000;
// An item holds 400 KB.
const LONGEST_TEXT = 100_000;

/** The last good policy in the ledger's table, one item that never expires. Throws the SDK's errors. */
export class DynamoPolicyShelf implements PolicyShelf {
  private readonly client: DynamoDBClient;
  private readonly table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.client = client;
    this.table = table;
  }

  async read(): Promise<KeptPolicy | undefined> {
    const command = new GetItemCommand({ TableName: this.table, Key: { id: { S: CURRENT } }, ConsistentRead: true });
    const { Item } = await this.client.send(command, { abortSignal: AbortSignal.timeout(PATIENCE_MS) });
    return Item === undefined ? undefined : keptIn(Item);
  }

  async keep({ version, source, revision, text, readAt }: KeptPolicy): Promise<void> {
    const command = new PutItemCommand({
      TableName: this.table,
      Item: {
        id: { S: CURRENT },
        version: { S: version },
        source: { S: source },
        ...(revision !== undefined && { revision: { S: revision } }),
        text: text.length > LONGEST_TEXT ? { B: gzipSync(text) } : { S: text },
        readAt: { N: String(readAt) },
        // For people.
        updatedAt: { S: new Date(readAt).toISOString() },
      },
      // Whoever read earlier may write later; and a version that is there already is not news.
      ConditionExpression: "attribute_not_exists(id) OR (version <> :version AND readAt < :readAt)",
      ExpressionAttributeValues: { ":version": { S: version }, ":readAt": { N: String(readAt) } },
    });
    try {
      await this.client.send(command, { abortSignal: AbortSignal.timeout(PATIENCE_MS) });
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

function keptIn({ version, source, revision, text, readAt }: Record<string, AttributeValue>): KeptPolicy {
  return {
    version: version?.S ?? "",
    source: source?.S ?? "",
    ...(revision?.S !== undefined && { revision: revision.S }),
    text: text?.B === undefined ? (text?.S ?? "") : gunzipSync(text.B).toString(),
    readAt: Number(readAt?.N ?? 0),
  };
}
