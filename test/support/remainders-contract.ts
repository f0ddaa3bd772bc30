import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Remainders } from "../../lib/guard/acting/remainder.ts";
import type { Place } from "../../lib/guard/ports.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";

interface Stage {
  readonly remainders: Remainders;
  close(): Promise<void>;
}

const WEB = parseRule("tcp 443 from 0.0.0.0/0");
const OTHER = parseRule("tcp 80 from 0.0.0.0/0");
const FRESH = { settled: 0, isGoing: false };
const NOT_ADDED = { settled: 0, added: false };
const ADDED = { settled: 0, added: true };

/** What narrowings that meet tell each other: the suite runs on the memory and on the DynamoDB of an emulator. */
export function testRemaindersContract(open: () => Promise<Stage>): void {
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

  test("who added a rule and finds nothing to revoke takes it back, if nobody else needs it", async () => {
    const { remainders } = stage;
    const here = place();
    expect(await remainders.need(here, WEB, "a")).toEqual(FRESH);
    expect(await remainders.forgo(here, WEB, "a", ADDED)).toBe(true);
    await remainders.tookBack(here, WEB, "a");
    expect(await remainders.need(here, WEB, "b")).toEqual(FRESH);
    expect(await remainders.forgo(here, WEB, "b", NOT_ADDED)).toBe(false);
  });

  test("what another needs stays, until that one has no use for it either", async () => {
    const { remainders } = stage;
    const here = place();
    await remainders.need(here, WEB, "a");
    await remainders.need(here, WEB, "b");
    await remainders.need(here, WEB, "c");
    expect(await remainders.forgo(here, WEB, "a", ADDED)).toBe(false);
    expect(await remainders.forgo(here, WEB, "b", NOT_ADDED)).toBe(false);
    expect(await remainders.forgo(here, WEB, "c", NOT_ADDED)).toBe(true);
  });

  test("what took the place of a rule stays, whoever added it", async () => {
    const { remainders } = stage;
    const here = place();
    await remainders.need(here, WEB, "a");
    await remainders.need(here, WEB, "b");
    await remainders.settle(here, WEB, "b");
    expect(await remainders.forgo(here, WEB, "a", ADDED)).toBe(false);
    // So it is for who comes later, and finds the rule there.
    expect(await remainders.need(here, WEB, "c")).toEqual({ settled: 1, isGoing: false });
    expect(await remainders.forgo(here, WEB, "c", { settled: 1, added: false })).toBe(false);
    // But what it added anew, since its owner had removed it, goes again.
    expect(await remainders.need(here, WEB, "d")).toEqual({ settled: 1, isGoing: false });
    expect(await remainders.forgo(here, WEB, "d", { settled: 1, added: true })).toBe(true);
  });

  test("what one left to another is no surplus any more once that one needed it", async () => {
    const { remainders } = stage;
    const here = place();
    await remainders.need(here, WEB, "a");
    await remainders.need(here, WEB, "b");
    expect(await remainders.forgo(here, WEB, "a", ADDED)).toBe(false);
    await remainders.settle(here, WEB, "b");
    await remainders.need(here, WEB, "c");
    expect(await remainders.forgo(here, WEB, "c", { settled: 1, added: false })).toBe(false);
  });

  test("who comes while a rule is taken back hears so, and when that is done", async () => {
    const { remainders } = stage;
    const here = place();
    await remainders.need(here, WEB, "a");
    expect(await remainders.forgo(here, WEB, "a", ADDED)).toBe(true);
    expect(await remainders.need(here, WEB, "b")).toEqual({ settled: 0, isGoing: true });
    setTimeout(() => void remainders.tookBack(here, WEB, "a"), 100);
    await remainders.untaken(here, WEB);
    await remainders.tookBack(here, WEB, "a");
    expect(await remainders.need(here, WEB, "c")).toEqual(FRESH);
  });

  test("only who takes a rule back can say that it did", async () => {
    const { remainders } = stage;
    const here = place();
    await remainders.need(here, WEB, "a");
    expect(await remainders.forgo(here, WEB, "a", ADDED)).toBe(true);
    await remainders.tookBack(here, WEB, "b");
    expect((await remainders.need(here, WEB, "c")).isGoing).toBe(true);
  });

  test("rules, groups and regions have nothing to do with each other", async () => {
    const { remainders } = stage;
    const here = place();
    await remainders.need(here, WEB, "a");
    await remainders.settle(here, WEB, "a");
    expect(await remainders.need(here, OTHER, "b")).toEqual(FRESH);
    expect(await remainders.need({ ...here, region: "us-east-1" }, WEB, "b")).toEqual(FRESH);
    expect(await remainders.need(place(), WEB, "b")).toEqual(FRESH);
    expect(await remainders.need(here, { ...WEB, direction: "egress" }, "b")).toEqual(FRESH);
  });

  test("of many that give up at once, one takes it back", async () => {
    const { remainders } = stage;
    const here = place();
    const all = Array.from({ length: 6 }, (_, n) => `n${n}`);
    for (const by of all) await remainders.need(here, WEB, by);
    const answers = await Promise.all(all.map((by, n) => remainders.forgo(here, WEB, by, n === 0 ? ADDED : NOT_ADDED)));
    // Whoever was last, after the one that had added it.
    expect(answers.filter((one) => one)).toHaveLength(1);
  });
}
