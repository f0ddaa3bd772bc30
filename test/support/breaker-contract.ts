import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { BreakerBook } from "../../lib/guard/acting/breaker.ts";
import type { MemoryClock } from "./memory-ports.ts";

interface Stage {
  /** Every call a book of its own, as invocations have. */
  readonly breaker: () => BreakerBook;
  readonly clock: MemoryClock;
  close(): Promise<void>;
}
const MINUTE = 60_000;
const LIMITS = { acts: 5, minutes: 10, hold: 30 };

/** What every breaker does: the suite runs on the one in memory and on the DynamoDB of an emulator. */
export function testBreakerContract(open: () => Promise<Stage>): void {
  let stage: Stage;
  let accounts = 0;
  const account = () => String(100_000_000_000 + ++accounts);
  const take = (of: string, policy = "v1") => stage.breaker().take(of, LIMITS, policy);
  beforeAll(async () => {
    stage = await open();
  }, 300_000);
  afterAll(() => stage?.close());

  test("lets as many act as its limit says, then opens, names the policy, and stays open for as long as it says", async () => {
    const one = account();
    for (let n = 0; n < LIMITS.acts; n++) expect(await take(one)).toBeUndefined();
    const since = stage.clock.now();
    const until = new Date(since + 30 * MINUTE).toISOString();
    const opened = { account: one, since: new Date(since).toISOString(), until, acts: 5, minutes: 10, policyVersion: "v2" };
    expect(await take(one, "v2")).toEqual(opened);
    stage.clock.time += 29 * MINUTE;
    expect(await take(one, "v3")).toEqual(opened);
    stage.clock.time += 2 * MINUTE;
    expect(await take(one, "v3")).toBeUndefined();
  });

  test("counts anew when its window has passed without too many", async () => {
    const one = account();
    for (let n = 0; n < LIMITS.acts; n++) await take(one);
    stage.clock.time += 11 * MINUTE;
    for (let n = 0; n < LIMITS.acts; n++) expect(await take(one)).toBeUndefined();
    expect(await take(one)).toMatchObject({ account: one });
  });

  test("of many who ask at once gives as many permits as its limit says, no more and no fewer", async () => {
    const one = account();
    const answers = await Promise.all(Array.from({ length: 14 }, () => take(one)));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(LIMITS.acts);
  });

  test("of one account says nothing of another", async () => {
    const [one, other] = [account(), account()];
    for (let n = 0; n <= LIMITS.acts; n++) await take(one);
    expect(await take(one)).toBeDefined();
    expect(await take(other)).toBeUndefined();
  });

  test("takes permits back under which nothing was done", async () => {
    const one = account();
    for (let n = 0; n < 3 * LIMITS.acts; n++) {
      expect(await take(one)).toBeUndefined();
      await stage.breaker().giveBack(one);
    }
    await stage.breaker().giveBack(one);
    await stage.breaker().giveBack(account());
    for (let n = 0; n < LIMITS.acts; n++) expect(await take(one)).toBeUndefined();
    expect(await take(one)).toBeDefined();
  });

  test("is listed while it is open, and closed by hand", async () => {
    const one = account();
    const listed = async () => (await stage.breaker().open()).filter((breaker) => breaker.account === one);
    for (let n = 0; n < LIMITS.acts; n++) await take(one);
    expect(await listed()).toEqual([]);
    expect(await stage.breaker().reset(one)).toBe(false);
    for (let n = 0; n <= LIMITS.acts; n++) await take(one);
    expect(await listed()).toMatchObject([{ account: one, policyVersion: "v1" }]);
    expect(await stage.breaker().reset(one)).toBe(true);
    expect(await listed()).toEqual([]);
    expect(await take(one)).toBeUndefined();
    for (let n = 0; n <= LIMITS.acts; n++) await take(one);
    stage.clock.time += 31 * MINUTE;
    expect(await listed()).toEqual([]);
  });
}
