import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Standing, StandingBook } from "../../lib/guard/sweeping/standing.ts";
import type { SweepState } from "../../lib/guard/sweeping/sweep-ports.ts";
import { granting } from "./changes.ts";

type Stage = { readonly standings: StandingBook & SweepState; close(): Promise<void> };
const ACCOUNT = "111122223333";
const REGION = "eu-central-1";

/** What every book of what stands does: the suite runs on the one in memory and on the DynamoDB of an emulator. */
export function testStandingsContract(open: () => Promise<Stage>): void {
  let stage: Stage;
  beforeAll(async () => {
    stage = await open();
  }, 300_000);
  afterAll(() => stage?.close());

  const subject = (id: string) => ({ kind: "security-group", id }) as const;
  const standing = (id: string, keys = ["0123456789abcdef"]): Standing => ({
    subject: subject(id),
    keys,
    outcome: "would-act",
    decision: `event/${id}`,
  });
  const ids = async (account: string, region = REGION) =>
    (await stage.standings.in(account, region)).map(({ subject: { id } }) => id).sort();

  test("what is kept is found in its account and region, and nowhere else", async () => {
    await stage.standings.keep(ACCOUNT, REGION, standing("sg-1"));
    await stage.standings.keep(ACCOUNT, "us-east-1", standing("sg-2"));
    expect(await stage.standings.in(ACCOUNT, REGION)).toEqual([standing("sg-1")]);
    expect(await ids(ACCOUNT, "us-east-1")).toEqual(["sg-2"]);
    expect(await ids("444455556666")).toEqual([]);
  });

  test("a resource has one entry, the last that was kept", async () => {
    await stage.standings.keep("777700000001", REGION, standing("sg-1"));
    await stage.standings.keep("777700000001", REGION, standing("sg-1", ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"]));
    expect(await stage.standings.in("777700000001", REGION)).toEqual([standing("sg-1", ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"])]);
  });

  test("removing takes it away, twice as once", async () => {
    await stage.standings.keep("777700000002", REGION, standing("sg-1"));
    await stage.standings.remove("777700000002", REGION, subject("sg-1"));
    await stage.standings.remove("777700000002", REGION, subject("sg-1"));
    expect(await ids("777700000002")).toEqual([]);
  });

  test("a change that is being guarded is kept whole, with thousands of rules", async () => {
    const rules = Array.from({ length: 3_000 }, (_, n) => `tcp ${n + 1} from 0.0.0.0/0`);
    const begun: Standing = { subject: subject("sg-1"), keys: [], begun: granting(...rules) };
    await stage.standings.keep("777700000003", REGION, begun);
    expect(await stage.standings.in("777700000003", REGION)).toEqual([begun]);
  });

  test("hundreds are listed", async () => {
    for (let n = 0; n < 300; n++)
      await stage.standings.keep("777700000004", REGION, standing(`sg-${n}`, Array(60).fill("0123456789abcdef")));
    expect(await ids("777700000004")).toHaveLength(300);
  });

  test("the policy of the last sweep of everything is remembered", async () => {
    expect(await stage.standings.sweptUnder()).toBeUndefined();
    await stage.standings.noteSweptUnder("0123456789ab");
    await stage.standings.noteSweptUnder("ba9876543210");
    expect(await stage.standings.sweptUnder()).toBe("ba9876543210");
  });
}
