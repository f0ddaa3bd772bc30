import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoStandings } from "../../lib/aws/dynamodb/standings.ts";
import { describeOnEmulators } from "../support/emulator-suite.ts";
import { startMinistack } from "../support/emulators.ts";
import { createLedgerTable } from "../support/ledger-table.ts";
import { testStandingsContract } from "../support/standings-contract.ts";

describeOnEmulators("what stands, in DynamoDB (MiniStack)", () => {
  testStandingsContract(async () => {
    const ministack = await startMinistack();
    const client = new DynamoDBClient(ministack.client);
    await createLedgerTable(client, "ledger");
    return {
      standings: new DynamoStandings(client, "ledger"),
      close: async () => {
        client.destroy();
        await ministack.stop();
      },
    };
  });
});
