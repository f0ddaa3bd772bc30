import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { policySchema } from "../../lib/policy/json-schema.ts";
import { loadPolicy, parsePolicy } from "../../lib/policy/load.ts";
import { MODES } from "../../lib/policy/policy.ts";
import { PolicyError } from "../../lib/policy/problem.ts";
import { rulingFor } from "../../lib/policy/ruling.ts";
import { PolicyDocument } from "../../lib/policy/schema.ts";
import { policyOf, readSnapshot } from "../../lib/policy/snapshot.ts";
import { AT, forbidden, forbiddenAt, place, policy, settled, whole } from "./policies.ts";

const DEFAULT = "portcullis.yml";
// The sample of the design, without the rule described-rules, which is not written yet.
const SAMPLE = "examples/organization.yml";

const viaJson = (document: PolicyDocument) => readSnapshot(JSON.parse(JSON.stringify(document)));

describe("the default policy", () => {
  const policy = loadPolicy(DEFAULT);

  test("judges, and does not act", () => {
    const ruling = whole(rulingFor(policy, place(), AT));
    expect(ruling.mode).toBe("dry-run");
    expect(ruling.rules.map(({ rule, mode, remedy, severity }) => [rule.meta.id, mode, remedy, severity])).toEqual([
      ["no-public-ingress", "dry-run", "revoke", "critical"],
      ["approved-peering", "dry-run", "none", "medium"],
      ["no-classiclink", "dry-run", "none", "high"],
      ["vpn-credentials", "dry-run", "none", "medium"],
      ["block-public-access", "dry-run", "none", "high"],
      ["no-guard-tampering", "dry-run", "none", "high"],
    ]);
  });

  test.each(["tcp 22 from 0.0.0.0/0", "udp 53 from ::/0", "icmp 8 from 0.0.0.0/0", "tcp 22-80 from 0.0.0.0/0", "all from ::/0"])(
    "forbids %s",
    async (rule) => {
      expect(await forbiddenAt(policy, place(), AT, rule)).not.toEqual([]);
    },
  );

  test.each([
    "tcp 80 from 0.0.0.0/0",
    "tcp 443 from ::/0",
    "udp 443 from 0.0.0.0/0",
    "icmp 3/4 from 0.0.0.0/0",
    "icmpv6 2 from ::/0",
    "tcp 22 from 10.0.0.0/8",
  ])("allows %s", async (rule) => {
    expect(await forbiddenAt(policy, place(), AT, rule)).toEqual([]);
  });

  test("is what holds when the policy says nothing", () => {
    const { document } = loadPolicy(DEFAULT);
    expect(policyOf({ ...document, rules: {} }).version).toBe(policy.version);
  });

  test("names its schema in the first line, for editors", () => {
    expect(readFileSync(DEFAULT, "utf8").split("\n")[0]).toBe("# yaml-language-server: $schema=./portcullis.schema.json");
  });

  test("its samples are right once they are no longer comments", () => {
    const text = readFileSync(DEFAULT, "utf8").replace(/^(\s*)# (?=(networks|scopes|exceptions|slack):|\s{2,}\S|- \{)/gm, "$1");
    const { document } = parsePolicy(text, DEFAULT);
    expect(Object.keys(document.networks)).toEqual(["office", "trusted"]);
    expect([document.scopes.length, document.exceptions.length, document.slack.approvers.length]).toEqual([1, 1, 1]);
  });
});

describe("the sample policy", () => {
  const sample = loadPolicy(SAMPLE);
  const sandbox = place({ account: "111122223333", group: "sg-0abc" });
  const web = place({ ous: ["ou-web", "ou-prod"], resource: { tags: { service: "web" } } });

  test("enforces in the sandbox, in its own channel", () => {
    expect(settled(rulingFor(sample, sandbox, AT))).toMatchObject({ mode: "enforce", scope: "sandbox", channel: "#net-sandbox" });
  });

  test("narrows for the web service in production, and keeps what the policy allows", async () => {
    const ruling = settled(rulingFor(sample, web, AT));
    expect(ruling).toMatchObject({ mode: "dry-run", rules: [{ remedy: "narrow" }] });
    expect(await forbidden(ruling.rules[0]?.rule, "tcp 443 from 0.0.0.0/0", "tcp 22 from 203.0.113.10/32")).toEqual([]);
    expect(await forbidden(ruling.rules[0]?.rule, "udp 443 from 0.0.0.0/0")).toEqual(["udp 443 from 0.0.0.0/0"]);
  });

  test("means the same after a way through JSON", async () => {
    const again = viaJson(sample.document);
    expect(again).toEqual(sample);
    for (const where of [sandbox, web, place()]) {
      const settledPlace = { resource: { tags: {} }, ...where };
      const [before, after] = [sample, again].map((policy) => settled(rulingFor(policy, settledPlace, AT)));
      expect(JSON.stringify(after)).toBe(JSON.stringify(before));
      const rules = ["tcp 22 from 0.0.0.0/0", "tcp 8080 from ::/0", "udp 443 from 0.0.0.0/0"];
      expect(await forbidden(after?.rules[0]?.rule, ...rules)).toEqual(await forbidden(before?.rules[0]?.rule, ...rules));
    }
  });
});

describe("the version of a policy", () => {
  const base = "mode: dry-run\nnetworks: { a: [10.0.0.0/8], b: [a] }\n";

  test("is 12 hex digits", () => {
    expect(policy(base).version).toMatch(/^[0-9a-f]{12}$/);
  });

  test.each([
    ["comments and order", "networks: { b: [a], a: [10.0.0.0/8] } # two\nmode: dry-run\n"],
    ["a default said aloud", `${base}rules: { no-public-ingress: { severity: critical, remedy: revoke } }\nscopes: []\n`],
    ["a rule that runs anyway", `${base}rules: { no-public-ingress: true }\n`],
  ])("does not change by %s", (_, text) => {
    expect(policy(text).version).toBe(policy(base).version);
  });

  test.each([
    ["another mode", base.replace("dry-run", "enforce")],
    ["another network", base.replace("10.0.0.0/8", "10.0.0.0/9")],
    ["a rule switched off", `${base}rules: { no-public-ingress: false }\n`],
    ["an option", `${base}rules: { no-public-ingress: { width: { v4: /16 } } }\n`],
    ["a rule's own mode, even one that its place has too", `${base}rules: { no-public-ingress: { mode: dry-run } }\n`],
    ["the order of scopes", `${base}scopes: [{ when: { groups: [sg-0a] }, mode: off }]\n`],
  ])("changes by %s", (_, text) => {
    expect(policy(text).version).not.toBe(policy(base).version);
  });
});

describe("a snapshot", () => {
  const { document } = loadPolicy(SAMPLE);

  test("of another shape is refused, with the way to the mistake", () => {
    expect(() => readSnapshot({ ...document, mode: "on" }, "policy.json")).toThrow(
      'policy.json: mode: found "on", expected dry-run, enforce or off',
    );
  });

  test("whose parts do not fit is refused, too", () => {
    const broken = { ...document, networks: { vpn: ["203.0.113.10/32"] } };
    expect(() => readSnapshot(broken, "policy.json")).toThrow(
      'policy.json: rules.no-public-ingress.allow[1].from[0]: "office" is no known network: expected one of vpn',
    );
    expect(() => policyOf(broken)).toThrow(PolicyError);
  });
});

describe("the JSON Schema for editors", () => {
  test("is what the code says", () => {
    expect(JSON.parse(readFileSync("portcullis.schema.json", "utf8"))).toEqual(policySchema());
  });

  test("knows the options of the rules", () => {
    const text = JSON.stringify(policySchema());
    for (const word of ["no-public-ingress", "width", "approved_by", ...MODES]) expect(text).toContain(JSON.stringify(word));
  });
});

describe("whatever becomes of the text of a policy", () => {
  const text = readFileSync(SAMPLE, "utf8");
  const position = fc.nat(text.length);
  const scrap = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ":",
      "- ",
      "\n",
      "\t",
      "&a",
      "*a",
      "null",
      "~",
      "!!set",
      "? ",
      "<<: *a",
      "%YAML 1.1",
      "---\n",
      "__proto__: 1",
    ),
    tuple(),
  );

  // A piece of the policy itself: right in form, in the wrong place.
  function tuple(): fc.Arbitrary<string> {
    return fc.tuple(position, fc.nat(40)).map(([start, length]) => text.slice(start, start + length));
  }

  test("only a PolicyError says no", () => {
    const mutation = fc.record({ start: position, length: fc.nat(30), scrap });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const mutated = mutations.reduce(
          (mutant, { start, length, scrap }) => mutant.slice(0, start) + scrap + mutant.slice(start + length),
          text,
        );
        try {
          const policy = parsePolicy(mutated, SAMPLE);
          expect(viaJson(policy.document).version).toBe(policy.version);
        } catch (error) {
          if (!(error instanceof PolicyError)) throw error;
          const lines = mutated.split("\n").length;
          expect(error.problems.length).toBeGreaterThan(0);
          for (const { line, column } of error.problems) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines);
            expect(column).toBeGreaterThanOrEqual(1);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("a snapshot of anything is a policy or a PolicyError", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom("scopes", "rules", "exceptions", "networks", "trust", "slack", "accounts"),
        (value, key) => {
          try {
            readSnapshot({ version: 1, [key]: value });
          } catch (error) {
            expect(error).toBeInstanceOf(PolicyError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("a document is itself once it has been read", () => {
    const { document } = loadPolicy(SAMPLE);
    expect(PolicyDocument.parse(document)).toEqual(document);
  });
});
