import { describe, expect, test } from "@jest/globals";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { describedRules } from "../../lib/rules/described-rules.ts";
import { networkOf } from "../support/network.ts";
import { testRule } from "../support/rule-tester.ts";

const SSH = "tcp 22 from 10.0.0.0/8";
const described = (rule: string, description: string, more: object = {}) => ({
  rules: rule,
  descriptions: { [rule]: description },
  ...more,
});

testRule(describedRules, {
  valid: {
    "no rules at all": [],
    "a rule with a description": described(SSH, "bastion"),
    "a description of one letter": described(SSH, "x"),
    "a rule of IPv6": described("tcp 22 from fd00::/8", "bastion"),
    "protocol -1": described("-1 from sg-0app", "cluster nodes"),
    "egress without description, as EC2 makes it": ["all to 0.0.0.0/0", "all to ::/0"],
  },
  invalid: {
    "a rule without description": [SSH, SSH],
    "a description of nothing": [described(SSH, ""), SSH],
    "a description of blanks": [described(SSH, "   "), SSH],
    "in IPv6": ["tcp 22 from fd00::/8", "tcp 22 from fd00::/8"],
    "protocol -1 without description": ["-1 from sg-0app", "all from sg-0app"],
    "a prefix list by its name, without reading it": [
      { rules: "tcp 443 from pl-0cdn", lists: { "pl-0cdn": { unknown: "denied" } } },
      { traffic: "tcp 443 from pl-0cdn", rules: ["tcp 443 from pl-0cdn"] },
    ],
    "each rule by itself, and a described one between them stays": [
      { rules: [SSH, "tcp 443 from 0.0.0.0/0", "udp 53 from 10.0.0.0/8"], descriptions: { "tcp 443 from 0.0.0.0/0": "web" } },
      [
        { traffic: SSH, rules: [SSH] },
        { traffic: "udp 53 from 10.0.0.0/8", rules: ["udp 53 from 10.0.0.0/8"] },
      ],
    ],
  },
});

describe("with a pattern and both directions", () => {
  testRule(describedRules, {
    options: { pattern: String.raw`^NET-\d+ .*@\w+$`, directions: ["ingress", "egress"] },
    valid: {
      "a ticket and an owner": described(SSH, "NET-12 office bastion @netops"),
      "egress likewise": described("all to 0.0.0.0/0", "NET-7 updates @web"),
    },
    invalid: {
      "no ticket": [described(SSH, "office bastion @netops"), SSH],
      "no owner": [described(SSH, "NET-12 office bastion"), SSH],
      "a ticket that is not in front": [described(SSH, "see NET-12 x @netops"), SSH],
      "a ticket in small letters": [described(SSH, "net-12 x @netops"), SSH],
      "egress without": ["all to 0.0.0.0/0", "all to 0.0.0.0/0"],
    },
  });
});

describe("with egress alone", () => {
  testRule(describedRules, {
    options: { directions: ["egress"] },
    valid: { "ingress without description": SSH },
    invalid: { "egress without description": ["tcp 443 to ::/0", "tcp 443 to ::/0"] },
  });
});

test("a finding says what is missing and what is expected", async () => {
  const messages = async (options: unknown, description?: string) => {
    const rule = { ...parseRule(SSH), ...(description !== undefined && { description }) };
    const found = await describedRules
      .withOptions(options, networksOf({}))
      .check(new SecurityGroup({ id: "sg-1", rules: [rule] }), networkOf({}));
    return found.map(({ message }) => message);
  };
  expect(await messages({})).toEqual([`${SSH} has no description: say what it is for`]);
  expect(await messages({ pattern: "^NET-" })).toEqual([`${SSH} has no description: expected one that matches /^NET-/`]);
  expect(await messages({ pattern: "^NET-" }, "bastion")).toEqual([
    `${SSH} has a description that does not say enough: expected one that matches /^NET-/`,
  ]);
});

test.each<[string, unknown]>([
  ["a pattern that is none", { pattern: "(" }],
  ["an unknown direction", { directions: ["inbound"] }],
  ["no direction", { directions: [] }],
])("options refuse %s", (_, options) => {
  expect(() => describedRules.withOptions(options, networksOf({}))).toThrow();
});
