import { join } from "node:path";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { DescribeSecurityGroupsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { decodeDecision } from "../../lib/guard/records/decision-record.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { type Sandbox, startSandbox } from "../support/sandbox.ts";

const PATIENCE_MS = 120_000;

describeOnEmulators("the fire drill, through the packaged stack", () => {
  let sandbox: Sandbox;
  let events: EventBridgeClient;

  beforeAll(async () => {
    sandbox = await startSandbox(join(import.meta.dirname, "portcullis.yml"));
    events = new EventBridgeClient(sandbox.ministack.client);
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    events?.destroy();
    await sandbox?.stop();
  });

  async function decisionsAbout(group: string) {
    const dynamo = new DynamoDBClient(sandbox.ministack.client);
    const { Items: items = [] } = await dynamo.send(new ScanCommand({ TableName: sandbox.stack.outputs.LedgerTable }));
    dynamo.destroy();
    const decided = items.flatMap(({ decision }) => (decision?.S === undefined ? [] : [decodeDecision(JSON.parse(decision.S))]));
    return decided.filter(({ change }) => change.subject.id === group);
  }

  /** The last metrics that a drill wrote, as CloudWatch reads them from its log. */
  function metrics(): string | undefined {
    return sandbox.ministack
      .log()
      .split("\n")
      .findLast((line) => line.includes('"DrillFailed"'));
  }

  test(
    "passes, is marked in the ledger, and nobody is told in Slack",
    async () => {
      const group = await sandbox.drill();
      expect(await sandbox.ingressOf(group)).toEqual([]);
      expect(await sandbox.settled()).toBe(0);
      expect(await decisionsAbout(group)).toMatchObject([{ outcome: "acted", drill: true }]);
      expect(sandbox.slack.messages).toEqual([]);
      expect(metrics()).toMatch(/"DrillFailed":0\b/);
      expect(metrics()).toMatch(/"DrillSeconds":\d/);
    },
    PATIENCE_MS,
  );

  test(
    "fails loudly when the guard hears nothing, cleans up all the same, and passes when it hears again",
    async () => {
      const { Rules: rules = [] } = await events.send(new ListRulesCommand({}));
      const Name = rules.find(({ Description: about = "" }) => about.includes("security groups"))?.Name;
      await events.send(new DisableRuleCommand({ Name }));
      await expect(sandbox.drill()).rejects.toThrow(/drill failed.*did not close tcp 22 from 0\.0\.0\.0\/0/s);
      const ec2 = new EC2Client(sandbox.moto.client);
      const { SecurityGroups: [group] = [] } = await ec2.send(
        new DescribeSecurityGroupsCommand({ Filters: [{ Name: "group-name", Values: ["portcullis-drill"] }] }),
      );
      ec2.destroy();
      expect(await sandbox.ingressOf(group?.GroupId ?? "")).toEqual([]);
      expect(metrics()).toMatch(/"DrillFailed":1\b/);
      await events.send(new EnableRuleCommand({ Name }));
      await sandbox.drill();
      expect(await sandbox.settled()).toBe(0);
      expect(sandbox.slack.messages).toEqual([]);
    },
    PATIENCE_MS,
  );
});
