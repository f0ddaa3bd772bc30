import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoGrants } from "../../lib/aws/grants.ts";
import { describeOnEmulators } from "../support/emulator-suite.ts";
import { startMinistack } from "../support/emulators.ts";
import { testGrantsContract } from "../support/grants-contract.ts";

describeOnEmulators("the grants in DynamoDB (MiniStack)", () => {
  testGrantsContract(async () => {
    const ministack = await startMinistack();
    const client = new DynamoDBClient(ministack.client);
    await client.send(
      new CreateTableCommand({
        TableName: "ledger",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: ["id", "listed", "listedAt"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        GlobalSecondaryIndexes: [
          {
            IndexName: "Listed",
            KeySchema: [
              { AttributeName: "listed", KeyType: "HASH" },
              { AttributeName: "listedAt", KeyType: "RANGE" },
            ],
            Projection: { ProjectionType: "ALL" },
          },
        ],
      }),
    );
    return {
      grants: new DynamoGrants(client, "ledger"),
      close: async () => {
        client.destroy();
        await ministack.stop();
      },
    };
  });
});
