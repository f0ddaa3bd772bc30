import { join } from "node:path";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { decodeDecision } from "../../lib/guard/records/decision-record.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { FORBIDDEN, type OpenedGroup, type Sandbox, startSandbox } from "../support/sandbox.ts";

const LAWFUL = "10.0.0.0/8";

describeOnEmulators("the packaged stack, end to end", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startSandbox(join(import.meta.dirname, "portcullis.yml"));
  }, START_TIMEOUT_MS);

  afterAll(() => sandbox?.stop());

  /** Has the guard see the record, and waits until it and the notifier are done. */
  async function guarded(record: object) {
    const [calls, messages] = [sandbox.recorder.calls.length, sandbox.slack.messages.length];
    await sandbox.report(record);
    const deadLetters = await sandbox.settled();
    return { calls: sandbox.recorder.calls.slice(calls), messages: sandbox.slack.messages.slice(messages), deadLetters };
  }

  describe("a grant of tcp 22 from 0.0.0.0/0 beside 10.0.0.0/8 in one permission", () => {
    let group: OpenedGroup;
    let seen: Awaited<ReturnType<typeof guarded>>;

    beforeAll(async () => {
      group = await sandbox.openHole("hole");
      expect(await sandbox.ingressOf(group.id)).toEqual([LAWFUL, FORBIDDEN]);
      seen = await guarded(group.record);
    }, START_TIMEOUT_MS);

    test("leaves the lawful rule alone", async () => {
      expect(await sandbox.ingressOf(group.id)).toEqual([LAWFUL]);
    });

    test("is closed by the first EC2 call", () => {
      const [first] = seen.calls;
      expect(first).toMatchObject({ action: "RevokeSecurityGroupIngress", status: 200, observed: [LAWFUL] });
      expect(Object.fromEntries(first?.parameters ?? [])).toMatchObject({
        GroupId: group.id,
        "IpPermissions.1.IpProtocol": "tcp",
        "IpPermissions.1.FromPort": "22",
        "IpPermissions.1.ToPort": "22",
        "IpPermissions.1.IpRanges.1.CidrIp": FORBIDDEN,
      });
      expect(first?.parameters.get("IpPermissions.1.IpRanges.2.CidrIp")).toBeNull();
    });

    test("is told in Slack, once, in the policy's channel", () => {
      expect(seen.messages).toHaveLength(1);
      expect(seen.messages[0]).toMatchObject({ channel: "#net-sandbox", text: expect.stringContaining("tcp 22 from 0.0.0.0/0") });
      expect(JSON.stringify(seen.messages[0]?.blocks)).toContain(group.id);
    });

    test("is in the ledger as acted", async () => {
      const decisions = await ledger();
      expect(decisions.map(({ change, outcome, mode }) => ({ group: change.subject.id, outcome, mode }))).toContainEqual({
        group: group.id,
        outcome: "acted",
        mode: "enforce",
      });
    });

    test("leaves nothing in the dead-letter queues", () => {
      expect(seen.deadLetters).toBe(0);
    });

    test("reported twice, leaves the same world and is not told again", async () => {
      const decisions = await ledger();
      const again = await guarded(group.record);
      expect(await sandbox.ingressOf(group.id)).toEqual([LAWFUL]);
      expect(again).toMatchObject({ messages: [], deadLetters: 0 });
      expect(await ledger()).toHaveLength(decisions.length);
    });
  });

  test("a route to the internet in a main route table is taken back", async () => {
    const { table, record } = await sandbox.openMainTable();
    expect(await sandbox.routesOf(table)).toContain("0.0.0.0/0");
    const seen = await guarded(record);
    expect(await sandbox.routesOf(table)).toEqual(["10.8.0.0/16"]);
    expect(seen).toMatchObject({ deadLetters: 0, messages: [{ text: expect.stringContaining("0.0.0.0/0") }] });
    expect((await ledger()).find(({ change }) => change.subject.id === table)).toMatchObject({
      outcome: "acted",
      acts: [{ remedy: { kind: "delete-route" }, result: "done" }],
    });
  });

  test("a call that failed never reaches the guard", async () => {
    const group = await sandbox.openHole("failed");
    const seen = await guarded({ ...group.record, errorCode: "Client.InvalidPermission.Duplicate", responseElements: null });
    expect(seen).toMatchObject({ calls: [], messages: [], deadLetters: 0 });
    expect(await sandbox.ingressOf(group.id)).toContain(FORBIDDEN);
  });

  test("while Slack is down the hole is closed all the same, and Slack is told when it is back", async () => {
    const attempts = 3;
    sandbox.slack.behave(...Array.from({ length: attempts }, () => ({ status: 503 })));
    const group = await sandbox.openHole("slack-down");
    await sandbox.report(group.record);
    expect(await sandbox.closed(group.id)).toEqual([LAWFUL]);
    const told = await sandbox.told(group.id);
    expect(told.text).toContain("tcp 22 from 0.0.0.0/0");
    expect(sandbox.slack.messages.filter((message) => JSON.stringify(message).includes(group.id))).toHaveLength(1);
    expect(await sandbox.settled()).toBe(0);
  }, 300_000);

  test("what the functions did is measured", () => {
    const log = sandbox.ministack.log();
    for (const metric of ["Events", "Decisions", "TimeToClose", "TimeToHear", "TimeToAct"]) {
      expect(log).toMatch(embedded("portcullis-dev-guard", metric));
    }
    for (const metric of ["Told", "SlackFailures"]) expect(log).toMatch(embedded("portcullis-dev-notify", metric));
  });

  test("the guard ran on the Node that Lambda will run", () => {
    expect(sandbox.recorder.calls[0]?.userAgent).toContain("md/nodejs#24.");
  });

  // One line in the embedded metric format, as CloudWatch reads it from a function's log.
  function embedded(service: string, metric: string): RegExp {
    return new RegExp(`"Namespace":"Portcullis".*"Name":"${metric}".*"service":"${service}".*"${metric}":`);
  }

  async function ledger() {
    const dynamo = new DynamoDBClient(sandbox.ministack.client);
    const { Items: items = [] } = await dynamo.send(new ScanCommand({ TableName: sandbox.stack.outputs.LedgerTable }));
    dynamo.destroy();
    return items.flatMap(({ decision }) => (decision?.S === undefined ? [] : [decodeDecision(JSON.parse(decision.S))]));
  }
});
