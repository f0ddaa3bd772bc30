import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Needed, Remainders, Seen } from "../../guard/acting/remainder.ts";
import type { Clock, Place } from "../../guard/ports.ts";
import { ruleKey, type SecurityGroupRule } from "../../model/security-group-rule.ts";

// Narrowing waits for this answer.
const PATIENCE_MS = 500;
// No function runs for longer: who needed a rule so long ago has died (milliseconds).
const NEEDED_FOR = 15 * 60_000;
// Longer than one call of EC2 takes with all of its tries.
const TAKEN_BACK_IN = 30_000;
const LOOK_MS = 200;
// So many narrowings of one rule do not give up at once.
const TRIES = 10;

type Item = Readonly<Record<string, AttributeValue>>;

/** What one write does to an item: attributes by name. */
interface Write {
  readonly set?: Item;
  readonly remove?: readonly string[];
  /** A number that is counted up. */
  readonly count?: string;
  /** The item must have this attribute so, or not at all. */
  readonly when?: readonly [name: string, value: AttributeValue | undefined];
}

/**
 * What narrowings need, in the ledger's table: one item for each rule of a group, with an attribute for each narrowing that needs it. Every
 * write counts its version up, by which who gives up knows that nobody came meanwhile. Throws the SDK's errors.
 */
export class DynamoRemainders implements Remainders {
  private readonly client: DynamoDBClient;
  private readonly table: string;
  private readonly clock: Pick<Clock, "now">;

  constructor(client: DynamoDBClient, table: string, clock: Pick<Clock, "now">) {
    this.client = client;
    this.table = table;
    this.clock = clock;
  }

  async need(place: Place, rule: SecurityGroupRule, by: string): Promise<Needed> {
    const item = await this.write(idOf(place, rule), { set: { [neededBy(by)]: this.now() } });
    return { settled: settledIn(item), isGoing: this.isWithin(TAKEN_BACK_IN, item.goingSince) };
  }

  async settle(place: Place, rule: SecurityGroupRule, by: string): Promise<void> {
    await this.write(idOf(place, rule), { remove: [neededBy(by), "surplusSince"], count: "settled" });
  }

  async forgo(place: Place, rule: SecurityGroupRule, by: string, { settled, added }: Seen): Promise<boolean> {
    const id = idOf(place, rule);
    const own = neededBy(by);
    for (let turn = 1; turn <= TRIES; turn++) {
      const item = await this.item(id);
      // The answer to a write was lost, and the SDK was refused by what it had written.
      if (item.goingBy?.S === by) return true;
      const isSurplus = settledIn(item) === settled && (added || this.isWithin(NEEDED_FOR, item.surplusSince));
      const others = Object.keys(item).filter((name) => isNeed(name) && name !== own && this.isWithin(NEEDED_FOR, item[name]));
      const isGoing = isSurplus && others.length === 0;
      const when = ["version", item.version] as const;
      const gone = isGoing ? { set: { goingSince: this.now(), goingBy: { S: by } }, remove: [own, "surplusSince"] } : { remove: [own] };
      const write = isSurplus && !isGoing ? { set: { surplusSince: this.now() }, remove: [own] } : gone;
      if (await this.writeIf(id, { ...write, when })) return isGoing;
    }
    throw new Error(`what stands in for a narrowed rule of ${place.subject.id} changed ${TRIES} times while it was looked at`);
  }

  async tookBack(place: Place, rule: SecurityGroupRule, by: string): Promise<void> {
    await this.writeIf(idOf(place, rule), { remove: ["goingSince", "goingBy"], when: ["goingBy", { S: by }] });
  }

  async untaken(place: Place, rule: SecurityGroupRule): Promise<void> {
    const until = performance.now() + TAKEN_BACK_IN;
    while (performance.now() < until && this.isWithin(TAKEN_BACK_IN, (await this.item(idOf(place, rule))).goingSince)) await sleep(LOOK_MS);
  }

  /** Whether the item was as it must be. */
  private async writeIf(id: string, write: Write): Promise<boolean> {
    try {
      await this.write(id, write);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  private async write(id: string, { set = {}, remove = [], count, when }: Write): Promise<Item> {
    const expires = { N: String(Math.ceil((this.clock.now() + NEEDED_FOR) / 1000)) };
    const sets = Object.entries({ ...set, expires });
    const counts = ["version", ...(count === undefined ? [] : [count])];
    const names = [...sets.map(([name]) => name), ...remove, ...counts, ...(when === undefined ? [] : [when[0]])];
    const of = (name: string) => `#n${names.indexOf(name)}`;
    const values: Record<string, AttributeValue> = { ":one": { N: "1" }, ...(when?.[1] !== undefined && { ":when": when[1] }) };
    for (const [n, [, value]] of sets.entries()) values[`:v${n}`] = value;
    const { Attributes = {} } = await this.client.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: { id: { S: id } },
        UpdateExpression: [
          `SET ${sets.map(([name], n) => `${of(name)} = :v${n}`).join(", ")}`,
          `ADD ${counts.map((name) => `${of(name)} :one`).join(", ")}`,
          ...(remove.length === 0 ? [] : [`REMOVE ${remove.map(of).join(", ")}`]),
        ].join(" "),
        ...(when !== undefined && {
          ConditionExpression: when[1] === undefined ? `attribute_not_exists(${of(when[0])})` : `${of(when[0])} = :when`,
        }),
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [of(name), name])),
        ExpressionAttributeValues: values,
        ReturnValues: "ALL_NEW",
      }),
      { abortSignal: AbortSignal.timeout(PATIENCE_MS) },
    );
    return Attributes;
  }

  private async item(id: string): Promise<Item> {
    const command = new GetItemCommand({ TableName: this.table, Key: { id: { S: id } }, ConsistentRead: true });
    return (await this.client.send(command)).Item ?? {};
  }

  private now(): AttributeValue {
    return { N: String(this.clock.now()) };
  }

  private isWithin(milliseconds: number, since: AttributeValue | undefined): boolean {
    return since?.N !== undefined && this.clock.now() - Number(since.N) < milliseconds;
  }
}

const NEEDED_BY = "neededBy ";

function neededBy(narrowing: string): string {
  return `${NEEDED_BY}${narrowing}`;
}

function isNeed(name: string): boolean {
  return name.startsWith(NEEDED_BY);
}

function settledIn(item: Item): number {
  return Number(item.settled?.N ?? 0);
}

function idOf({ account, region, subject }: Place, rule: SecurityGroupRule): string {
  return `remainder/${account}/${region}/${subject.id}/${createHash("sha256").update(ruleKey(rule)).digest("hex").slice(0, 32)}`;
}
