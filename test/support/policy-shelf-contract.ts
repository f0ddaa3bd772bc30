import { afterAll, beforeEach, expect, test } from "@jest/globals";
import type { KeptPolicy, PolicyShelf } from "../../lib/policy/delivery.ts";

const AT = Date.parse("2026-03-02T09:00:00Z");

/** What every shelf promises; `empty` gives one on which nothing is kept. */
export function testPolicyShelfContract(empty: () => Promise<PolicyShelf>, close: () => Promise<void> = async () => {}): void {
  let shelf: PolicyShelf;
  beforeEach(async () => {
    shelf = await empty();
  });
  afterAll(close);

  const policy = (version: string, readAt: number, more: Partial<KeptPolicy> = {}): KeptPolicy => {
    return { version, source: "ssm:/portcullis/policy", text: `version: 1 # ${version}\n`, readAt, ...more };
  };

  test("nothing is there at first", async () => expect(await shelf.read()).toBeUndefined());

  test("what is kept is read as it was", async () => {
    const kept = policy("one", AT, { revision: "7" });
    await shelf.keep(kept);
    expect(await shelf.read()).toEqual(kept);
  });

  test("a large policy is kept too", async () => {
    const kept = policy("one", AT, { text: "version: 1 # größer\n".repeat(40_000) });
    await shelf.keep(kept);
    expect(await shelf.read()).toEqual(kept);
  });

  test("another version that was read later replaces it, one that was read earlier does not", async () => {
    await shelf.keep(policy("two", AT));
    await shelf.keep(policy("one", AT - 1));
    expect((await shelf.read())?.version).toBe("two");
    await shelf.keep(policy("three", AT + 1));
    expect((await shelf.read())?.version).toBe("three");
  });

  test("the same version is not written again", async () => {
    await shelf.keep(policy("one", AT));
    await shelf.keep(policy("one", AT + 1));
    expect((await shelf.read())?.readAt).toBe(AT);
  });

  test("of those who keep at once, the one that read last is left", async () => {
    await Promise.all([3, 1, 4, 2, 5, 0].map((later) => shelf.keep(policy(`version ${later}`, AT + later))));
    expect((await shelf.read())?.version).toBe("version 5");
  });
}
