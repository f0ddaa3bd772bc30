import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { layRow, widthOf, wrap } from "../../lib/report/layout.ts";

const plain = (_style: string, text: string) => text;

describe("wrap", () => {
  test.each([
    ["at blanks", "tcp 22 from 0.0.0.0/0", 12, ["tcp 22 from", "0.0.0.0/0"]],
    ["before a capital", "AuthorizeSecurityGroupIngress", 22, ["AuthorizeSecurityGroup", "Ingress"]],
    ["after a sign that joins", "stratus-red-team-open-sg", 20, ["stratus-red-team-", "open-sg"]],
    ["anywhere if need be", "0123456789", 4, ["0123", "4567", "89"]],
    ["a long word from the line before it", "via stratus-red-team_2142a106", 18, ["via stratus-red-", "team_2142a106"]],
    ["nowhere when it fits", "short", 5, ["short"]],
  ])("breaks %s", (_, text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });

  test("never exceeds the width and loses nothing but blanks", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 30 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      }),
    );
  });
});

test("wide characters take two columns, and combined ones as much as they show", () => {
  expect(["abc", "東京", "é", "👍🏽"].map(widthOf)).toEqual([3, 4, 1, 2]);
});

describe("a row", () => {
  test("keeps its columns below each other, without blanks at the ends", () => {
    const lines = layRow([[{ text: "a" }, { text: "b" }], [{ text: "" }], [{ text: "one two" }]], [4, 2, 3], plain, 1);
    expect(lines).toEqual([" a         one", " b         two"]);
  });

  test("aligns numbers to the right, and cuts what takes too many lines", () => {
    expect(layRow([[{ text: "7", align: "right" }], [{ text: "abc def ghi", most: 2 }]], [3, 3], plain)).toEqual(["  7  abc", "     de…"]);
  });

  test("makes text from AWS inert", () => {
    expect(layRow([[{ text: "a\u001b[31mb\nc\u202ed" }]], [40], plain)).toEqual(["a [31mb cd"]);
  });
});
