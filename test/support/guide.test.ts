import { expect, test } from "@jest/globals";
import { commandsOf, withValues } from "./guide.ts";

const GUIDE = [
  "# Title",
  "## One",
  "```sh",
  "a",
  "b",
  "```",
  "### Within",
  "```console",
  "c",
  "```",
  "## Two",
  "- item",
  "  ```sh",
  "  d",
  "    e",
  "  ```",
];

test("the blocks of a guide that are to be followed are known by their section and line", () => {
  expect(commandsOf(GUIDE.join("\n"))).toEqual([
    { section: "One", line: 4, script: "a\nb" },
    { section: "Two", line: 14, script: "d\n  e" },
  ]);
  expect(() => commandsOf("text\n```sh\na")).toThrow("begins in line 3 has no end");
});

test("values are put where they are assigned, and nowhere else", () => {
  expect(withValues('A=1   # one\nB="2 3"\necho $A A=4', { A: "x y", B: "z" })).toBe('A="x y"   # one\nB="z"\necho $A A=4');
  expect(() => withValues("A=1\nA=2", { A: "x" })).toThrow("found 2 assignments of A, expected one");
  expect(() => withValues("a", { A: "x" })).toThrow("found 0 assignments of A, expected one");
});
