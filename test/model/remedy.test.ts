import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatRemedy, inverse, narrowRules, type Remedy, revokeRules } from "../../lib/model/remedy.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";

const rule = fc
  .constantFrom("tcp 22 from 0.0.0.0/0", "tcp 22 from 10.0.0.0/8", "all from ::/0", "icmp 8 from sg-1", "udp 53 from pl-1")
  .map((text) => ({ ...parseRule(text), description: text, tags: { rule: text } }));
const remedies = fc
  .tuple(fc.boolean(), fc.array(rule, { minLength: 1 }), fc.array(rule))
  .map(([narrow, revoke, authorize]): Remedy => (narrow ? narrowRules("sg-1", revoke, authorize) : revokeRules("sg-1", revoke)));

describe("the inverse of a remedy", () => {
  test("gives back what was taken and takes back what was given, descriptions and tags included", () => {
    fc.assert(
      fc.property(remedies, (remedy) => {
        expect(inverse(remedy)).toStrictEqual({
          kind: "restore-ingress",
          group: remedy.group,
          revoke: remedy.authorize,
          authorize: remedy.revoke,
        });
      }),
    );
  });

  test("is an involution: inverting twice is the remedy, and thrice the inverse", () => {
    fc.assert(
      fc.property(remedies, (remedy) => {
        expect(inverse(inverse(remedy))).toStrictEqual(remedy);
        expect(inverse(inverse(inverse(remedy)))).toStrictEqual(inverse(remedy));
      }),
    );
  });

  test("narrowing to nothing is revoking", () => {
    const rules = [parseRule("tcp 22 from 0.0.0.0/0")];
    expect(narrowRules("sg-1", rules, [])).toStrictEqual(revokeRules("sg-1", rules));
  });
});

test("a remedy in words", () => {
  const open = [parseRule("tcp 22 from 0.0.0.0/0")];
  const office = [parseRule("tcp 22 from 198.51.100.0/24")];
  expect(formatRemedy(revokeRules("sg-1", open))).toBe("revoke tcp 22 from 0.0.0.0/0 on sg-1");
  const narrow = narrowRules("sg-1", open, office);
  expect(formatRemedy(narrow)).toBe("narrow tcp 22 from 0.0.0.0/0 to tcp 22 from 198.51.100.0/24 on sg-1");
  expect(formatRemedy(inverse(narrow))).toBe("restore tcp 22 from 0.0.0.0/0 and revoke tcp 22 from 198.51.100.0/24 on sg-1");
  expect(formatRemedy(inverse(revokeRules("sg-1", open)))).toBe("restore tcp 22 from 0.0.0.0/0 on sg-1");
});
