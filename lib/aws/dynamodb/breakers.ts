import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { BreakerBook, BreakerLimits, OpenBreaker } from "../../guard/acting/breaker.ts";
import type { Clock } from "../../guard/ports.ts";
import { listedIn } from "./listed.ts";

// Closing a hole waits for this answer.
const PATIENCE_MS = 500;
// Each attempt fails only because another invocation got ahead.
const ATTEMPTS = 10;
const MINUTE = 60_000;
const LISTED = "breakers";
const NOT_OPEN = "(attribute_not_exists(openUntil) OR openUntil <= :now)";

type Item = Record<string, AttributeValue>;

/** The breakers in the ledger's table, one item an account; every step is one conditional write. Throws the SDK's errors. */
export class DynamoBreakers implements BreakerBook {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  private readonly clock: Pick<Clock, "now">;

  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, "now">) {
    this.client = client;
    this.table = table;
    this.clock = clock;
  }

  async take(account: string, limits: BreakerLimits, policyVersion: string): Promise<OpenBreaker | undefined> {
    const abortSignal = AbortSignal.timeout(PATIENCE_MS);
    const write = (parts: Parts) => this.write(account, parts, abortSignal);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const now = this.clock.now();
      const standing = await write({
        UpdateExpression: "ADD acts :one",
        ConditionExpression: `windowEnds > :now AND acts < :limit AND ${NOT_OPEN}`,
        ExpressionAttributeValues: { ":one": { N: "1" }, ":now": { N: String(now) }, ":limit": { N: String(limits.acts) } },
      });
      if (standing === "written") return undefined;
      const open = openIn(account, standing, now);
      if (open !== undefined) return open;
      if (Number(standing?.windowEnds?.N ?? 0) <= now) {
        if ((await write(firstOf(now, limits))) === "written") return undefined;
      } else {
        const opened = openedBy(account, now, limits, policyVersion);
        if ((await write(opening(opened, now, limits))) === "written") return opened;
      }
    }
    throw new Error(`the breaker of account ${account} could not be asked: too many ask at once`);
  }

  async giveBack(account: string): Promise<void> {
    await this.write(account, {
      UpdateExpression: "ADD acts :less",
      ConditionExpression: "windowEnds > :now AND acts > :none",
      ExpressionAttributeValues: { ":less": { N: "-1" }, ":none": { N: "0" }, ":now": { N: String(this.clock.now()) } },
    });
  }

  async open(): Promise<readonly OpenBreaker[]> {
    const open: OpenBreaker[] = [];
    for await (const item of listedIn(this.client, this.table, LISTED)) {
      const breaker = openIn(item.id?.S?.slice(KEY.length) ?? "", item, this.clock.now());
      if (breaker !== undefined) open.push(breaker);
    }
    return open;
  }

  async reset(account: string): Promise<boolean> {
    const { Attributes } = await this.client.send(
      new DeleteItemCommand({ TableName: this.table, Key: { id: { S: KEY + account } }, ReturnValues: "ALL_OLD" }),
    );
    return openIn(account, Attributes, this.clock.now()) !== undefined;
  }

  /** Writes, unless the condition fails; then resolves to the item as it stands. */
  private async write(account: string, parts: Parts, abortSignal?: AbortSignal): Promise<"written" | Item | undefined> {
    try {
      const command = new UpdateItemCommand({
        TableName: this.table,
        Key: { id: { S: KEY + account } },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        ...parts,
      });
      await this.client.send(command, abortSignal === undefined ? {} : { abortSignal });
      return "written";
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return error.Item;
      throw error;
    }
  }
}

const KEY = "breaker/";
type Parts = Pick<UpdateItemCommandInput, "UpdateExpression" | "ConditionExpression" | "ExpressionAttributeValues">;

function firstOf(now: number, { minutes }: BreakerLimits): Parts {
  const ends = now + minutes * MINUTE;
  return {
    UpdateExpression: "SET acts = :one, windowEnds = :ends, expires = :expires REMOVE openUntil, listed, listedAt",
    ConditionExpression: `(attribute_not_exists(windowEnds) OR windowEnds <= :now) AND ${NOT_OPEN}`,
    ExpressionAttributeValues: { ":one": { N: "1" }, ":ends": { N: String(ends) }, ":now": { N: String(now) }, ":expires": expiry(ends) },
  };
}

function openedBy(account: string, now: number, { acts, minutes, hold }: BreakerLimits, policyVersion: string): OpenBreaker {
  const until = new Date(now + hold * MINUTE).toISOString();
  return { account, since: new Date(now).toISOString(), until, acts, minutes, policyVersion };
}

function opening({ since, until, minutes, policyVersion }: OpenBreaker, now: number, { acts }: BreakerLimits): Parts {
  const ends = Date.parse(until);
  return {
    // The window ends with it: afterwards acts are counted anew.
    UpdateExpression:
      "SET openUntil = :until, windowEnds = :until, since = :since, allowed = :limit, minutes = :minutes, policyVersion = :version, expires = :expires, listed = :listed, listedAt = :since",
    ConditionExpression: `windowEnds > :now AND acts >= :limit AND ${NOT_OPEN}`,
    ExpressionAttributeValues: {
      ":until": { N: String(ends) },
      ":since": { S: since },
      ":now": { N: String(now) },
      ":limit": { N: String(acts) },
      ":minutes": { N: String(minutes) },
      ":version": { S: policyVersion },
      ":expires": expiry(ends),
      ":listed": { S: LISTED },
    },
  };
}

function openIn(account: string, item: Item | undefined, now: number): OpenBreaker | undefined {
  const until = Number(item?.openUntil?.N ?? 0);
  if (item === undefined || until <= now) return undefined;
  return {
    account,
    since: item.since?.S ?? "",
    until: new Date(until).toISOString(),
    acts: Number(item.allowed?.N ?? 0),
    minutes: Number(item.minutes?.N ?? 0),
    policyVersion: item.policyVersion?.S ?? "",
  };
}

// DynamoDB deletes it a day after it matters (seconds since the epoch).
function expiry(ends: number): AttributeValue {
  return { N: String(Math.floor(ends / 1000) + 86_400) };
}
