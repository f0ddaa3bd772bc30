import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoLedger } from "../../lib/aws/ledger.ts";
import { describeOnEmulators } from "../support/emulator-suite.ts";
import { startMinistack } from "../support/emulators.ts";
import { testLedgerContract } from "../support/ledger-contract.ts";
import { createLedgerTable } from "../support/ledger-table.ts";

describeOnEmulators("the ledger in DynamoDB (MiniStack)", () => {
  testLedgerContract(async () => {
    const ministack = await startMinistack();
    const client = new DynamoDBClient(ministack.client);
    await createLedgerTable(client, "ledger");
    return {
      ledger: new DynamoLedger(client, "ledger", { now: () => Date.now() }),
      close: async () => {
        client.destroy();
        await ministack.stop();
      },
    };
  });
});
