import { describe, expect, test } from "@jest/globals";
import type { Place } from "../../lib/policy/policy.ts";
import { rulingFor } from "../../lib/policy/ruling.ts";
import { AT, forbidden, forbiddenAt, place, policy, settled } from "./policies.ts";

const NEEDS_RESOURCE = { needs: "resource" };
const SSH = "tcp 22 from 0.0.0.0/0";

describe("scopes", () => {
  const scoped = policy(`
trust: { tags: [env] }
slack: { channel: "#all" }
accounts: { "111122223333": Sandbox }
scopes:
  - { name: both, when: { accounts: ["111122223333"], regions: [eu-west-1, eu-west-2] }, mode: enforce }
  - { name: account, when: { accounts: ["111122223333"] }, channel: "#one" }
  - { name: ou, when: { ous: [ou-prod] } }
  - { name: group, when: { groups: [sg-0abc] } }
  - { name: vpc, when: { regions: [us-east-1], vpcs: [vpc-0a] } }
  - { name: tag, when: { regions: [us-east-1], tags: { env: dev } } }
  - { name: last, when: { regions: [us-east-1] } }
`);

  const cases: Record<string, readonly [Partial<Place>, string | undefined | typeof NEEDS_RESOURCE]> = {
    "all conditions hold": [{ account: "111122223333", region: "eu-west-2" }, "both"],
    "one condition fails, the next scope holds": [{ account: "111122223333" }, "account"],
    "an organizational unit of the account": [{ ous: ["ou-team", "ou-prod", "r-root"] }, "ou"],
    "an account in no organizational unit": [{ ous: [] }, undefined],
    "an earlier scope holds, the organizational units do not matter": [{ account: "111122223333" }, "account"],
    "a group": [{ group: "sg-0abc" }, "group"],
    "no scope": [{}, undefined],
    "a VPC that nobody has read": [{ region: "us-east-1" }, NEEDS_RESOURCE],
    "an earlier scope holds, the VPC does not matter": [{ region: "us-east-1", group: "sg-0abc" }, "group"],
    "the VPC": [{ region: "us-east-1", resource: { vpc: "vpc-0a", tags: {} } }, "vpc"],
    "another VPC, the tag": [{ region: "us-east-1", resource: { vpc: "vpc-0b", tags: { env: "dev", more: "x" } } }, "tag"],
    "a resource without VPC": [{ region: "us-east-1", resource: { tags: { env: "prod" } } }, "last"],
    "the VPC matters to scopes of other regions only": [{ region: "eu-central-1" }, undefined],
  };
  test.each(Object.entries(cases))("%s", (_, [where, expected]) => {
    const answer = rulingFor(scoped, place(where), AT);
    if (typeof expected === "object") expect(answer).toEqual(expected);
    else expect(settled(answer).scope).toBe(expected);
  });

  test("organizational units that nobody knows are asked for, once the other conditions hold", () => {
    const { ous: _, ...unknown } = place();
    expect(rulingFor(scoped, unknown, AT)).toEqual({ needs: "organizational units" });
    const elsewhere = policy("scopes: [{ when: { accounts: ['111122223333'], ous: [ou-prod] } }]\n");
    expect(settled(rulingFor(elsewhere, unknown, AT)).scope).toBeUndefined();
  });

  test("a scope may have a channel of its own, and an account a name", () => {
    expect(settled(rulingFor(scoped, place({ account: "111122223333" }), AT))).toMatchObject({ channel: "#one", accountName: "Sandbox" });
    expect(settled(rulingFor(scoped, place({ ous: ["ou-prod"] }), AT)).channel).toBeUndefined();
  });

  test("a tag named like a method of every object is no tag of the resource", () => {
    const odd = policy("trust: { tags: [constructor] }\nscopes: [{ name: odd, when: { tags: { constructor: x } } }]\n");
    expect(settled(rulingFor(odd, place({ resource: { tags: {} } }), AT)).scope).toBeUndefined();
    expect(settled(rulingFor(policy("accounts: {}\n"), place({ account: "constructor" }), AT)).accountName).toBeUndefined();
  });
});

describe("modes: the policy's, then the scope's, then the rule's, then the rule's in the scope", () => {
  const inScope = place({ group: "sg-0abc" });
  const at = (text: string) => {
    const ruling = settled(rulingFor(policy(text), inScope, AT));
    return [ruling.mode, ruling.rules[0]?.mode];
  };
  const scope = (more: string) => `scopes: [{ when: { groups: [sg-0abc] }, ${more} }]\n`;
  const rule = (mode: string) => `rules: { no-public-ingress: { mode: ${mode} } }\n`;

  test.each([
    ["nothing said", "", "dry-run", "dry-run"],
    ["the policy's", "mode: enforce\n", "enforce", "enforce"],
    ["the scope's", `mode: enforce\n${scope("mode: dry-run")}`, "dry-run", "dry-run"],
    ["the rule's", `${scope("mode: dry-run")}${rule("enforce")}`, "dry-run", "enforce"],
    [
      "the rule's in the scope",
      `${rule("enforce")}${scope("rules: { no-public-ingress: { mode: dry-run } }, mode: enforce")}`,
      "enforce",
      "dry-run",
    ],
    ["a place that is off", "mode: off\n", "off", undefined],
    ["a rule that is off", rule("off"), "dry-run", undefined],
    ["a rule that is on where its place is off", `mode: off\n${rule("enforce")}`, "enforce", "enforce"],
    ["a rule that only judges where its place is off", `${scope("mode: off")}${rule("dry-run")}`, "dry-run", "dry-run"],
  ])("%s", (_, text, place, rule) => {
    expect(at(text)).toEqual([place, rule]);
  });
});

describe("a scope's rules", () => {
  const inScope = place({ group: "sg-0abc" });
  const both = (inPolicy: string, inScope: string) =>
    policy(
      `rules: { no-public-ingress: ${inPolicy} }\nscopes: [{ when: { groups: [sg-0abc] }, rules: { no-public-ingress: ${inScope} } }]\n`,
    );
  const SSH_ALLOWED = '{ allow: [{ protocol: tcp, ports: "22" }], severity: low }';

  test("replace the policy's key by key", async () => {
    const merged = both(SSH_ALLOWED, "{ remedy: none }");
    expect(settled(rulingFor(merged, inScope, AT)).rules[0]).toMatchObject({ remedy: "none", severity: "low" });
    expect(settled(rulingFor(merged, place(), AT)).rules[0]).toMatchObject({ remedy: "revoke", severity: "low" });
    expect(await forbiddenAt(merged, inScope, AT, SSH)).toEqual([]);
  });

  test("false switches off there only", () => {
    expect(settled(rulingFor(both("true", "false"), inScope, AT)).rules).toEqual([]);
    expect(settled(rulingFor(both("true", "false"), place(), AT)).rules).toHaveLength(1);
  });

  test("true switches on, with defaults or what the policy says", async () => {
    expect(settled(rulingFor(both("false", "true"), place(), AT)).rules).toEqual([]);
    expect(await forbiddenAt(both("false", "true"), inScope, AT, SSH, "tcp 443 from 0.0.0.0/0")).toEqual([SSH]);
    expect(await forbiddenAt(both(SSH_ALLOWED, "true"), inScope, AT, SSH)).toEqual([]);
  });

  test("options switch on what the policy has off", () => {
    expect(settled(rulingFor(both("false", "{ severity: high }"), inScope, AT)).rules[0]?.severity).toBe("high");
  });
});

describe("exceptions", () => {
  const exception = (when: string, more = "", until = "2027-03-31") =>
    `  - { id: e${more}, rule: no-public-ingress, when: ${when}, until: "${until}", reason: r, approved_by: a, allow: [{ protocol: tcp, ports: "22", from: [half] }] }\n`;
  const networks = "trust: { tags: [env] }\nnetworks: { half: [quarter, 64.0.0.0/2], quarter: [0.0.0.0/2] }\n";
  const of = (...exceptions: string[]) => policy(`${networks}exceptions:\n${exceptions.join("")}`);
  const HALF = "tcp 22 from 0.0.0.0/1";
  const there = place({ group: "sg-0abc" });

  test("widen what the rule allows, by named networks", async () => {
    const ruling = settled(rulingFor(of(exception("{ groups: [sg-0abc] }")), there, AT));
    const [ruled] = ruling.rules;
    expect(await forbidden(ruled?.rule, HALF, "tcp 443 from 0.0.0.0/0")).toEqual([]);
    expect(await forbidden(ruled?.rule, SSH)).toEqual(["tcp 22 from 128.0.0.0/1"]);
    expect(await forbidden(ruled?.strict, HALF)).toEqual([HALF]);
    expect(ruled?.exceptions.map(({ id, allowed }) => [id, String(allowed)])).toEqual([["e", HALF]]);
  });

  test("hold in their place only", () => {
    const [ruled] = settled(rulingFor(of(exception("{ groups: [sg-0abc] }")), place(), AT)).rules;
    expect(ruled).toMatchObject({ exceptions: [] });
    expect(ruled).not.toHaveProperty("strict");
  });

  test("add up", () => {
    const two = of(
      exception("{ groups: [sg-0abc] }", "1"),
      exception("{ regions: [eu-central-1] }", "2"),
      exception("{ groups: [sg-0b] }", "3"),
    );
    expect(settled(rulingFor(two, there, AT)).rules[0]?.exceptions.map(({ id }) => id)).toEqual(["e1", "e2"]);
    expect(settled(rulingFor(two, place(), AT)).rules[0]?.exceptions.map(({ id }) => id)).toEqual(["e2"]);
  });

  test.each([
    ["the last second of its last day, in UTC", "2027-03-31", "2027-03-31T23:59:59.999Z", true],
    ["the first of the next", "2027-03-31", "2027-04-01T00:00:00Z", false],
    ["the last day elsewhere, which is over in UTC", "2027-03-31", "2027-03-31T23:00:00-02:00", false],
    ["the leap day", "2028-02-29", "2028-02-29T12:00:00Z", true],
    ["the very instant", "2027-03-31T18:00Z", "2027-03-31T18:00:00Z", true],
    ["after the instant", "2027-03-31T18:00Z", "2027-03-31T18:00:01Z", false],
    ["an instant of another zone", "2027-03-31T18:00:00+02:00", "2027-03-31T16:00:01Z", false],
    ["a moment that cannot be read", "2027-03-31", "yesterday", false],
  ])("%s", (_, until, at, holds) => {
    const [ruled] = settled(rulingFor(of(exception("{ groups: [sg-0abc] }", "", until)), there, at)).rules;
    expect(ruled?.exceptions).toHaveLength(holds ? 1 : 0);
  });

  test("by VPC or tag need the resource, where all else holds", () => {
    const byTag = of(exception("{ groups: [sg-0abc], tags: { env: dev } }"));
    expect(rulingFor(byTag, there, AT)).toEqual(NEEDS_RESOURCE);
    expect(settled(rulingFor(byTag, place(), AT)).rules).toHaveLength(1);
    expect(settled(rulingFor(byTag, there, "2027-04-01T00:00:00Z")).rules[0]?.exceptions).toEqual([]);
    const known = { ...there, resource: { tags: { env: "dev" } } };
    expect(settled(rulingFor(byTag, known, AT)).rules[0]?.exceptions).toHaveLength(1);
    expect(settled(rulingFor(byTag, { ...there, resource: { tags: {} } }, AT)).rules[0]?.exceptions).toEqual([]);
  });

  test("to a rule that is off need nothing", () => {
    const off = policy(`${networks}rules: { no-public-ingress: false }\nexceptions:\n${exception("{ vpcs: [vpc-0a] }")}`);
    expect(settled(rulingFor(off, there, AT)).rules).toEqual([]);
  });

  test("rules are prepared once, not for each event", () => {
    const once = of(exception("{ groups: [sg-0abc] }"));
    const [first, second, elsewhere] = [there, there, place()].map((where) => settled(rulingFor(once, where, AT)).rules[0]);
    expect(second?.rule).toBe(first?.rule);
    expect(second?.strict).toBe(first?.strict);
    expect(elsewhere?.rule).toBe(first?.strict);
  });
});
