import { type AttributeValue, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";

/** Every item of the ledger's table that is listed under this name, page by page. Throws the SDK's errors. */
export async function* listedIn(client: DynamoDBClient, table: string, name: string): AsyncGenerator<Record<string, AttributeValue>> {
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: "Listed",
        KeyConditionExpression: "listed = :listed",
        ExpressionAttributeValues: { ":listed": { S: name } },
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    yield* page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}
