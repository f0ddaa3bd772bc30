import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { AnswerBook } from "../../guard/answering/respond-ports.ts";
import { decodeAnswer } from "../../guard/records/answer-record.ts";

// As long as the decisions that they are about.
const KEPT_SECONDS = 400 * 24 * 3600;

/** The answers in the ledger's table. Throws the SDK's errors. */
export function answersIn(client: DynamoDBClient, table: string): AnswerBook {
  return {
    answered: async (id) => {
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { id: { S: keyOf(id) } }, ConsistentRead: true }));
      return Item?.answer?.S === undefined ? undefined : decodeAnswer(JSON.parse(Item.answer.S));
    },
    record: async (answer) => {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            id: { S: keyOf(answer.id) },
            answer: { S: JSON.stringify(answer) },
            ...(answer.decision !== undefined && { decisionId: { S: answer.decision } }),
            expires: { N: String(Math.floor(Date.parse(answer.at) / 1000) + KEPT_SECONDS) },
          },
        }),
      );
    },
  };
}

function keyOf(id: string): string {
  return `answer/${id}`;
}
