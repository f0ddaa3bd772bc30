import { expect, test } from "@jest/globals";
import { describeLate, describeProgress } from "../../cli/review-progress.ts";

test.each([
  ["the first file tells no time left", [1_000, 1, 900, 5_000], "1 of 900 files, 1,000 records, 200 a second"],
  ["nor does the first second", [1_000, 5, 900, 900], "5 of 900 files, 1,000 records, 1,111 a second"],
  ["seconds", [1_504, 11, 20, 10_000], "11 of 20 files, 1,504 records, 150 a second, 10 s left"],
  ["minutes", [1_504, 11, 120, 10_000], "11 of 120 files, 1,504 records, 150 a second, 2 min left"],
  ["hours", [1_504, 11, 75_000, 10_000], "11 of 75,000 files, 1,504 records, 150 a second, 20 h 50 min left"],
  ["before any time has passed", [0, 1, 1, 0], "1 of 1 file, 0 records, 0 a second"],
] as const)("progress: %s", (_, [records, n, total, took], text) => {
  expect(describeProgress(records, n, total, took)).toBe(text);
  expect(describeProgress(records, n, total, took, "a.json.gz")).toBe(`${text}: a.json.gz`);
});

test("what came late is said with what was done about it", () => {
  expect(describeLate(1)).toBe("portcullis: 1 change came more than 24 hours after it was made, so it was judged when it came\n");
  expect(describeLate(2)).toBe("portcullis: 2 changes came more than 24 hours after they were made, so each was judged when it came\n");
});
