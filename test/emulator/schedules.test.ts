import { CreateScheduleGroupCommand, GetScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { schedulerOver } from "../../lib/aws/schedules.ts";
import { changeToJudgeAgain, endOf } from "../../lib/guard/answering/judge-again.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { type Emulator, startMinistack } from "../support/emulators.ts";
import { grant } from "../support/grants.ts";

const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:changes";
const ROLE = "arn:aws:iam::123456789012:role/scheduler";
const UNTIL = "2099-03-02T13:14:07.000Z";

describeOnEmulators("the schedules that end exceptions (MiniStack)", () => {
  let ministack: Emulator;
  let client: SchedulerClient;

  beforeAll(async () => {
    ministack = await startMinistack();
    client = new SchedulerClient(ministack.client);
    await client.send(new CreateScheduleGroupCommand({ Name: "portcullis" }));
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    client?.destroy();
    await ministack?.stop();
  });

  test("ask the guard once, a second after the end, to look at the resource, and then delete themselves; twice is once", async () => {
    const ended = grant({ id: "allow-0123456789abcdef", until: UNTIL });
    const schedules = schedulerOver(client, { queueArn: QUEUE, roleArn: ROLE, group: "portcullis" });
    await schedules.judgeAgain(ended);
    await schedules.judgeAgain(ended);
    const made = await client.send(new GetScheduleCommand({ Name: endOf(ended), GroupName: "portcullis" }));
    expect(made).toMatchObject({
      ScheduleExpression: "at(2099-03-02T13:14:08)",
      ScheduleExpressionTimezone: "UTC",
      ActionAfterCompletion: "DELETE",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: { Arn: QUEUE, RoleArn: ROLE },
    });
    const input: unknown = JSON.parse(z.string().parse(made.Target?.Input));
    expect(changeToJudgeAgain(input)).toMatchObject({
      id: `${endOf(ended)}-ended`,
      at: UNTIL,
      account: ended.account,
      subject: ended.subject,
    });
  });
});
