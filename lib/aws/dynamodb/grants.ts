import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { GrantBook, Place } from "../../guard/ports.ts";
import { decodeGrants } from "../../guard/records/grant-record.ts";
import type { Grant } from "../../model/grant.ts";
import { listedIn } from "./listed.ts";

// Closing a hole waits for this answer.
const PATIENCE_MS = 500;
// Ended grants are kept for a month, for whoever asks what was open.
const KEPT_SECONDS = 30 * 24 * 3600;
const ATTEMPTS = 5;
const LISTED = "grants";

/** The grants of one resource as they stand in the table, and which version of them. */
interface Page {
  readonly grants: readonly Grant[];
  readonly version: number;
}

/**
 * The grants in the ledger's table, one item a resource, so that a read right after a write shows it. The index `Listed`
 * finds them all. Throws the SDK's errors.
 */
export class DynamoGrants implements GrantBook {
  private readonly client: DynamoDBClient;
  private readonly table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.client = client;
    this.table = table;
  }

  async on(place: Place): Promise<readonly Grant[]> {
    return (await this.read(place, AbortSignal.timeout(PATIENCE_MS))).grants;
  }

  add(grant: Grant): Promise<void> {
    return this.change(grant, (grants) => [...grants.filter(({ id }) => id !== grant.id), grant]);
  }

  remove(grant: Grant): Promise<void> {
    return this.change(grant, (grants) => grants.filter(({ id }) => id !== grant.id));
  }

  async all(): Promise<readonly Grant[]> {
    const all: Grant[] = [];
    for await (const item of listedIn(this.client, this.table, LISTED)) all.push(...pageOf(item).grants);
    return all.sort((a, b) => (a.until < b.until ? -1 : 1));
  }

  // Two approvers may grant at once: the second writes on what the first left.
  private async change(place: Place, edit: (grants: readonly Grant[]) => readonly Grant[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { grants, version } = await this.read(place);
      const edited = edit(grants);
      if (JSON.stringify(edited) === JSON.stringify(grants)) return;
      try {
        return await this.write(place, { grants: edited, version: version + 1 });
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  private async read(place: Place, abortSignal?: AbortSignal): Promise<Page> {
    const command = new GetItemCommand({ TableName: this.table, Key: { id: { S: keyOf(place) } }, ConsistentRead: true });
    const { Item } = await this.client.send(command, abortSignal === undefined ? {} : { abortSignal });
    return Item === undefined ? { grants: [], version: 0 } : pageOf(Item);
  }

  private async write(place: Place, { grants, version }: Page): Promise<void> {
    const ends = grants.map(({ until }) => until).sort();
    const last = Math.max(Date.now(), ...ends.map((until) => Date.parse(until)));
    await this.client.send(
      new PutItemCommand({
        TableName: this.table,
        Item: {
          id: { S: keyOf(place) },
          grants: { S: JSON.stringify(grants) },
          version: { N: String(version) },
          expires: { N: String(Math.floor(last / 1000) + KEPT_SECONDS) },
          ...(grants.length > 0 && { listed: { S: LISTED }, listedAt: { S: ends[0] ?? "" } }),
        },
        ConditionExpression: "attribute_not_exists(id) OR version = :before",
        ExpressionAttributeValues: { ":before": { N: String(version - 1) } },
      }),
    );
  }
}

function pageOf(item: Record<string, AttributeValue>): Page {
  return { grants: decodeGrants(JSON.parse(item.grants?.S ?? "[]")), version: Number(item.version?.N ?? 0) };
}

function keyOf({ account, region, subject }: Place): string {
  return `grants/${account}/${region}/${subject.id}`;
}
