import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoGrants } from "../../lib/aws/dynamodb/grants.ts";
import { describeOnEmulators } from "../support/emulator-suite.ts";
import { startMinistack } from "../support/emulators.ts";
import { testGrantsContract } from "../support/grants-contract.ts";
import { createLedgerTable } from "../support/ledger-table.ts";

describeOnEmulators("the grants in DynamoDB (MiniStack)", () => {
  testGrantsContract(async () => {
    const ministack = await startMinistack();
    const client = new DynamoDBClient(ministack.client);
    await createLedgerTable(client, "ledger");
    return {
      grants: new DynamoGrants(client, "ledger"),
      close: async () => {
        client.destroy();
        await ministack.stop();
      },
    };
  });
});
