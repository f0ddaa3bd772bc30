import { describe, expect, test } from "@jest/globals";
import { loadPolicy } from "../../lib/policy/load.ts";
import { rulingFor } from "../../lib/policy/ruling.ts";
import { RULES } from "../../lib/rules/index.ts";
import { AT, place, whole } from "./policies.ts";

describe("examples/strict.yml", () => {
  const policy = loadPolicy("examples/strict.yml");

  test.each(RULES.map(({ meta }) => meta.id))("turns %s on by name", (id) => {
    expect(policy.document.rules[id] ?? false).not.toBe(false);
  });

  test("judges by every rule, and does not act", () => {
    const { mode, rules } = whole(rulingFor(policy, place(), AT));
    expect(mode).toBe("dry-run");
    expect(rules.map(({ rule }) => rule.meta.id)).toEqual(RULES.map(({ meta }) => meta.id));
    expect(new Set(rules.map((ruled) => ruled.mode))).toEqual(new Set(["dry-run"]));
  });
});
