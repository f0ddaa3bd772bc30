import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoLedger } from "../../lib/aws/ledger.ts";
import { describeOnEmulators } from "../support/emulator-suite.ts";
import { startMinistack } from "../support/emulators.ts";
import { testLedgerContract } from "../support/ledger-contract.ts";

describeOnEmulators("the ledger in DynamoDB (MiniStack)", () => {
  testLedgerContract(async () => {
    const ministack = await startMinistack();
    const client = new DynamoDBClient(ministack.client);
    await client.send(
      new CreateTableCommand({
        TableName: "ledger",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      }),
    );
    return {
      ledger: new DynamoLedger(client, "ledger", { now: () => Date.now() }),
      close: async () => {
        client.destroy();
        await ministack.stop();
      },
    };
  });
});
