import { createHash } from "node:crypto";
import { type AttributeValue, ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Closings, Contests } from "../../guard/acting/contests.ts";
import type { Clock, Place } from "../../guard/ports.ts";

// What stays closed for a day is contested no more (milliseconds).
const REMEMBERED = 86_400_000;

/** What was closed how often, in the ledger's table: one item for each value on a resource. Throws the SDK's errors. */
export class DynamoContests implements Contests {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  private readonly clock: Pick<Clock, "now">;

  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, "now">) {
    this.client = client;
    this.table = table;
    this.clock = clock;
  }

  async closed(place: Place, values: readonly string[], decision: string): Promise<Closings> {
    const all = await Promise.all(values.map((value) => this.count(keyOf(place, value), decision)));
    return all.reduce((most, one) => (one.count > most.count ? one : most), { count: 0, since: "" });
  }

  private async count(id: string, decision: string): Promise<Closings> {
    const now = this.clock.now();
    const until = { N: String(now + REMEMBERED) };
    const stamps = { ":until": until, ":decision": { S: decision }, ":expires": { N: String(Math.floor((now + REMEMBERED) / 1000)) } };
    const again = await this.write(id, {
      UpdateExpression: "SET endsAt = :until, #last = :decision, expires = :expires ADD times :one",
      // DynamoDB deletes what has expired within days, so its end is asked for. A decision that is tried again counts once.
      ConditionExpression: "endsAt > :now AND #last <> :decision",
      ExpressionAttributeNames: { "#last": "last" },
      ExpressionAttributeValues: { ...stamps, ":one": { N: "1" }, ":now": { N: String(now) } },
    });
    if (again.written || isStanding(again.item, now)) return closingsIn(again.item);
    const first = await this.write(id, {
      UpdateExpression: "SET endsAt = :until, #last = :decision, expires = :expires, times = :one, since = :since",
      ConditionExpression: "attribute_not_exists(endsAt) OR endsAt <= :now",
      ExpressionAttributeNames: { "#last": "last" },
      ExpressionAttributeValues: {
        ...stamps,
        ":one": { N: "1" },
        ":now": { N: String(now) },
        ":since": { S: new Date(now).toISOString() },
      },
    });
    // Somebody was first at the same moment.
    return first.written ? closingsIn(first.item) : this.count(id, decision);
  }

  private async write(id: string, parts: Partial<UpdateItemCommand["input"]>): Promise<{ written: boolean; item: Item | undefined }> {
    try {
      const { Attributes } = await this.client.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: { id: { S: id } },
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          ...parts,
        }),
      );
      return { written: true, item: Attributes };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { written: false, item: error.Item };
      throw error;
    }
  }
}

type Item = Record<string, AttributeValue>;

function isStanding(item: Item | undefined, now: number): boolean {
  return Number(item?.endsAt?.N ?? 0) > now;
}

function closingsIn(item: Item | undefined): Closings {
  return { count: Number(item?.times?.N ?? 0), since: item?.since?.S ?? "" };
}

function keyOf({ account, region, subject }: Place, value: string): string {
  return `contest/${account}/${region}/${subject.id}/${createHash("sha256").update(value).digest("hex").slice(0, 32)}`;
}
