import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { decodeSweep } from "../../lib/guard/records/sweep-record.ts";
import { runCli } from "../cli/run-cli.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { EMULATOR_ENV, type Emulator, startMinistack } from "../support/emulators.ts";

describeOnEmulators("portcullis sweep (MiniStack)", () => {
  let ministack: Emulator;
  let sqs: SQSClient;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    ministack = await startMinistack();
    sqs = new SQSClient(ministack.client);
    env = { ...EMULATOR_ENV, AWS_ENDPOINT_URL: ministack.url };
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    sqs?.destroy();
    await ministack?.stop();
  });

  async function asked(QueueUrl: string | undefined) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    return Messages.map(({ Body = "" }) => decodeSweep(JSON.parse(Body)));
  }

  test("asks the hub's queue of the stage for one account, and says where to look", async () => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "portcullis-prod-sweeps" }));
    const { code, out, err } = await runCli(["sweep", "--stage", "prod", "--account", "111122223333"], { env });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("sweep account 111122223333 in all regions");
    expect(out).toContain("aws logs tail /aws/lambda/portcullis-prod-sweep");
    expect(await asked(QueueUrl)).toEqual([{ run: expect.any(String), at: expect.any(String), account: "111122223333" }]);
  });

  test("without the hub's queue says what was looked for, and what to set", async () => {
    const { code, out, err } = await runCli(["sweep", "--stage", "none"], { env });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^error: portcullis-none-sweeps was not asked: found no such queue .* Set AWS_PROFILE and AWS_REGION/);
  });

  test.each([
    [["--account", "1234"], "expected the 12 digits of an account id"],
    [["--region", "europe"], "expected a region such as eu-west-1"],
  ])("refuses %j", async (args, message) => {
    const { code, err } = await runCli(["sweep", ...args], { env });
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
