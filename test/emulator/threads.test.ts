import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoThreads } from "../../lib/aws/dynamodb/threads.ts";
import { AT } from "../support/changes.ts";
import { describeOnEmulators } from "../support/emulator-suite.ts";
import { startMinistack } from "../support/emulators.ts";
import { MemoryClock } from "../support/memory-ports.ts";
import { testThreadsContract } from "../support/threads-contract.ts";

describeOnEmulators("what was told, in DynamoDB (MiniStack)", () => {
  testThreadsContract(async () => {
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
    const clock = new MemoryClock(AT);
    return {
      threads: new DynamoThreads(client, "ledger", clock),
      clock,
      close: async () => {
        client.destroy();
        await ministack.stop();
      },
    };
  });
});
