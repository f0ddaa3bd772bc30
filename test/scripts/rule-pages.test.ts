import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { WATCHED_CALLS } from "../../lib/cloudtrail/calls.ts";
import { RULES } from "../../lib/rules/index.ts";
import { defineRule } from "../../lib/rules/rule.ts";
import { replaceBetween, rulePage, ruleTable } from "../../scripts/rule-pages.ts";

const SECTIONS = ["What it finds", "Avoid", "Prefer", "Why", "Options", "Remedies", "Calls watched", "Source"];

const noPort = defineRule({
  meta: {
    id: "no-port",
    title: "Ports | are closed",
    resource: "security-group",
    severity: "low",
    finds: "Open ports.",
    avoid: "a port",
    prefer: "a wall",
    rationale: "They draw.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    controls: ["Security Hub EC2.0"],
    remedies: ["narrow-ingress"],
    remedy: "narrow",
    enabled: true,
  },
  options: () =>
    z.strictObject({
      port: z._default(z.int().check(z.describe("Which one.")), 22),
      peers: z._default(z.array(z.strictObject({ cidr: z.string(), note: z.optional(z.string()) })), []),
      way: z.optional(z.enum(["in", "out"])),
      text: z.optional(z.union([z.string(), z.boolean()])),
    }),
  prepare: () => undefined,
  check: async () => [],
});

describe("a page", () => {
  const page = rulePage(noPort, WATCHED_CALLS);

  test("tells the metadata", () => {
    expect(page).toContain("# no-port\n\nPorts | are closed.\n");
    expect(page).toContain("| security group | low | yes | `narrow` |");
    expect(page).toContain(
      "## What it finds\n\nOpen ports.\n\n## Avoid\n\n```\na port\n```\n\n## Prefer\n\n```\na wall\n```\n\n## Why\n\nThey draw.\n",
    );
    expect(page).toContain(
      "## Source\n\n- <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>\n- Security Hub EC2.0\n",
    );
  });

  test("tells each option, what it looks like and its default", () => {
    expect(page).toContain(
      [
        "- `port`: number. Which one.",
        "- `peers`: list of `{ cidr, note? }`.",
        "- `way`: `in` or `out`.",
        "- `text`: text or true or false.",
      ].join("\n"),
    );
    expect(page).toContain("rules:\n  no-port:\n    severity: low\n    remedy: narrow\n    port: 22\n    peers: []\n");
  });

  test("tells the remedies that the policy may choose, and which of them is the default", () => {
    expect(page).toContain("- `narrow` (default): takes them away and keeps the part of them that is allowed.\n- `none`: tells");
    expect(page).not.toContain("`revoke`");
  });

  test("tells the calls that lead to the rule, and no others", () => {
    expect(page).toContain("`ModifySecurityGroupRules`");
    expect(page).toContain("Through what they reach: `CreateManagedPrefixList`");
    expect(page).not.toContain("`CreateVpc`");
  });
});

describe("the pages of the catalogue", () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

  test.each(RULES.map((rule) => [rule.meta.id, rule] as const))("%s is what the code says, with every section in order", (id, rule) => {
    const page = read(`docs/rules/${id}.md`);
    expect(page).toBe(rulePage(rule, WATCHED_CALLS));
    expect([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual(SECTIONS);
  });

  test("are all that there are", () => {
    const pages = readdirSync(new URL("../../docs/rules", import.meta.url));
    expect(pages.sort()).toEqual(RULES.map(({ meta }) => `${meta.id}.md`).sort());
  });

  test("are listed in README", () => {
    expect(read("README.md")).toContain(`<!-- rules -->\n\n${ruleTable(RULES)}\n\n<!-- /rules -->`);
  });
});

test("a table keeps its columns, whatever a title holds", () => {
  expect(ruleTable([noPort]).split("\n")[2]).toBe(
    "| [no-port](docs/rules/no-port.md) | Ports \\| are closed | low | yes | `narrow`, `none` |",
  );
});

describe("replacing between two comments", () => {
  test("keeps what is around them, and does nothing more the second time", () => {
    const once = replaceBetween("a\n<!-- x -->\nold\n<!-- /x -->\nb", "x", "new");
    expect(once).toBe("a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb");
    expect(replaceBetween(once, "x", "new")).toBe(once);
  });

  test.each(["a", "<!-- x -->", "<!-- /x --> <!-- x -->"])("refuses %j, which has no such place", (text) => {
    expect(() => replaceBetween(text, "x", "new")).toThrow('found no "<!-- x --> ... <!-- /x -->"');
  });
});
