import { describe, expect, test } from "@jest/globals";
import { loadPolicy, parsePolicy } from "../../lib/policy/load.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { rulingFor } from "../../lib/policy/ruling.ts";
import { sealed, unsealed } from "../../lib/policy/seal.ts";
import { settingsFor } from "../../lib/policy/settings.ts";
import { RULES } from "../../lib/rules/index.ts";

const STRICT = loadPolicy("examples/strict.yml");
const SCOPED = parsePolicy(
  `version: 1
mode: enforce
networks: { office: [198.51.100.0/24] }
scopes:
  - { when: { regions: [eu-west-1] }, rules: { no-public-ingress: { allow: [{ protocol: tcp, ports: 22, from: [office] }] } } }
exceptions:
  - id: partner
    rule: no-public-ingress
    when: { accounts: ["111122223333"] }
    allow: [{ protocol: tcp, ports: 8080 }]
    until: 2027-03-31
    reason: a test
    approved_by: nobody
`,
  "scoped.yml",
);

function opened(policy: Policy, build = "a build"): Policy {
  const found = unsealed(sealed(policy, "a build"), build);
  if (found.version === undefined) throw new Error("the seal was refused");
  return found;
}

describe("a sealed policy", () => {
  test.each([
    ["strict", STRICT],
    ["with scopes", SCOPED],
  ])("is the same policy: %s", (_, policy) => {
    const { version, document } = opened(policy);
    expect({ version, document }).toEqual(policy);
  });

  test("has the options of every rule that runs, as they are parsed, in every scope", () => {
    for (const policy of [STRICT, SCOPED]) {
      const { parsed = {}, document } = opened(policy);
      for (const rule of RULES) {
        for (const scope of [undefined, ...document.scopes]) {
          const options = settingsFor(rule, document, scope)?.options;
          if (options === undefined) continue;
          // What does not outlive JSON would be missing here.
          expect(JSON.parse(parsed[rule.meta.id]?.[JSON.stringify(options)] ?? "null")).toEqual(rule.options.parse(options));
        }
      }
    }
  });

  test("needs no schema to rule, and rules alike", () => {
    const without = new Set<string>();
    for (const rule of RULES) {
      const { withParsed } = rule;
      Object.assign(rule, {
        withParsed: (...of: Parameters<typeof withParsed>) => {
          without.add(rule.meta.id);
          return withParsed(...of);
        },
      });
    }
    for (const region of ["eu-west-1", "us-east-1"]) {
      for (const account of ["111122223333", "444455556666"]) {
        const at = "2026-11-24T12:00:00Z";
        const ruling = rulingFor(opened(SCOPED), { account, region }, at);
        expect(JSON.parse(JSON.stringify(ruling))).toEqual(JSON.parse(JSON.stringify(rulingFor(SCOPED, { account, region }, at))));
      }
    }
    expect(without.has("no-public-ingress")).toBe(true);
  });
});

describe("a seal", () => {
  const text = sealed(SCOPED, "a build");
  const withOptions = (parsed: object) => {
    const snapshot = JSON.parse(text);
    return JSON.stringify({ ...snapshot, checked: { ...snapshot.checked, parsed } });
  };

  test.each([
    ["of another build", text, "another build"],
    ["where the code has no build", text, undefined],
    ["of another document", text.replace('"mode": "enforce"', '"mode": "off"'), "a build"],
    ["of other options", withOptions({}), "a build"],
    ["of another version", text.replace(SCOPED.version, "000000000000"), "a build"],
    ["that is none", JSON.stringify({ ...SCOPED.document, checked: { version: SCOPED.version, parsed: {}, seal: "" } }), "a build"],
    ["that is no seal at all", JSON.stringify({ ...SCOPED.document, checked: 1 }), "a build"],
    ["that is missing", JSON.stringify(SCOPED.document), "a build"],
  ])("%s leaves a document to be checked", (_, snapshot, build) => {
    const found = unsealed(snapshot, build);
    expect(found).not.toHaveProperty("version");
    expect(found.document).not.toHaveProperty("checked");
  });

  test.each(["null", "[]", "1", '"text"'])("is not looked for in %s", (snapshot) => {
    expect(unsealed(snapshot, "a build")).toEqual({ document: JSON.parse(snapshot) });
  });
});
