import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/threat-model.md"), "utf8");
const THREATS = [
  "An insider splits, hides or nests a CIDR",
  "Forged events on the hub bus",
  "Text injected into Slack by a group name or description",
  "A forged Slack button",
  "The guard's own role is abused",
  "Someone silences the guard",
];

interface Defence {
  readonly threat: string;
  readonly says: string;
  readonly code: readonly string[];
  readonly tests: readonly { readonly file: string; readonly names: readonly string[] }[];
}

const DEFENCES = defencesIn(PAGE);
const NAMED = DEFENCES.flatMap(({ tests }) => tests.flatMap(({ file, names }) => names.map((name): [string, string] => [file, name])));

/** The rows of all tables under a heading, but for the heads of the tables. */
function defencesIn(page: string): readonly Defence[] {
  return page.split(/^## /m).flatMap((section) => {
    const [threat = "", ...lines] = section.split("\n");
    return lines.flatMap((line) => {
      const [, says = "", code = "", tests = ""] = line.split("|").map((cell) => cell.trim());
      if (!line.startsWith("|") || /^(-+|what stands against it)$/.test(says)) return [];
      return [{ threat, says, code: linksIn(code), tests: testsIn(tests) }];
    });
  });
}

function linksIn(cell: string): string[] {
  return [...cell.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path = ""]) => path);
}

// [closing](../test/guard/closing.test.ts): "one name", "another"; [apply](...): ...
function testsIn(cell: string): Defence["tests"] {
  return [...cell.matchAll(/\]\(\.\.\/([^)]+)\):((?:,? "[^"]+")+)/g)].map(([, file = "", names = ""]) => ({
    file,
    names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name),
  }));
}

/** Whether a test of this name is written in the text: as an argument of `test`, of what `test.each` gives, or a key of a table of cases. */
function isTestIn(text: string, name: string): boolean {
  const quoted = `"${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}"`;
  return new RegExp(`(\\btest\\(|\\]\\)\\(|\\)\\)\\(|test\\.each[^\\n]*\\)\\()\\s*${quoted},|^\\s*${quoted}: |\\[\\s*${quoted},`, "m").test(
    text,
  );
}

describe("the threat model", () => {
  test("has the threats that the design answers", () => {
    const threats = new Set(DEFENCES.map(({ threat }) => threat));
    expect([...threats]).toEqual(expect.arrayContaining(THREATS));
    for (const threat of threats) expect(PAGE).toContain(`\n## ${threat}\n`);
  });

  test.each(DEFENCES.map((defence): [string, Defence] => [defence.says, defence]))("%s: has code, and a test", (_, { code, tests }) => {
    expect(code.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(code).not.toEqual([]);
    expect(tests.flatMap(({ names }) => names)).not.toEqual([]);
  });

  test("is read whole: no test is named outside of what is checked", () => {
    const links = [...PAGE.matchAll(/\]\(\.\.\/(test\/[^)]+)\)/g)].map(([, file = ""]) => file);
    expect(links.sort()).toEqual(DEFENCES.flatMap(({ tests }) => tests.map(({ file }) => file)).sort());
    const rows = PAGE.split("\n").filter((line) => line.startsWith("| ") && line.includes("](../test/"));
    const quoted = rows.flatMap((line) => [...(line.split("|")[3] ?? "").matchAll(/"[^"]+"/g)]);
    expect(quoted).toHaveLength(NAMED.length);
  });

  test.each(NAMED)("%s has the test: %s", (file, name) => {
    expect(isTestIn(readFileSync(join(ROOT, file), "utf8"), name)).toBe(true);
  });
});

describe("a test is found by its name", () => {
  const found: readonly string[] = [
    'test("a b (c)", () => {})',
    'test(\n  "a b (c)",\n  async () => {})',
    'test.each(CASES)("a b (c)", () => {})',
    'test.each([\n  ["x"],\n])("a b (c)", () => {})',
    'valid: {\n  "a b (c)": ["tcp 22 from 0.0.0.0/0"],\n}',
    'test.each([\n  ["a b (c)", {}],\n])("%s is told", () => {})',
  ];
  test.each(found)("in %j", (text) => expect(isTestIn(text, "a b (c)")).toBe(true));

  const missing: readonly string[] = [
    'test("a b (c) and d", () => {})',
    'test("a b c", () => {})',
    'test.skip("a b (c)", () => {})',
    'test.todo("a b (c)")',
    'describe("a b (c)", () => {})',
    'expect(says).toBe("a b (c)")',
  ];
  test.each(missing)("and not in %j", (text) => expect(isTestIn(text, "a b (c)")).toBe(false));
});
