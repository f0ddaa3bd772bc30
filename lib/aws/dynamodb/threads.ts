import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod/mini";
import type { Burst, Posted, Telling, Thread, ThreadBook } from "../../guard/notify-ports.ts";
import type { Clock, Place } from "../../guard/ports.ts";

type Item = Record<string, AttributeValue>;

// As long as the decisions themselves.
const TOLD_SECONDS = 400 * 24 * 3600;
// Nobody reads an answer in a thread of last month: after this, a new message opens another.
const THREAD_SECONDS = 30 * 24 * 3600;

const PostedRecord = z.object({ channel: z.string(), ts: z.string() });
const BurstRecord = z.object({ id: z.string(), decisions: z.array(z.string()), joins: z.exactOptional(PostedRecord) });
const ThreadRecord = z.object({
  parent: PostedRecord,
  first: z.string(),
  last: z.string(),
  count: z.number(),
  burst: z.exactOptional(z.array(z.string())),
});

/**
 * What was told where, in the ledger's table: `told/<decision>` and `thread/<account>/<region>/<subject>/<channel>`.
 * Throws the SDK's errors.
 */
export class DynamoThreads implements ThreadBook {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  private readonly clock: Pick<Clock, "now">;

  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, "now">) {
    this.client = client;
    this.table = table;
    this.clock = clock;
  }

  async look(decision: string): Promise<Telling | undefined> {
    const item = await this.read(toldKey(decision));
    return item === undefined ? undefined : tellingOf(item);
  }

  async begin(decision: string): Promise<"mine" | Telling> {
    try {
      await this.client.send(new PutItemCommand(this.claim(decision)));
      return "mine";
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return (await this.look(decision)) ?? "begun";
    }
  }

  async beginBurst(burst: Burst): Promise<boolean> {
    const claims = burst.decisions.map((decision) => ({ Put: this.claim(decision, burst) }));
    try {
      await this.client.send(new TransactWriteItemsCommand({ TransactItems: claims }));
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      // Anything else that cancels a transaction passes: throttling, or another one under way.
      if (error.CancellationReasons?.some(({ Code }) => Code === "ConditionalCheckFailed")) return false;
      throw error;
    }
  }

  async told(decision: string, { channel, ts }: Posted): Promise<void> {
    await this.unlessRefused(
      new UpdateItemCommand({
        TableName: this.table,
        Key: { id: { S: toldKey(decision) } },
        UpdateExpression: "SET channel = :channel, ts = :ts, expires = :expires",
        ConditionExpression: "attribute_not_exists(ts)",
        ExpressionAttributeValues: { ":channel": { S: channel }, ":ts": { S: ts }, ":expires": this.in(TOLD_SECONDS) },
      }),
    );
  }

  async thread(place: Place, channel: string): Promise<Thread | undefined> {
    const item = await this.read(threadKey(place, channel));
    // DynamoDB takes up to two days to delete what has expired.
    if (item === undefined || Number(item.expires?.N ?? 0) <= this.seconds()) return undefined;
    return { ...place, channel, ...ThreadRecord.parse(JSON.parse(item.thread?.S ?? "{}")) };
  }

  async keep({ channel, parent, first, last, count, burst, ...place }: Thread): Promise<void> {
    const record = { parent, first, last, count, ...(burst !== undefined && { burst }) };
    await this.unlessRefused(
      new PutItemCommand({
        TableName: this.table,
        Item: {
          id: { S: threadKey(place, channel) },
          thread: { S: JSON.stringify(record) },
          told: { N: String(count) },
          expires: this.in(THREAD_SECONDS),
        },
        ConditionExpression: "attribute_not_exists(id) OR told < :told OR expires <= :now",
        ExpressionAttributeValues: { ":told": { N: String(count) }, ":now": this.in(0) },
      }),
    );
  }

  private claim(decision: string, burst?: Burst) {
    return {
      TableName: this.table,
      Item: {
        id: { S: toldKey(decision) },
        expires: this.in(TOLD_SECONDS),
        ...(burst !== undefined && { burst: { S: JSON.stringify(burst) } }),
      },
      ConditionExpression: "attribute_not_exists(id)",
    };
  }

  // What stands already stands rightly: then there is nothing to write.
  private async unlessRefused(command: PutItemCommand | UpdateItemCommand): Promise<void> {
    try {
      if (command instanceof PutItemCommand) await this.client.send(command);
      else await this.client.send(command);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  private async read(id: string): Promise<Item | undefined> {
    return (await this.client.send(new GetItemCommand({ TableName: this.table, Key: { id: { S: id } }, ConsistentRead: true }))).Item;
  }

  private in(seconds: number): AttributeValue.NMember {
    return { N: String(this.seconds() + seconds) };
  }

  private seconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }
}

function tellingOf({ channel, ts, burst }: Item): Telling {
  if (channel?.S !== undefined && ts?.S !== undefined) return { channel: channel.S, ts: ts.S };
  return burst?.S === undefined ? "begun" : BurstRecord.parse(JSON.parse(burst.S));
}

function toldKey(decision: string): string {
  return `told/${decision}`;
}

function threadKey({ account, region, subject }: Place, channel: string): string {
  return `thread/${account}/${region}/${subject.id}/${channel}`;
}
