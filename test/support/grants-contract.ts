import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { GrantBook } from "../../lib/guard/ports.ts";
import { grant } from "./grants.ts";

/** What every book of grants does: the suite runs on the one in memory and on the DynamoDB of an emulator. */
export function testGrantsContract(open: () => Promise<{ grants: GrantBook; close(): Promise<void> }>): void {
  let stage: { grants: GrantBook; close(): Promise<void> };
  beforeAll(async () => {
    stage = await open();
  }, 300_000);
  afterAll(() => stage.close());

  const on = (id: string) => ({ subject: { kind: "security-group", id } }) as const;

  test("what was granted is found at once, for that very resource, and nowhere else", async () => {
    const granted = grant(on("sg-found"));
    await stage.grants.add(granted);
    expect(await stage.grants.on(granted)).toEqual([granted]);
    expect(await stage.grants.on({ ...granted, region: "us-east-1" })).toEqual([]);
    expect(await stage.grants.on({ ...granted, account: "999999999999" })).toEqual([]);
    expect(await stage.grants.on({ ...granted, subject: { kind: "security-group", id: "sg-other" } })).toEqual([]);
  });

  test("granting and removing twice is once", async () => {
    const granted = grant(on("sg-twice"));
    await stage.grants.add(granted);
    await stage.grants.add(granted);
    expect(await stage.grants.on(granted)).toEqual([granted]);
    await stage.grants.remove(granted);
    await stage.grants.remove(granted);
    expect(await stage.grants.on(granted)).toEqual([]);
  });

  test("several who grant at once lose none of their grants", async () => {
    const all = Array.from({ length: 4 }, () => grant(on("sg-busy")));
    await Promise.all(all.map((one) => stage.grants.add(one)));
    const ids = (await stage.grants.on(all[0] ?? grant(on("sg-busy")))).map(({ id }) => id).sort();
    expect(ids).toEqual(all.map(({ id }) => id).sort());
  });

  test("all grants are listed, the first to end first", async () => {
    const late = grant({ ...on("sg-late"), until: "2031-01-01T00:00:00.000Z" });
    const soon = grant({ ...on("sg-soon"), until: "2030-01-01T00:00:00.000Z" });
    await stage.grants.add(late);
    await stage.grants.add(soon);
    const listed = (await stage.grants.all()).filter(({ subject }) => ["sg-late", "sg-soon"].includes(subject.id));
    expect(listed).toEqual([soon, late]);
  });
}
