import { BatchWriteItemCommand, type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import * as z from "zod/mini";
import type { Clock, DirectoryBook, DirectoryState } from "../../guard/ports.ts";
import type { Account } from "../../model/account.ts";
import { listedIn } from "./listed.ts";

// What was read of an account is believed for so long (milliseconds); of one that was not there, for a minute: it may be new.
const KEPT_MS = 300_000;
const MISSING_KEPT_MS = 60_000;
// BatchWriteItem takes no more.
const BATCH = 25;
const LISTED = "accounts";
const STATE = "accounts/state";

const AccountRecord = z.object({
  id: z.string(),
  name: z.exactOptional(z.string()),
  ous: z.array(z.string()),
  tags: z.record(z.string(), z.string()),
});
const State = z.object({ at: z.string(), ous: z.array(z.string()) });

/** The accounts of the organization in the ledger's table, one item each. Reads of one account are kept for minutes. Throws the SDK's errors. */
export class DynamoDirectory implements DirectoryBook {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  private readonly clock: Pick<Clock, "now">;
  private readonly kept = new Map<string, { readonly until: number; readonly account: Account | undefined }>();

  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, "now">) {
    this.client = client;
    this.table = table;
    this.clock = clock;
  }

  async account(id: string): Promise<Account | undefined> {
    const kept = this.kept.get(id);
    if (kept !== undefined && kept.until > this.clock.now()) return kept.account;
    const text = await this.read(keyOf(id));
    const account = text === undefined ? undefined : AccountRecord.parse(JSON.parse(text));
    this.kept.set(id, { account, until: this.clock.now() + (account === undefined ? MISSING_KEPT_MS : KEPT_MS) });
    return account;
  }

  async all(): Promise<readonly Account[]> {
    const accounts: Account[] = [];
    for await (const { value } of listedIn(this.client, this.table, LISTED)) {
      if (value?.S !== undefined) accounts.push(AccountRecord.parse(JSON.parse(value.S)));
    }
    return accounts;
  }

  async state(): Promise<DirectoryState | undefined> {
    const text = await this.read(STATE);
    return text === undefined ? undefined : State.parse(JSON.parse(text));
  }

  async replace(accounts: readonly Account[], state: DirectoryState): Promise<void> {
    const there = new Set(accounts.map(({ id }) => id));
    const gone = (await this.all()).filter(({ id }) => !there.has(id));
    const writes = [
      ...accounts.map((account) => ({
        PutRequest: {
          Item: {
            id: { S: keyOf(account.id) },
            value: { S: JSON.stringify(account) },
            listed: { S: LISTED },
            listedAt: { S: account.id },
          },
        },
      })),
      ...gone.map(({ id }) => ({ DeleteRequest: { Key: { id: { S: keyOf(id) } } } })),
    ];
    for (let at = 0; at < writes.length; at += BATCH) await this.write(writes.slice(at, at + BATCH));
    // Last: a directory that was written in part is written anew.
    await this.client.send(new PutItemCommand({ TableName: this.table, Item: { id: { S: STATE }, value: { S: JSON.stringify(state) } } }));
    this.kept.clear();
  }

  private async write(requests: NonNullable<BatchWriteItemCommand["input"]["RequestItems"]>[string]): Promise<void> {
    for (let left = requests; left.length > 0; ) {
      const { UnprocessedItems } = await this.client.send(new BatchWriteItemCommand({ RequestItems: { [this.table]: left } }));
      left = UnprocessedItems?.[this.table] ?? [];
    }
  }

  private async read(id: string): Promise<string | undefined> {
    const { Item } = await this.client.send(new GetItemCommand({ TableName: this.table, Key: { id: { S: id } } }));
    return Item?.value?.S;
  }
}

function keyOf(account: string): string {
  return `accounts/${account}`;
}
