import { describe, expect, test } from "@jest/globals";
import { explainIn } from "../../lib/guard/explaining/explain.ts";
import { formatRule, parseRule } from "../../lib/model/security-group-rule.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import { sourceText } from "../../lib/report/source-text.ts";
import { type Explaining, explaining, HOME, rowsIn } from "../support/explained.ts";
import { networkOf } from "../support/network.ts";

const OFFICE = 'networks: { office: [198.51.100.0/24, "2001:db8:42::/48"] }';
const LISTS = { "prefix-list": [{ id: "pl-1", name: "partners", cidrs: ["192.0.2.0/24", "192.88.99.0/25"] }] };

describe("what a group admits, and what the policy says of it", () => {
  const cases: Readonly<Record<string, readonly [Explaining, readonly string[]]>> = {
    nothing: [{ rules: [] }, []],
    "the internet, where the policy forbids it and where it allows it, worst first": [
      { rules: ["tcp 443 from 0.0.0.0/0", "tcp 22 from 0.0.0.0/0"] },
      ["forbidden: tcp 22 from 0.0.0.0/0 by sgr-2", "allowed: tcp 443 from 0.0.0.0/0 by sgr-1"],
    ],
    "IPv6 as well as IPv4": [
      { rules: ["tcp 22 from ::/0", "tcp 22 from 10.0.0.0/8"] },
      ["forbidden: tcp 22 from ::/0 by sgr-1", "allowed: tcp 22 from 10.0.0.0/8 by sgr-2"],
    ],
    "a rule for all protocols, in the parts that the policy tells apart": [
      { rules: ["all from 0.0.0.0/0"] },
      [
        "forbidden: all except icmp 3/4, tcp 80, 443, udp 443, icmpv6 2 from 0.0.0.0/0 by sgr-1",
        "allowed: icmp 3/4 from 0.0.0.0/0 by sgr-1",
        "allowed: tcp 80, 443 from 0.0.0.0/0 by sgr-1",
        "allowed: udp 443 from 0.0.0.0/0 by sgr-1",
        "allowed: icmpv6 2 from 0.0.0.0/0 by sgr-1",
      ],
    ],
    "ICMP by its types": [
      { rules: ["icmp 3/4 from 0.0.0.0/0", "icmp 8 from 0.0.0.0/0"] },
      ["forbidden: icmp 8 from 0.0.0.0/0 by sgr-2", "allowed: icmp 3/4 from 0.0.0.0/0 by sgr-1"],
    ],
    "two halves, which are the internet together": [
      { rules: ["tcp 22 from 0.0.0.0/1", "tcp 22 from 128.0.0.0/1"] },
      ["forbidden: tcp 22 from 0.0.0.0/0 by sgr-1, sgr-2"],
    ],
    "what a lawful rule admits besides is not forbidden, since it stays": [
      { rules: ["tcp 22 from 0.0.0.0/0", "tcp 22 from 198.51.100.0/24"] },
      ["forbidden: tcp 22 from 0.0.0.0/0 except 198.51.100.0/24 by sgr-1", "allowed: tcp 22 from 198.51.100.0/24 by sgr-1, sgr-2"],
    ],
    "what only an exception admits": [
      {
        rules: ["tcp 22 from 64.0.0.0/4"],
        policy: `exceptions: [{ id: builders, rule: no-public-ingress, when: { groups: [sg-0abc] }, allow: [{ protocol: tcp, ports: "22", from: [64.0.0.0/4] }], until: 2999-12-31, reason: r, approved_by: a }]`,
      },
      ["excepted: tcp 22 from 64.0.0.0/4 by sgr-1"],
    ],
    "members of groups, and the entries of a prefix list": [
      { rules: ["tcp 22 from sg-0bastion", "tcp 22 from pl-1", "tcp 22 from 444455556666/sg-0other"], network: LISTS },
      ["allowed: tcp 22 from 192.0.2.0/24, 192.88.99.0/25, 444455556666/sg-0other, sg-0bastion by sgr-1, sgr-2, sgr-3"],
    ],
    "a prefix list that holds the internet": [
      { rules: ["tcp 22-80 from pl-2"], network: { "prefix-list": [{ id: "pl-2", cidrs: ["0.0.0.0/1", "128.0.0.0/1"] }] } },
      ["forbidden: tcp 22-79 from 0.0.0.0/0 by sgr-1", "allowed: tcp 80 from 0.0.0.0/0 by sgr-1"],
    ],
    "a prefix list that cannot be read is never called lawful": [
      { rules: ["tcp 22 from pl-3", "tcp 443 from 10.0.0.0/8"], network: { unknown: { "pl-3": "the entries of pl-3: AccessDenied" } } },
      ["not judged: tcp 22 from pl-3 by sgr-1", "allowed: tcp 443 from 10.0.0.0/8 by sgr-2"],
    ],
    "a prefix list known in part: what is known, and what is not": [
      { rules: ["tcp 22 from pl-4"], network: { "prefix-list": [{ id: "pl-4", cidrs: ["10.0.0.0/8"], partial: true }] } },
      ["not judged: tcp 22 from pl-4 by sgr-1", "allowed: tcp 22 from 10.0.0.0/8 by sgr-1"].sort(),
    ],
    "nothing is judged where the policy is off": [
      { rules: ["tcp 22 from 0.0.0.0/0"], policy: "mode: off" },
      ["not judged: tcp 22 from 0.0.0.0/0 by sgr-1"],
    ],
    "a rule that has no remedy forbids no traffic": [
      { rules: ["tcp 443 from 10.0.0.0/8"], policy: "rules: { described-rules: true }" },
      ["allowed: tcp 443 from 10.0.0.0/8 by sgr-1"],
    ],
    "what one rule of the policy forbids, and what two do": [
      { rules: ["tcp 22 from 0.0.0.0/0"], policy: "rules: { admin-through-bastion: { from: [10.0.0.0/8] } }" },
      ["forbidden: tcp 22 from 0.0.0.0/0 except 10.0.0.0/8 by sgr-1", "forbidden: tcp 22 from 10.0.0.0/8 by sgr-1"],
    ],
  };
  test.each(Object.entries(cases))("%s", async (_, [given, expected]) => {
    expect(rowsIn(await explaining(given)).sort(byVerdict)).toEqual([...expected].sort(byVerdict));
  });
  test("what it sends is told apart from what it admits", async () => {
    const explained = await explaining({
      rules: ["all to 0.0.0.0/0", "tcp 22 from 10.0.0.0/8"],
      policy: "rules: { no-unrestricted-egress: true }",
    });
    expect(rowsIn(explained, "egress")[0]).toMatch(/^forbidden: .* to 0\.0\.0\.0\/0 by sgr-1$/);
    expect(rowsIn(explained)).toEqual(["allowed: tcp 22 from 10.0.0.0/8 by sgr-2"]);
  });
});

// The worst first, whatever comes first of equals.
function byVerdict(a: string, b: string): number {
  const rank = (row: string) => ["forbidden", "not judged", "excepted", "allowed"].indexOf(row.slice(0, row.indexOf(":")));
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

describe("where it comes from", () => {
  const sources: Readonly<Record<string, readonly [Explaining, readonly string[]]>> = {
    "the internet, each family by its own rules": [
      { rules: ["tcp 443 from 0.0.0.0/0", "tcp 443 from ::/0"] },
      ["the internet: 0.0.0.0/0 by sgr-1", "the internet: ::/0 by sgr-2"],
    ],
    "a network that the policy names, whole or in part": [
      { rules: ["tcp 22 from 198.51.100.0/24", "tcp 22 from 2001:db8:42:1::/64"], policy: OFFICE },
      ["office: 198.51.100.0/24 by sgr-1", "in office: 2001:db8:42:1::/64 by sgr-2"],
    ],
    "other addresses, those of the internet apart": [
      { rules: ["tcp 22 from 10.0.0.0/8", "tcp 22 from 8.8.8.0/24"] },
      ["public: 8.8.8.0/24 by sgr-2", "private: 10.0.0.0/8 by sgr-1"],
    ],
    "a prefix list with how many entries it has, a group with its name": [
      {
        rules: ["tcp 22 from pl-1", "tcp 22 from sg-0bastion"],
        network: { ...LISTS, "security-group": [{ id: "sg-0bastion", name: "bastion", rules: [] }] },
      },
      ["pl-1 (partners), 2 entries: 192.0.2.0/24, 192.88.99.0/25 by sgr-1", "sg-0bastion (bastion) by sgr-2"],
    ],
    "a list whose entries nobody knows": [
      { rules: ["tcp 22 from pl-3"], network: { unknown: { "pl-3": "the entries of pl-3" } } },
      ["pl-3: entries not known by sgr-1"],
    ],
    "a list without entries admits nobody": [{ rules: ["tcp 22 from pl-5"], network: { "prefix-list": [{ id: "pl-5", cidrs: [] }] } }, []],
  };
  test.each(Object.entries(sources))("%s", async (_, [given, expected]) => {
    const { admissions } = await explaining(given);
    const told = admissions[0]?.rows.flatMap((row) => row.sources) ?? [];
    expect(told.map((source) => `${sourceText(source)} by ${source.rules.map(({ id }) => id).join(", ")}`)).toEqual(expected);
  });
  test("what the policy takes for the internet is called so", async () => {
    const given = { rules: ["tcp 22 from 8.0.0.0/12"], policy: 'rules: { no-public-ingress: { width: { v4: "/16", v6: "/32" } } }' };
    const { admissions } = await explaining(given);
    expect(admissions[0]?.rows.flatMap((row) => row.sources.map(({ kind }) => kind))).toEqual(["internet"]);
  });
});

describe("why", () => {
  const SCOPED = `${OFFICE}
scopes: [{ name: prod, when: { vpcs: [vpc-1] }, mode: enforce, rules: { no-public-ingress: { allow: [{ protocol: tcp, ports: "22", from: [198.0.0.0/7] }] } } }]`;
  test("the entry of the list that allows it, and that the scope has it", async () => {
    const { admissions, scope } = await explaining({ rules: ["tcp 22 from 198.0.0.0/7"], policy: SCOPED });
    expect(scope?.name).toBe("prod");
    expect(admissions[0]?.rows.map((row) => row.reasons)).toMatchObject([
      [{ kind: "allowed", rule: "no-public-ingress", from: "scope", entry: { protocol: "tcp", ports: "22", from: ["198.0.0.0/7"] } }],
    ]);
  });
  test("the rule that forbids it, in the mode of its scope", async () => {
    const { admissions, planned } = await explaining({ rules: ["tcp 443 from 0.0.0.0/0"], policy: SCOPED });
    expect(admissions[0]?.rows[0]?.reasons).toMatchObject([
      { kind: "found", ruled: { mode: "enforce", remedy: "revoke", severity: "critical" } },
    ]);
    expect(planned).toMatchObject([{ mode: "enforce", remedy: { kind: "revoke-ingress" } }]);
  });
  test("what the policy hangs on and nobody knows is named", async () => {
    const policy = "scopes: [{ name: prod, when: { ous: [ou-abcd-12345678] }, mode: enforce }]";
    expect(await explaining({ rules: [], policy })).toMatchObject({
      guessed: expect.stringContaining("organizational units of account 111122223333"),
    });
  });
  test("an exception that was granted for this very group", async () => {
    const facts = { id: "sg-0abc", rules: [{ ...parseRule("tcp 22 from 0.0.0.0/0"), id: "sgr-1" }] };
    const grant = {
      id: "grant-1",
      ...HOME,
      subject: { kind: "security-group", id: "sg-0abc" },
      until: "2027-02-01T00:00:00Z",
      reason: "an incident",
      approvedBy: "U1",
      admits: [{ rule: "no-public-ingress", allow: [{ protocol: "tcp", ports: "22", from: ["0.0.0.0/0"] }], parts: [] }],
      grantedAt: "2027-01-15T00:00:00Z",
      decision: "d",
    } as const;
    const explained = await explainIn("sg-0abc", HOME, {
      world: networkOf({ "security-group": [facts] }),
      policy: parsePolicy("version: 1", "portcullis.yml"),
      at: "2027-01-15T12:00:00Z",
      grantsOn: async () => [grant],
    });
    expect(explained).toMatchObject({
      admissions: [
        {
          rows: [
            { verdict: "excepted", reasons: [{ kind: "excepted", exception: { id: "grant-1", granted: true, reason: "an incident" } }] },
          ],
        },
        {},
      ],
      edit: { remedies: [] },
    });
  });
});

describe("rules that others make needless", () => {
  const cases: Readonly<Record<string, readonly [Explaining, readonly string[]]>> = {
    "one within another": [{ rules: ["tcp 443 from 10.0.0.0/8", "tcp 440-450 from 10.0.0.0/7"] }, ["sgr-1 within sgr-2"]],
    "one within the sum of two": [
      { rules: ["tcp 22 from 10.0.0.0/25", "tcp 22 from 10.0.0.128/25", "tcp 22 from 10.0.0.64/26", "tcp 22 from 10.0.0.0/24"] },
      ["sgr-1 within sgr-4", "sgr-2 within sgr-4", "sgr-3 within sgr-4"],
    ],
    "none that admits a part of its own": [{ rules: ["tcp 22-23 from 10.0.0.0/8", "tcp 23-24 from 10.0.0.0/8"] }, []],
    "of a list and its only address, the later": [
      { rules: ["tcp 22 from 192.0.2.0/24", "tcp 22 from pl-6"], network: { "prefix-list": [{ id: "pl-6", cidrs: ["192.0.2.0/24"] }] } },
      ["sgr-2 within sgr-1"],
    ],
    "no list that nobody knows, and no group": [
      { rules: ["all from 0.0.0.0/0", "tcp 22 from pl-3", "tcp 22 from sg-0bastion"], network: { unknown: { "pl-3": "the entries" } } },
      [],
    ],
  };
  test.each(Object.entries(cases))("%s", async (_, [given, expected]) => {
    const { admissions } = await explaining(given);
    expect(admissions[0]?.redundant.map(({ rule, within }) => `${rule.id} within ${within.map(({ id }) => id).join(", ")}`)).toEqual(
      expected,
    );
  });
});

describe("the nearest edit that complies", () => {
  const cases: Readonly<Record<string, readonly [Explaining, readonly string[]]>> = {
    "none for what is lawful": [{ rules: ["tcp 443 from 0.0.0.0/0"] }, []],
    "revokes what has nothing lawful in it": [{ rules: ["tcp 22 from 0.0.0.0/0"] }, ["- tcp 22 from 0.0.0.0/0"]],
    "narrows what has, though the policy says revoke or only tells": [
      { rules: ["tcp 440-450 from 0.0.0.0/0"], policy: "rules: { no-public-ingress: { remedy: none } }" },
      ["- tcp 440-450 from 0.0.0.0/0", "+ tcp 443 from 0.0.0.0/0"],
    ],
    "authorizes nothing that another rule admits already": [
      { rules: ["tcp 440-450 from 0.0.0.0/0", "tcp 443 from 0.0.0.0/0"] },
      ["- tcp 440-450 from 0.0.0.0/0"],
    ],
    "narrows what goes out as well": [
      {
        rules: ["all to 0.0.0.0/0", "tcp 22 from 0.0.0.0/0"],
        policy: 'rules: { no-unrestricted-egress: { allow: [{ protocol: tcp, ports: "443" }] } }',
      },
      ["- tcp 22 from 0.0.0.0/0", "- all to 0.0.0.0/0", "+ tcp 443 to 0.0.0.0/0"],
    ],
    "leaves advice alone": [{ rules: ["tcp 443 from 10.0.0.0/8"], policy: "rules: { described-rules: true }" }, []],
  };
  test.each(Object.entries(cases))("%s", async (_, [given, expected]) => {
    const { edit, cost } = await explaining(given);
    const lines = edit.remedies.flatMap(({ revoke, authorize }) => [
      ...revoke.map((rule) => `- ${formatRule(rule)}`),
      ...authorize.map((rule) => `+ ${formatRule(rule)}`),
    ]);
    expect(lines).toEqual(expected);
    expect(cost).toEqual([]);
  });
  test("keeps description and tags", async () => {
    const rule = { ...parseRule("tcp 440-450 from 0.0.0.0/0"), description: "shop", tags: { team: "web" } };
    const { edit } = await explaining({ rules: [rule] });
    expect(edit.remedies).toMatchObject([{ authorize: [{ fromPort: 443, description: "shop", tags: { team: "web" } }] }]);
  });
});

test.each([
  ["gone", {}, { kind: "gone" }],
  [
    "unknown",
    { unknown: { "sg-0abc": "the rules of sg-0abc: UnauthorizedOperation" } },
    { kind: "unknown", why: "the rules of sg-0abc: UnauthorizedOperation" },
  ],
])("a group that is %s is told as that", async (_, draft, expected) => {
  const reads = { world: networkOf(draft), policy: parsePolicy("version: 1", "portcullis.yml"), at: "2027-01-15T12:00:00Z" };
  expect(await explainIn("sg-0abc", HOME, reads)).toEqual(expected);
});
