import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { DynamoDirectory } from "../../lib/aws/dynamodb/directory.ts";
import type { Account } from "../../lib/model/account.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { type Emulator, startMinistack } from "../support/emulators.ts";
import { createLedgerTable } from "../support/ledger-table.ts";
import { MemoryClock } from "../support/memory-ports.ts";

const AT = "2026-03-02T10:00:00Z";
const account = (n: number): Account => ({
  id: String(100_000_000_000 + n),
  name: `account ${n}`,
  ous: ["ou-r1-prod", "r-r1"],
  tags: { team: `team-${n}` },
});

describeOnEmulators("the directory in DynamoDB (MiniStack)", () => {
  let ministack: Emulator;
  let client: DynamoDBClient;
  const clock = new MemoryClock(AT);
  const directory = () => new DynamoDirectory(client, "ledger", clock);

  beforeAll(async () => {
    ministack = await startMinistack();
    client = new DynamoDBClient(ministack.client);
    await createLedgerTable(client, "ledger");
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    client?.destroy();
    await ministack?.stop();
  });

  test("was never read at first, and knows nobody", async () => {
    expect(await directory().state()).toBeUndefined();
    expect(await directory().account(account(1).id)).toBeUndefined();
    expect(await directory().all()).toEqual([]);
  });

  test("keeps more accounts than one write takes, and forgets those that have left", async () => {
    const many = Array.from({ length: 60 }, (_, n) => account(n));
    await directory().replace(many, { at: AT, ous: ["r-r1", "ou-r1-prod"] });
    expect(await directory().all()).toEqual(many);
    expect(await directory().state()).toEqual({ at: AT, ous: ["r-r1", "ou-r1-prod"] });
    const fewer = [account(3), { ...account(4), ous: ["r-r1"] }];
    await directory().replace(fewer, { at: AT, ous: ["r-r1"] });
    expect(await directory().all()).toEqual(fewer);
    expect(await directory().account(account(4).id)).toEqual(fewer[1]);
    expect(await directory().account(account(5).id)).toBeUndefined();
  });

  test("believes for minutes what it read of an account, and for one minute that there was none", async () => {
    const reader = directory();
    await directory().replace([account(1)], { at: AT, ous: [] });
    expect([await reader.account(account(1).id), await reader.account(account(2).id)]).toEqual([account(1), undefined]);
    const renamed = { ...account(1), name: "renamed" };
    await directory().replace([renamed, account(2)], { at: AT, ous: [] });
    expect([await reader.account(account(1).id), await reader.account(account(2).id)]).toEqual([account(1), undefined]);
    clock.time += 61_000;
    expect([await reader.account(account(1).id), await reader.account(account(2).id)]).toEqual([account(1), account(2)]);
    clock.time += 240_000;
    expect(await reader.account(account(1).id)).toEqual(renamed);
  });
});
