import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { inTimeOrder } from "../../lib/cloudtrail/order.ts";
import { pack } from "../../lib/cloudtrail/packed.ts";
import { type Arrival, inWindows, WINDOW_HOURS, type WindowOptions } from "../../lib/cloudtrail/windows.ts";
import type { Change } from "../../lib/model/change.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "windows-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

function change(id: string, hours: number): Change {
  return {
    id,
    at: moment(hours),
    account: "111122223333",
    region: "eu-west-1",
    actor: { arn: "arn:aws:iam::111122223333:user/a" },
    call: { source: "ec2.amazonaws.com", name: "AuthorizeSecurityGroupIngress" },
    subject: { kind: "security-group", id: "sg-1" },
  };
}

function moment(hours: number): string {
  return `${new Date(START + hours * HOUR).toISOString().slice(0, 19)}Z`;
}

function arrival(hours: number, ...changes: readonly Change[]): Arrival {
  return { deliveredAt: moment(hours), packed: pack(changes) };
}

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function collect(changes: AsyncIterable<Change>): Promise<Change[]> {
  const all: Change[] = [];
  for await (const one of changes) all.push(one);
  return all;
}

const windowed = (arrivals: readonly Arrival[], options: WindowOptions = {}) =>
  collect(inWindows(stream(arrivals), { temporary: folder, ...options }));

test("what comes within the window stands where a sort of everything puts it, however little is held in memory", async () => {
  // Each file tells of what happened up to a day before its delivery, and of clocks that run ahead.
  const told = fc.record({ id: fc.nat({ max: 30 }), age: fc.integer({ min: -3 * 60, max: (WINDOW_HOURS - 1) * 60 }) });
  const file = fc.record({ later: fc.nat({ max: 30 }), told: fc.array(told, { maxLength: 6 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 12 }), fc.integer({ min: 1, max: 9 }), async (files, held) => {
      let clock = 0;
      const all: Change[] = [];
      const arrivals = files.map((one) => {
        clock += one.later;
        const changes = one.told.map(({ id, age }) => change(`${id}-${clock * 60 - age}`, clock - age / 60));
        all.push(...changes);
        return arrival(clock, ...changes);
      });
      const late: Change[] = [];
      const sorted = await windowed(arrivals, { held, onLate: (one) => late.push(one) });
      expect(sorted).toEqual(await collect(inTimeOrder(stream(all))));
      expect(late).toEqual([]);
    }),
    { numRuns: 100 },
  );
  expect(await readdir(folder)).toEqual([]);
});

test("what comes after the window is told, and stands where it came", async () => {
  const late: string[] = [];
  const arrivals = [
    arrival(1, change("first", 0.9)),
    arrival(100, change("second", 99), change("late", 0.5)),
    arrival(200, change("third", 199)),
  ];
  const sorted = await windowed(arrivals, { onLate: ({ id }) => late.push(id) });
  expect(sorted.map(({ id }) => id)).toEqual(["first", "late", "second", "third"]);
  expect(late).toEqual(["late"]);
});

test("what comes again after the window is not told again", async () => {
  const arrivals = [1, 100, 200].map((hours) => arrival(hours, change("same", 0.5)));
  const late: Change[] = [];
  expect(await windowed(arrivals, { onLate: (one) => late.push(one) })).toHaveLength(1);
  expect(late).toEqual([]);
});

test("an hour is handed on before the files that follow the window are read", async () => {
  let read = 0;
  const arrivals = async function* (): AsyncGenerator<Arrival> {
    for (let hours = 1; hours < 1_000; hours++) {
      read++;
      yield arrival(hours, change(String(hours), hours - 0.5));
    }
  };
  for await (const { id } of inWindows(arrivals(), { temporary: folder })) {
    expect(id).toBe("1");
    break;
  }
  expect(read).toBeLessThan(WINDOW_HOURS + 3);
});

test("temporary files are gone, also when nobody reads to the end", async () => {
  const arrivals = Array.from({ length: 60 }, (_, n) => arrival(n + 1, change(`${n}`, n + 0.1), change(`${n}b`, n + 0.2)));
  let seen = 0;
  for await (const _ of inWindows(stream(arrivals), { temporary: folder, held: 3 })) {
    expect(await readdir(folder)).toHaveLength(1);
    if (++seen === 4) break;
  }
  expect(await readdir(folder)).toEqual([]);
});
