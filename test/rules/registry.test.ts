import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { SEVERITIES } from "../../lib/model/finding.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { RULES } from "../../lib/rules/index.ts";

const RULES_FOLDER = join(import.meta.dirname, "../../lib/rules");
const files = readdirSync(RULES_FOLDER).filter((file) => file.endsWith(".ts"));
const declaring = files
  .filter((file) => /= defineRule\b/.test(readFileSync(join(RULES_FOLDER, file), "utf8")))
  .map((file) => basename(file, ".ts"));
const ids = RULES.map(({ meta }) => meta.id);

test("every file that defines a rule is in the registry under its own name, once", () => {
  expect(ids.toSorted()).toEqual(declaring.toSorted());
  expect(declaring).not.toHaveLength(0);
});

describe.each(declaring)("%s", (id) => {
  test("exports the rule of that id and nothing else", async () => {
    const exported: Record<string, unknown> = await import(join(RULES_FOLDER, `${id}.ts`));
    expect(Object.values(exported)).toEqual([RULES.find(({ meta }) => meta.id === id)]);
  });

  test("has a table of cases", () => {
    expect(readFileSync(join(import.meta.dirname, `${id}.test.ts`), "utf8")).toMatch(/\btest(Resource)?Rule\(/);
  });
});

describe.each(RULES.map(({ meta, ...rule }) => ({ id: meta.id, meta, rule })))("$id", ({ id, meta, rule }) => {
  test("is in kebab-case", () => {
    expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/);
  });

  test("says what is true when it is content, and why that matters", () => {
    expect(meta.title).toMatch(/^[A-Z].{20,100}[^.]$/);
    expect(meta.rationale).toMatch(/^[A-Z].{20,300}\.$/s);
  });

  test("says what it finds", () => {
    expect(meta.finds).toMatch(/^[A-Z].{20,500}\.$/s);
  });

  test("says what to avoid and what to prefer, in other words", () => {
    expect(meta.avoid.trim()).not.toBe("");
    expect(meta.prefer.trim()).not.toBe("");
    expect(meta.prefer).not.toBe(meta.avoid);
  });

  test("has nothing left to do", () => {
    expect(JSON.stringify(meta)).not.toContain("TODO");
  });

  test("names its source at AWS", () => {
    expect(meta.source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+\.html(#\S+)?$/);
  });

  test("has a known severity, and remedies without repeats", () => {
    expect(SEVERITIES).toContain(meta.severity);
    expect(new Set(meta.remedies).size).toBe(meta.remedies.length);
  });

  test("works without options, and refuses one that it does not know", () => {
    expect(rule.withOptions({}, networksOf({})).meta).toBe(meta);
    expect(() => rule.withOptions({ "no-such-option": true }, networksOf({}))).toThrow("no-such-option");
  });
});
