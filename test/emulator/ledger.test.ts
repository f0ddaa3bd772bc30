import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { DynamoLedger } from "../../lib/aws/dynamodb/ledger.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { FIRST } from "../support/attempts.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { type Emulator, startMinistack } from "../support/emulators.ts";
import { decision, testLedgerContract } from "../support/ledger-contract.ts";
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

describeOnEmulators("a ledger whose answers are lost on the way, so that the SDK writes again", () => {
  let ministack: Emulator;
  let client: DynamoDBClient;
  let ledger: DynamoLedger;
  let other: DynamoLedger;
  let lost = 0;

  beforeAll(async () => {
    ministack = await startMinistack();
    const whole = new DynamoDBClient(ministack.client);
    await createLedgerTable(whole, "ledger");
    other = new DynamoLedger(whole, "ledger", { now: () => Date.now() });
    client = new DynamoDBClient(ministack.client);
    ledger = new DynamoLedger(client, "ledger", { now: () => Date.now() });
    // Within the retries: the call took effect.
    client.middlewareStack.add(
      (next) => async (call) => {
        const answer = await next(call);
        if (lost === 0) return answer;
        lost--;
        throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      },
      { step: "deserialize", priority: "high" },
    );
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    client.destroy();
    await ministack.stop();
  });

  function losing<Answer>(answers: number, write: () => Promise<Answer>): Promise<Answer> {
    lost = answers;
    return write();
  }

  test("begins for the first time, and not for the second", async () => {
    const given = decision();
    expect(await losing(2, () => ledger.begin(given.id, given.change, "v1"))).toBeUndefined();
    expect(await losing(1, () => ledger.begin(given.id, given.change, "v1"))).toEqual({ state: "begun" });
  });

  test("decides, and knows the decision for its own: who decides announces", async () => {
    const given = decision();
    const entry = await losing(2, () => ledger.decide(given, FIRST));
    expect(entry.decision).toBe(given);
    expect(entry).toEqual({ state: "decided", decision: given, by: FIRST, revision: 0 });
  });

  test("finds the decision of another, who was first", async () => {
    const [first, second] = both();
    await other.decide(first, FIRST);
    expect(await losing(1, () => ledger.decide(second, FIRST))).toEqual({ state: "decided", decision: first, by: FIRST, revision: 0 });
  });

  test("amends, and knows the decision for its own", async () => {
    const [first, second] = both();
    await other.decide(first, FIRST);
    const entry = await losing(1, () => ledger.amend(second, 0));
    expect(entry.decision).toBe(second);
    expect(entry.revision).toBe(1);
  });

  test("notes what is about to be done, perhaps twice", async () => {
    const given = decision();
    const intent = { by: FIRST, findings: given.findings, remedies: [] };
    await other.begin(given.id, given.change, "v1");
    await losing(1, () => ledger.intend(given.id, intent));
    expect(await other.intended(given.id)).toEqual([intent, intent]);
  });

  function both(): readonly [Decision, Decision] {
    const first = decision();
    return [first, { ...first, outcome: "clean" }];
  }
});
