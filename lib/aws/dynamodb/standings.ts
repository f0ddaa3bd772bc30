import { gunzipSync, gzipSync } from "node:zlib";
import { DeleteItemCommand, type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { decodeStanding, encodeStanding } from "../../guard/records/standing-record.ts";
import type { Standing, StandingBook } from "../../guard/sweeping/standing.ts";
import type { SweepState } from "../../guard/sweeping/sweep-ports.ts";
import type { Subject } from "../../model/change.ts";
import { listedIn } from "./listed.ts";

const SWEEP_STATE = "sweep/state";
const LONGEST_TEXT = 100_000;

/** What stands forbidden, in the ledger's table: one item a resource, listed by account and region. Throws the SDK's errors. */
export class DynamoStandings implements StandingBook, SweepState {
  private readonly client: DynamoDBClient;
  private readonly table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.client = client;
    this.table = table;
  }

  async in(account: string, region: string): Promise<readonly Standing[]> {
    const standings: Standing[] = [];
    for await (const { value } of listedIn(this.client, this.table, listOf(account, region))) {
      const text = value?.B === undefined ? value?.S : gunzipSync(value.B).toString();
      if (text !== undefined) standings.push(decodeStanding(JSON.parse(text)));
    }
    return standings;
  }

  async keep(account: string, region: string, standing: Standing): Promise<void> {
    const text = encodeStanding(standing);
    const id = keyOf(account, region, standing.subject);
    await this.client.send(
      new PutItemCommand({
        TableName: this.table,
        Item: {
          id: { S: id },
          value: text.length > LONGEST_TEXT ? { B: gzipSync(text) } : { S: text },
          listed: { S: listOf(account, region) },
          listedAt: { S: id },
        },
      }),
    );
  }

  async remove(account: string, region: string, subject: Subject): Promise<void> {
    await this.client.send(new DeleteItemCommand({ TableName: this.table, Key: { id: { S: keyOf(account, region, subject) } } }));
  }

  async sweptUnder(): Promise<string | undefined> {
    const { Item } = await this.client.send(new GetItemCommand({ TableName: this.table, Key: { id: { S: SWEEP_STATE } } }));
    return Item?.policyVersion?.S;
  }

  async noteSweptUnder(policyVersion: string): Promise<void> {
    await this.client.send(
      new PutItemCommand({ TableName: this.table, Item: { id: { S: SWEEP_STATE }, policyVersion: { S: policyVersion } } }),
    );
  }
}

function listOf(account: string, region: string): string {
  return `standing/${account}/${region}`;
}

function keyOf(account: string, region: string, { kind, id }: Subject): string {
  return `${listOf(account, region)}/${kind}/${id}`;
}
