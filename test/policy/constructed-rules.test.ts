import { expect, jest, test } from "@jest/globals";
import * as z from "zod/mini";
import { noPublicIngress } from "../../lib/rules/no-public-ingress.ts";
import { defineRule } from "../../lib/rules/rule.ts";

// Two rules that the catalogue lacks: one that has no remedy and no `allow`, and one that can only narrow and is off by default.
const meta = {
  title: "t",
  resource: "security-group",
  severity: "low",
  rationale: "r",
  source: "s",
  finds: "f",
  avoid: "a",
  prefer: "p",
} as const;
const bare = defineRule({
  meta: { ...meta, id: "described-rules", remedies: [], remedy: "none", enabled: true },
  options: () => z.strictObject({}),
  prepare: () => undefined,
  check: async () => [],
});
const narrowing = defineRule({
  meta: { ...meta, id: "no-wide-ingress", remedies: ["narrow-ingress"], remedy: "narrow", enabled: false },
  options: () => z.strictObject({ widest: z._default(z.int(), 24) }),
  prepare: () => undefined,
  check: async () => [],
});
jest.unstable_mockModule("../../lib/rules/index.ts", () => ({ RULES: [noPublicIngress, bare, narrowing] }));
const { AT, place, policy, settled } = await import("./policies.ts");
const { rulingFor } = await import("../../lib/policy/ruling.ts");

const EXCEPTION = `exceptions:
  - { id: e, rule: described-rules, when: { groups: [sg-0a] }, allow: [{ protocol: tcp }], until: 2027-03-31, reason: r, approved_by: a }
`;
const rulesOf = (text: string) =>
  settled(rulingFor(policy(text), place(), AT)).rules.map(({ rule, remedy }) => `${rule.meta.id} ${remedy}`);

test("a rule's own metadata says whether it runs, and its first remedy", () => {
  expect(rulesOf("mode: enforce\n")).toEqual(["no-public-ingress revoke", "described-rules none"]);
  expect(rulesOf("rules: { described-rules: false, no-wide-ingress: true }\n")).toEqual([
    "no-public-ingress revoke",
    "no-wide-ingress narrow",
  ]);
});

test("an exception to a rule that has no option allow is refused", () => {
  expect(() => policy(EXCEPTION)).toThrow(
    "portcullis.yml:3:20: rule described-rules has no option allow, so an exception cannot widen it: expected a rule that has, or a scope",
  );
});

test("a remedy that another rule supports is refused", () => {
  expect(() => policy("rules: { described-rules: { remedy: revoke } }\n")).toThrow(
    'portcullis.yml:2:37: found "revoke", expected none, as described-rules supports',
  );
  expect(() => policy("rules: { no-wide-ingress: { remedy: revoke, widest: x } }\n")).toThrow(
    'portcullis.yml:2:37: found "revoke", expected narrow or none, as no-wide-ingress supports\n' +
      'portcullis.yml:2:53: found "x", expected a number',
  );
});
