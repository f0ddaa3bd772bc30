import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { contains } from "../../lib/model/interval-set.ts";
import { InvalidPortsError, PortSet } from "../../lib/model/port-set.ts";
import { testSetLaws } from "./set-laws.ts";
import { cellsBetween, someCells } from "./universes.ts";

const CELLS = cellsBetween([0, 1, 21, 22, 23, 255, 256, 257, 1024, 65_534, 65_535], 65_536);
const sets = someCells(CELLS).map((ranges) => PortSet.of(...ranges));

testSetLaws("PortSet", {
  sets,
  everything: PortSet.ALL,
  points: (set) => new Set(CELLS.filter(([first]) => contains(set.ranges, first)).map(String)),
});

describe("PortSet", () => {
  test("what it prints, it reads", () => {
    fc.assert(
      fc.property(sets, (set) => {
        fc.pre(!set.isEmpty());
        expect(PortSet.parse(String(set))).toStrictEqual(set);
      }),
    );
  });

  test("size counts ports", () => {
    fc.assert(
      fc.property(sets, (set) => {
        const held = CELLS.filter(([first]) => contains(set.ranges, first));
        expect(set.size()).toBe(held.reduce((sum, [first, last]) => sum + last - first + 1, 0));
      }),
    );
    expect(PortSet.ALL.size()).toBe(65_536);
    expect(PortSet.EMPTY.size()).toBe(0);
  });

  test("port 0 is a port", () => {
    expect(PortSet.parse("0").covers(PortSet.of([0, 0]))).toBe(true);
    expect(PortSet.parse("0").isEmpty()).toBe(false);
    expect(PortSet.parse("0-65535")).toStrictEqual(PortSet.ALL);
    expect(PortSet.parse("all")).toStrictEqual(PortSet.ALL);
  });

  test("neighbours print as one range", () => {
    expect(String(PortSet.parse("23, 20, 22, 8080, 21"))).toBe("20-23, 8080");
  });

  test.each(["22-21", "65536", "0-65536", "-1", "1--2", "", ",", "22,", "22 80", "ssh", "2.5", "0x16", "22-", "１"])(
    "refuses %j",
    (text) => {
      expect(() => PortSet.parse(text)).toThrow(InvalidPortsError);
    },
  );

  test("refuses ranges of numbers that are no ports", () => {
    for (const range of [
      [22, 21],
      [-1, 5],
      [0, 65_536],
      [1.5, 2],
      [Number.NaN, 1],
    ] as const) {
      expect(() => PortSet.of(range)).toThrow(InvalidPortsError);
    }
  });

  test("says what was wrong", () => {
    expect(() => PortSet.parse("22-21")).toThrow(
      '"22-21" is not a list of ports: its first port is above its last; expected ports and ranges from 0 to 65535, such as "22, 8000-8100"',
    );
  });
});
