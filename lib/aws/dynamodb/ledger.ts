import { randomUUID } from "node:crypto";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { DecisionReader } from "../../guard/notify-ports.ts";
import type { Attempt, Clock, DecidedEntry, Intent, Ledger, LedgerEntry, Reached } from "../../guard/ports.ts";
import { decodeDecision, encodeDecision } from "../../guard/records/decision-record.ts";
import type { Change } from "../../model/change.ts";
import type { Decision } from "../../model/decision.ts";
import { DynamoAttempts } from "./attempts.ts";
import { listedIn } from "./listed.ts";
import { packed, unpacked } from "./packed.ts";

// An auditor asks about last year; DynamoDB's TTL takes seconds since the epoch.
const KEPT_SECONDS = 400 * 24 * 3600;

const STANDS_AT = "attribute_exists(decision) AND revision = :revision";

type Item = Record<string, AttributeValue>;

/**
 * The ledger in a DynamoDB table with partition key `id` and TTL attribute `expires`. Where an answer is lost, the SDK writes once more,
 * and is refused by what it wrote itself: such a write is known by what it holds, and counts as made. Throws the SDK's errors.
 */
export class DynamoLedger implements Ledger, DecisionReader {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  private readonly clock: Pick<Clock, "now">;
  private readonly attempts: DynamoAttempts;

  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, "now">) {
    this.client = client;
    this.table = table;
    this.clock = clock;
    this.attempts = new DynamoAttempts(client, table, clock);
  }

  async begin(id: string, change: Change, policyVersion: string): Promise<LedgerEntry | undefined> {
    const attempt = { S: randomUUID() };
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: {
            id: { S: id },
            state: { S: "begun" },
            change: packed(JSON.stringify(change)),
            policyVersion: { S: policyVersion },
            attempt,
            ...this.stamps(change.account),
          },
          ConditionExpression: "attribute_not_exists(id)",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return undefined;
    } catch (error) {
      const item = await this.standingItem(id, error);
      const entry = entryOf(item);
      return entry.state === "begun" && isSame(item?.attempt, attempt) ? undefined : entry;
    }
  }

  async look(id: string): Promise<LedgerEntry | undefined> {
    const item = await this.item(id);
    return item === undefined ? undefined : entryOf(item);
  }

  intend(id: string, intent: Intent): Promise<void> {
    return this.attempts.intend(id, intent);
  }

  intended(id: string): Promise<readonly Intent[]> {
    return this.attempts.intended(id);
  }

  reach(change: string, reached: readonly Reached[]): Promise<void> {
    return this.attempts.reach(change, reached);
  }

  reached(change: string): Promise<readonly Reached[]> {
    return this.attempts.reached(change);
  }

  async decide(decision: Decision, by: Attempt): Promise<DecidedEntry> {
    const text = packed(encodeDecision(decision));
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: { id: { S: decision.id } },
          UpdateExpression:
            "SET #state = :decided, decision = :decision, outcome = :outcome, account = :account, updatedAt = :updatedAt, expires = :expires, listed = :listed, listedAt = :updatedAt, decidedBy = :by, revision = :first",
          ConditionExpression: "attribute_not_exists(decision)",
          ExpressionAttributeNames: { "#state": "state" },
          ExpressionAttributeValues: {
            ":decided": { S: "decided" },
            ":decision": text,
            ":outcome": { S: decision.outcome },
            ":by": attemptValue(by),
            ":first": { N: "0" },
            ":listed": { S: listOf(new Date(this.clock.now()).toISOString()) },
            ...prefixed(this.stamps(decision.change.account)),
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { state: "decided", decision, by, revision: 0 };
    } catch (error) {
      const item = await this.standingItem(decision.id, error);
      const entry = entryOf(item);
      return entry.state === "begun" || isSame(item?.decision, text) ? { state: "decided", decision, by, revision: 0 } : entry;
    }
  }

  async amend(decision: Decision, revision: number): Promise<DecidedEntry> {
    const text = packed(encodeDecision(decision));
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: { id: { S: decision.id } },
          UpdateExpression: "SET decision = :decision, outcome = :outcome, revision = :next, #state = :decided",
          ConditionExpression: STANDS_AT,
          ExpressionAttributeNames: { "#state": "state" },
          ExpressionAttributeValues: {
            ":decision": text,
            ":outcome": { S: decision.outcome },
            ":next": { N: String(revision + 1) },
            ":decided": { S: "decided" },
            ":revision": { N: String(revision) },
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { state: "decided", decision, revision: revision + 1 };
    } catch (error) {
      const item = await this.standingItem(decision.id, error);
      const entry = entryOf(item);
      if (entry.state === "begun") throw error;
      return entry.revision === revision + 1 && isSame(item?.decision, text)
        ? { state: "decided", decision, revision: revision + 1 }
        : entry;
    }
  }

  async published(id: string, revision: number): Promise<void> {
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: { id: { S: id } },
          UpdateExpression: "SET #state = :published",
          ConditionExpression: STANDS_AT,
          ExpressionAttributeNames: { "#state": "state" },
          ExpressionAttributeValues: { ":published": { S: "published" }, ":revision": { N: String(revision) } },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
    } catch (error) {
      if (entryOf(await this.standingItem(id, error)).state === "begun") throw error;
    }
  }

  async read(id: string): Promise<Decision | undefined> {
    const entry = entryOf(await this.item(id));
    return entry.state === "begun" ? undefined : entry.decision;
  }

  /** The decisions that were made on a day, `2026-03-02` in UTC, the earliest first. */
  async on(day: string): Promise<readonly Decision[]> {
    const decisions: Decision[] = [];
    for await (const item of listedIn(this.client, this.table, listOf(day))) {
      const decision = unpacked(item.decision);
      if (decision !== undefined) decisions.push(decodeDecision(JSON.parse(decision)));
    }
    return decisions;
  }

  // The refused write tells what stands; an emulator or an older endpoint may not, then it is read. Throws what is no such refusal.
  private async standingItem(id: string, error: unknown): Promise<Item | undefined> {
    if (error instanceof ConditionalCheckFailedException) return error.Item ?? this.item(id);
    throw error;
  }

  private async item(id: string): Promise<Item | undefined> {
    return (await this.client.send(new GetItemCommand({ TableName: this.table, Key: { id: { S: id } }, ConsistentRead: true }))).Item;
  }

  private stamps(account: string): Record<"account" | "updatedAt" | "expires", AttributeValue> {
    const now = this.clock.now();
    return {
      account: { S: account },
      updatedAt: { S: new Date(now).toISOString() },
      expires: { N: String(Math.floor(now / 1000) + KEPT_SECONDS) },
    };
  }
}

function entryOf(item: Item | undefined): LedgerEntry {
  const decision = unpacked(item?.decision);
  if (decision === undefined) return { state: "begun" };
  const by = attemptIn(item?.decidedBy);
  const made = { decision: decodeDecision(JSON.parse(decision)), ...(by !== undefined && { by }), revision: Number(item?.revision?.N) };
  return { state: item?.state?.S === "published" ? "published" : "decided", ...made };
}

function attemptValue({ message, number }: Attempt): AttributeValue {
  return { M: { message: { S: message }, number: { N: String(number) } } };
}

function attemptIn(value: AttributeValue | undefined): Attempt | undefined {
  const { message, number } = value?.M ?? {};
  return message?.S === undefined || number?.N === undefined ? undefined : { message: message.S, number: Number(number.N) };
}

function isSame(a: AttributeValue | undefined, b: AttributeValue): boolean {
  if (a?.B !== undefined && b.B !== undefined) return Buffer.from(a.B).equals(b.B);
  return a?.S !== undefined && a.S === b.S;
}

function listOf(at: string): string {
  return `decisions/${at.slice(0, 10)}`;
}

function prefixed(values: Record<string, AttributeValue>): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
}
