import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Contests } from "../../lib/guard/acting/contests.ts";
import type { Place } from "../../lib/guard/ports.ts";
import type { MemoryClock } from "./memory-ports.ts";

interface Stage {
  readonly contests: Contests;
  readonly clock: MemoryClock;
  close(): Promise<void>;
}
const HOUR = 3_600_000;

/** What every memory of contests does: the suite runs on the one in memory and on the DynamoDB of an emulator. */
export function testContestsContract(open: () => Promise<Stage>): void {
  let stage: Stage;
  let groups = 0;
  const place = (): Place => ({
    account: "111122223333",
    region: "eu-central-1",
    subject: { kind: "security-group", id: `sg-${++groups}` },
  });
  beforeAll(async () => {
    stage = await open();
  }, 300_000);
  afterAll(() => stage?.close());

  test("counts each closing of a value on a resource, since the first", async () => {
    const here = place();
    const since = new Date(stage.clock.now()).toISOString();
    expect(await stage.contests.closed(here, ["ssh"], "d1")).toEqual({ count: 1, since });
    stage.clock.time += HOUR;
    expect(await stage.contests.closed(here, ["ssh"], "d2")).toEqual({ count: 2, since });
    expect((await stage.contests.closed(here, ["http"], "d3")).count).toBe(1);
    expect((await stage.contests.closed(place(), ["ssh"], "d4")).count).toBe(1);
    expect((await stage.contests.closed({ ...here, region: "us-east-1" }, ["ssh"], "d5")).count).toBe(1);
  });

  test("counts a decision once, however often it is tried", async () => {
    const here = place();
    for (let n = 0; n < 3; n++) expect((await stage.contests.closed(here, ["ssh"], "d1")).count).toBe(1);
    for (let n = 0; n < 3; n++) expect((await stage.contests.closed(here, ["ssh"], "d2")).count).toBe(2);
  });

  test("of several values tells the one that was closed most often", async () => {
    const here = place();
    await stage.contests.closed(here, ["ssh"], "d1");
    await stage.contests.closed(here, ["ssh"], "d2");
    expect((await stage.contests.closed(here, ["ssh", "http"], "d3")).count).toBe(3);
  });

  test("forgets what was not closed for a day", async () => {
    const here = place();
    await stage.contests.closed(here, ["ssh"], "d1");
    stage.clock.time += 23 * HOUR;
    expect((await stage.contests.closed(here, ["ssh"], "d2")).count).toBe(2);
    stage.clock.time += 25 * HOUR;
    expect((await stage.contests.closed(here, ["ssh"], "d3")).count).toBe(1);
  });

  test("of many who close at once counts each", async () => {
    const here = place();
    const all = await Promise.all(Array.from({ length: 8 }, (_, n) => stage.contests.closed(here, ["ssh"], `d${n}`)));
    expect(Math.max(...all.map(({ count }) => count))).toBe(8);
  });
}
