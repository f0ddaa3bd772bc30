import { describe, expect, test } from "@jest/globals";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { V4_SPACES, V6_SPACES } from "./addresses.ts";
import { fewestRules } from "./fewest.ts";
import { type GroupCase, grantedBy, offencesIn } from "./group-case.ts";
import { NO_POINTS, pointsOf, pointsWhere } from "./points.ts";
import { CELLS, SHAPES } from "./services.ts";
import { run, type Trial } from "./trial.ts";
import { ACLS, GROUPS } from "./trials.ts";

// `npm run oracle` tries 100,000 of each; these come again with their seed.
const SEED = 20_261_124;

test("on 2,000 random security groups, the judgement, the narrowing and the sets are what plain bits say", async () => {
  const { seen, disagreement } = await run(GROUPS, SEED, 2000);
  expect(disagreement?.text).toBeUndefined();
  // Agreement about groups that all are clean, or all are open, would say little.
  expect(Object.keys(seen).sort()).toEqual(["alone", "clean", "did not fit", "narrowed", "revoked whole", "together", "took fewest rules"]);
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});

test("on 2,000 random network ACLs, what entries admit in the order of their numbers and what denies it are what plain bits say", async () => {
  const { seen, disagreement } = await run(ACLS, SEED, 2000);
  expect(disagreement?.text).toBeUndefined();
  expect(Object.keys(seen)).toHaveLength(6);
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});

test("cutting the blocks of a guilty group in two never acquits it", async () => {
  const halved: Trial<GroupCase> = {
    ...GROUPS,
    disagreement: async (given) => {
      if (offencesIn(given).length === 0) return undefined;
      return (await GROUPS.disagreement(cutInTwo(given), () => {})) ?? (offencesIn(cutInTwo(given)).length > 0 ? undefined : "acquitted");
    },
  };
  expect((await run(halved, SEED, 300)).disagreement?.text).toBeUndefined();
});

function cutInTwo(given: GroupCase): GroupCase {
  const rules = given.rules.flatMap((rule) => {
    if (rule.from.kind !== "cidr" || rule.from.block.size === 1) return [rule];
    const { family, first, size } = rule.from.block;
    const halves = [first, first + size / 2].map((start) => ({ family, first: start, size: size / 2 }));
    return halves.map((block) => ({ ...rule, from: { kind: "cidr" as const, block } }));
  });
  return { ...given, rules };
}

describe("the oracle itself", () => {
  test("its cells are all services, each once", () => {
    const slots = CELLS.flatMap((cell) => cell.slots).sort(([a], [b]) => a - b);
    expect(slots[0]?.[0]).toBe(0);
    for (const [i, [, last]] of slots.entries()) expect(last + 1).toBe(slots[i + 1]?.[0] ?? 256 * 65_536);
  });

  test("knows which addresses of the real internet are public", () => {
    const [everything] = V4_SPACES;
    const privately = everything.publicSizes.flatMap((size, block) => (size === 0n ? [block] : []));
    expect(privately).toEqual([0, 10, 127, ...Array.from({ length: 32 }, (_, i) => 224 + i)]);
    // Of 192.0.0.0/8, less 192.168.0.0/16, 192.0.0.0/24 and 192.0.2.0/24.
    expect(everything.publicSizes[192]).toBe(2n ** 24n - 2n ** 16n - 512n);
    expect(V6_SPACES[1].publicSizes.flatMap((size, block) => (size === 0n ? [block] : []))).toEqual([0xb8]);
  });

  test("finds the fewest rules where the fewest are known", () => {
    const tcp = (first: number, last: number) => (cell: number) => first <= cell && cell <= last;
    const [low, high] = [(1n << 128n) - 1n, ((1n << 128n) - 1n) << 128n];
    expect(fewestRules(NO_POINTS)).toBe(0);
    expect(fewestRules(pointsWhere((_, family) => (family === 4 ? low | high : 0n)))).toBe(1);
    // Ports 1 to 3 from one half and 2 to 4 from the other: one rule each, though what they share could be one of its own.
    expect(
      fewestRules(pointsWhere((cell, family) => (family === 6 ? 0n : (tcp(1, 3)(cell) ? low : 0n) | (tcp(2, 4)(cell) ? high : 0n)))),
    ).toBe(2);
    // One cell more to a few than to all: one rule for all, one for the few.
    expect(fewestRules(pointsWhere((cell, family) => (family === 4 ? 0n : tcp(1, 3)(cell) ? low | high : tcp(0, 4)(cell) ? 1n : 0n)))).toBe(
      2,
    );
  });

  test("refuses what cuts a cell", () => {
    const universe = { 4: V4_SPACES[0], 6: V6_SPACES[0] };
    expect(pointsOf(TrafficSet.parse("tcp 22 from 8.0.0.0/8"), universe)).toEqual(
      grantedBy({
        shape: SHAPES.find(({ protocol, ports }) => protocol === "tcp" && ports === "22") ?? { protocol: "-1", cells: [] },
        from: { kind: "cidr", block: { family: 4, first: 8, size: 1 } },
      }),
    );
    for (const cut of ["tcp 24 from 8.0.0.0/8", "tcp 22 from 8.0.0.0/9", "esp from 8.0.0.0/8"]) {
      expect(pointsOf(TrafficSet.parse(cut), universe)).toBeUndefined();
    }
  });

  test("says where they disagree in the smallest case", async () => {
    const wrong: Trial<GroupCase> = {
      ...GROUPS,
      disagreement: async ({ rules }) => (rules.some(({ shape }) => shape.cells.includes(3)) ? "SSH" : undefined),
    };
    const { disagreement } = await run(wrong, SEED, 100);
    expect(disagreement?.text).toMatch(/^rule sgr-0: (tcp|6|TCP) 22 from [^\n]*\nwidth: [^\n]*\n=> SSH$/);
  });
});
