import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoBreakers } from "../../lib/aws/dynamodb/breakers.ts";
import { DynamoContests } from "../../lib/aws/dynamodb/contests.ts";
import { DynamoRemainders } from "../../lib/aws/dynamodb/remainders.ts";
import { testBreakerContract } from "../support/breaker-contract.ts";
import { AT } from "../support/changes.ts";
import { testContestsContract } from "../support/contests-contract.ts";
import { describeOnEmulators } from "../support/emulator-suite.ts";
import { startMinistack } from "../support/emulators.ts";
import { createLedgerTable } from "../support/ledger-table.ts";
import { MemoryClock } from "../support/memory-ports.ts";
import { testRemaindersContract } from "../support/remainders-contract.ts";

async function openTable() {
  const ministack = await startMinistack();
  const client = new DynamoDBClient(ministack.client);
  await createLedgerTable(client, "ledger");
  const close = async () => {
    client.destroy();
    await ministack.stop();
  };
  return { client, clock: new MemoryClock(AT), close };
}

describeOnEmulators("breakers in DynamoDB (MiniStack)", () => {
  testBreakerContract(async () => {
    const { client, clock, close } = await openTable();
    return { breaker: () => new DynamoBreakers(client, "ledger", clock), clock, close };
  });
});

describeOnEmulators("contests in DynamoDB (MiniStack)", () => {
  testContestsContract(async () => {
    const { client, clock, close } = await openTable();
    return { contests: new DynamoContests(client, "ledger", clock), clock, close };
  });
});

describeOnEmulators("what narrowings need, in DynamoDB (MiniStack)", () => {
  testRemaindersContract(async () => {
    const { client, clock, close } = await openTable();
    return { remainders: new DynamoRemainders(client, "ledger", clock), close };
  });
});
