import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { inTimeOrder } from "../../lib/cloudtrail/order.ts";
import type { Change, Claim } from "../../lib/model/change.ts";
import type { Effect } from "../../lib/model/effect.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "order-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

function change(id: string, at: string, group = "sg-1", claim?: Claim): Change {
  return {
    id,
    at,
    account: "111122223333",
    region: "eu-west-1",
    actor: { arn: "arn:aws:iam::111122223333:user/a", userAgent: 'line\n"break"\u2028' },
    call: { source: "ec2.amazonaws.com", name: "AuthorizeSecurityGroupIngress" },
    subject: { kind: "security-group", id: group },
    ...(claim !== undefined && { claim }),
  };
}

async function* stream(changes: readonly Change[]): AsyncGenerator<Change> {
  yield* changes;
}

async function ordered(changes: readonly Change[], chunk?: number): Promise<Change[]> {
  const sorted: Change[] = [];
  for await (const one of inTimeOrder(stream(changes), { temporary: folder, ...(chunk !== undefined && { chunk }) })) sorted.push(one);
  return sorted;
}

const second = (n: number) => `2026-01-01T00:00:${String(n).padStart(2, "0")}Z`;

test("any order, any number of runs, duplicates: the same changes by time, each once", async () => {
  const any = fc.record({
    id: fc.constantFrom("a", "b", "c", "d"),
    at: fc.integer({ min: 0, max: 3 }),
    group: fc.constantFrom("sg-1", "sg-2"),
  });
  // One event has one time.
  const changes = fc.array(any, { maxLength: 40 }).map((list) => list.map(({ id, at, group }) => change(`${id}${at}`, second(at), group)));
  await fc.assert(
    fc.asyncProperty(changes, fc.integer({ min: 1, max: 7 }), async (list, chunk) => {
      const keys = new Map(list.map((one) => [`${one.at}|${one.id}|${one.subject.id}`, one]));
      const expected = [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
      expect(await ordered(list, chunk)).toEqual(expected);
      expect(await ordered(list)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

test("more runs than are merged at once", async () => {
  const changes = Array.from({ length: 250 }, (_, i) => change(String((i * 97) % 250).padStart(3, "0"), second(i % 7)));
  const sorted = await ordered(changes, 1);
  expect(sorted).toEqual(await ordered(changes));
  expect(sorted).toHaveLength(250);
});

test("within a second, a group is created before it is changed and deleted after", async () => {
  const created = change("z", second(1), "sg-1", { kind: "group-created", group: { id: "sg-1", rules: [] } });
  const granted = change("m", second(1));
  const deleted = change("a", second(1), "sg-1", { kind: "group-deleted" });
  expect(await ordered([deleted, granted, created])).toEqual([created, granted, deleted]);
});

test("within a second, rules are granted before they are revoked", async () => {
  const granted = change("z", second(1), "sg-1", { kind: "rules-granted", rules: [] });
  const modified = change("m", second(1), "sg-1", { kind: "rules-modified", rules: [] });
  const revoked = change("a", second(1), "sg-1", { kind: "rules-revoked", rules: [], ruleIds: [] });
  expect(await ordered([revoked, modified, granted])).toEqual([granted, modified, revoked]);
});

test("temporary files are gone, also when nobody reads to the end", async () => {
  const changes = Array.from({ length: 9 }, (_, i) => change(String(i), second(i)));
  for await (const first of inTimeOrder(stream(changes), { chunk: 2, temporary: folder })) {
    expect(first.id).toBe("0");
    expect(await readdir(folder)).toHaveLength(1);
    break;
  }
  expect(await readdir(folder)).toEqual([]);
  await ordered(changes, 2);
  expect(await readdir(folder)).toEqual([]);
});

test("up to one chunk never touches the disk", async () => {
  const changes = Array.from({ length: 3 }, (_, i) => change(String(i), second(i)));
  for await (const _ of inTimeOrder(stream(changes), { chunk: 3, temporary: folder })) expect(await readdir(folder)).toEqual([]);
});

test("within a second, a prefix list is made, changed, named by a group and deleted in this order", async () => {
  const list = { kind: "prefix-list", id: "pl-1" } as const;
  const effects = (...done: readonly Effect[]): Claim => ({ kind: "effects", effects: done });
  const made = effects({ op: "create", kind: "prefix-list", id: "pl-1", facts: { id: "pl-1", cidrs: [] } });
  const added = effects({ op: "add", ...list, list: "cidrs", items: ["0.0.0.0/0"] });
  const renamed = effects();
  const granted: Claim = { kind: "rules-granted", rules: [] };
  const deleted = effects({ op: "delete", ...list });
  const claims = [deleted, granted, renamed, added, made];
  const changes = claims.map((claim, i) => change(String(i), second(0), "sg-1", claim));
  expect((await ordered(changes)).map(({ claim }) => claim)).toEqual([made, renamed, added, granted, deleted]);
});
