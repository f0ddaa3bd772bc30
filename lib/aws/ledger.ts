import { gunzipSync, gzipSync } from "node:zlib";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { decodeDecision, encodeDecision } from "../guard/decision-record.ts";
import type { DecisionReader } from "../guard/notify-ports.ts";
import type { Clock, DecidedEntry, Ledger, LedgerEntry } from "../guard/ports.ts";
import type { Change } from "../model/change.ts";
import type { Decision } from "../model/decision.ts";
import { listedIn } from "./listed.ts";

// An auditor asks about last year; DynamoDB's TTL takes seconds since the epoch.
const KEPT_SECONDS = 400 * 24 * 3600;
const LONGEST_TEXT = 100_000;

/** The ledger in a DynamoDB table with partition key `id` and TTL attribute `expires`. Throws the SDK's errors. */
export class DynamoLedger implements Ledger, DecisionReader {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  private readonly clock: Pick<Clock, "now">;

  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, "now">) {
    this.client = client;
    this.table = table;
    this.clock = clock;
  }

  async begin(id: string, change: Change, policyVersion: string): Promise<LedgerEntry | undefined> {
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: {
            id: { S: id },
            state: { S: "begun" },
            change: packed(JSON.stringify(change)),
            policyVersion: { S: policyVersion },
            ...this.stamps(change.account),
          },
          ConditionExpression: "attribute_not_exists(id)",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return undefined;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return this.standing(id, error.Item);
      throw error;
    }
  }

  async decide(decision: Decision): Promise<DecidedEntry> {
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: { id: { S: decision.id } },
          UpdateExpression:
            "SET #state = :decided, decision = :decision, outcome = :outcome, account = :account, updatedAt = :updatedAt, expires = :expires, listed = :listed, listedAt = :updatedAt",
          ConditionExpression: "attribute_not_exists(decision)",
          ExpressionAttributeNames: { "#state": "state" },
          ExpressionAttributeValues: {
            ":decided": { S: "decided" },
            ":decision": packed(encodeDecision(decision)),
            ":outcome": { S: decision.outcome },
            ":listed": { S: listOf(new Date(this.clock.now()).toISOString()) },
            ...prefixed(this.stamps(decision.change.account)),
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { state: "decided", decision, revision: 0 };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const entry = await this.standing(decision.id, error.Item);
      return entry.state === "begun" ? { state: "decided", decision, revision: 0 } : entry;
    }
  }

  async amend(decision: Decision, revision: number): Promise<DecidedEntry> {
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.table,
          Key: { id: { S: decision.id } },
          UpdateExpression: "SET decision = :decision, outcome = :outcome, revision = :next",
          ConditionExpression: revision === 0 ? "attribute_exists(decision) AND attribute_not_exists(revision)" : "revision = :read",
          ExpressionAttributeValues: {
            ":decision": packed(encodeDecision(decision)),
            ":outcome": { S: decision.outcome },
            ":next": { N: String(revision + 1) },
            ...(revision > 0 && { ":read": { N: String(revision) } }),
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return { state: "decided", decision, revision: revision + 1 };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const entry = await this.standing(decision.id, error.Item);
      if (entry.state === "begun") throw error;
      return entry;
    }
  }

  async published(id: string): Promise<void> {
    await this.client.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: { id: { S: id } },
        UpdateExpression: "SET #state = :published",
        ConditionExpression: "attribute_exists(decision)",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: { ":published": { S: "published" } },
      }),
    );
  }

  async read(id: string): Promise<Decision | undefined> {
    const entry = await this.standing(id, undefined);
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

  // The refused write tells what stands; an emulator or an older endpoint may not, then it is read.
  private async standing(id: string, told: Record<string, AttributeValue> | undefined): Promise<LedgerEntry> {
    const item =
      told ?? (await this.client.send(new GetItemCommand({ TableName: this.table, Key: { id: { S: id } }, ConsistentRead: true }))).Item;
    const state = item?.state?.S;
    const decision = unpacked(item?.decision);
    if (decision === undefined) return { state: "begun" };
    const made = { decision: decodeDecision(JSON.parse(decision)), revision: Number(item?.revision?.N ?? 0) };
    return { state: state === "published" ? "published" : "decided", ...made };
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

// An item holds 400 KB; text of more than a part of that is kept compressed.
function packed(text: string): AttributeValue {
  return text.length > LONGEST_TEXT ? { B: gzipSync(text) } : { S: text };
}

function unpacked(value: AttributeValue | undefined): string | undefined {
  return value?.B === undefined ? value?.S : gunzipSync(value.B).toString();
}

function listOf(at: string): string {
  return `decisions/${at.slice(0, 10)}`;
}

function prefixed(values: Record<string, AttributeValue>): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
}
