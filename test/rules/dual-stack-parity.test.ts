import { describe, expect, test } from "@jest/globals";
import { AddressSet } from "../../lib/model/address-set.ts";
import type { SecurityGroupFacts, VpcFacts } from "../../lib/model/facts.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { dualStackParity } from "../../lib/rules/dual-stack-parity.ts";
import { networkOf } from "../support/network.ts";
import { testRule } from "../support/rule-tester.ts";

const DUAL: VpcFacts = { id: "vpc-1", cidrs: ["10.0.0.0/16"], ipv6Cidrs: ["2600:1f00:0:100::/56"] };
const IPV4: VpcFacts = { ...DUAL, ipv6Cidrs: [] };
const inVpc = (rules: string | string[], vpc = DUAL) => ({ rules, group: { vpc: "vpc-1" }, network: { vpc: [vpc] } });
const withLists = (lists: Record<string, string[] | { unknown: string }>, ...rules: string[]) => ({ ...inVpc(rules), lists });
const allBut = (cidr: string) =>
  AddressSet.ALL_V4.difference(AddressSet.of(cidr))
    .cidrs()
    .map((left) => `tcp 443 from ${left}`);

testRule(dualStackParity, {
  valid: {
    "no rules at all": inVpc([]),
    "both families": inVpc(["tcp 443 from 0.0.0.0/0", "tcp 443 from ::/0"]),
    "both families, one of them in parts": inVpc(["tcp 80-443 from 0.0.0.0/0", "tcp 80-200 from ::/0", "tcp 201-443 from ::/0"]),
    "both families, one of them in halves": inVpc(["tcp 443 from 0.0.0.0/0", "tcp 443 from ::/1", "tcp 443 from 8000::/1"]),
    "all that is allocated of IPv6": inVpc(["tcp 443 from 0.0.0.0/0", "tcp 443 from 2000::/3"]),
    "IPv4 without the ranges that no packet of the internet has": inVpc([
      ...AddressSet.ALL_V4.difference(AddressSet.of("10.0.0.0/8"))
        .cidrs()
        .map((cidr) => `tcp 443 from ${cidr}`),
      "tcp 443 from ::/0",
    ]),
    "both families of protocol -1, written differently": inVpc(["-1 from 0.0.0.0/0", "all from ::/0"]),
    "both families by prefix list": withLists({ "pl-1": ["0.0.0.0/0", "::/0"] }, "tcp 443 from pl-1"),
    "both families of egress": inVpc(["all to 0.0.0.0/0", "all to ::/0"]),
    "one network of one family": inVpc(["tcp 22 from 8.0.0.0/8", "tcp 443 from 2600::/16"]),
    "IPv4 but for one address": inVpc(allBut("8.8.8.8/32")),
    "a private network of each": inVpc(["all from 10.0.0.0/8", "all from fd00::/8"]),
    groups: inVpc(["all from sg-1", "all to sg-1"]),
    "ICMP, each with the messages of its family": inVpc(["icmp 3/4 from 0.0.0.0/0", "icmpv6 2 from ::/0"]),
    "ICMP of one family": inVpc("icmp from 0.0.0.0/0"),
    "a VPC without IPv6": inVpc("tcp 443 from 0.0.0.0/0", IPV4),
    "a VPC whose IPv6 addresses are unique local": inVpc("tcp 443 from 0.0.0.0/0", { ...DUAL, ipv6Cidrs: ["fd00:ec2::/48"] }),
    "a VPC that does not exist": { rules: "tcp 443 from 0.0.0.0/0", group: { vpc: "vpc-1" } },
    "a VPC that nobody could read: left open, not judged": {
      rules: "tcp 443 from 0.0.0.0/0",
      group: { vpc: "vpc-1" },
      network: { unknown: { "vpc-1": "denied" } },
    },
    "a group whose VPC is not known: left open, not judged": { rules: "tcp 443 from 0.0.0.0/0", network: { vpc: [DUAL] } },
    "a group of which a part is known: left open, not judged": {
      rules: "tcp 443 from 0.0.0.0/0",
      group: { vpc: "vpc-1", partial: true },
      network: { vpc: [DUAL] },
    },
    "a prefix list that may hold the other family: left open, not judged": withLists(
      { "pl-1": { unknown: "denied" } },
      "tcp 443 from 0.0.0.0/0",
      "tcp 443 from pl-1",
    ),
  },
  invalid: {
    "IPv4 alone": [inVpc("tcp 443 from 0.0.0.0/0"), { traffic: "tcp 443 from 0.0.0.0/0", rules: ["tcp 443 from 0.0.0.0/0"] }],
    "IPv6 alone": [inVpc("udp 443 from ::/0"), "udp 443 from ::/0"],
    "all that is allocated of IPv6, alone": [inVpc("udp 443 from 2000::/3"), "udp 443 from 2000::/3"],
    "one port more in IPv4": [inVpc(["tcp 442-443 from 0.0.0.0/0", "tcp 443 from ::/0"]), "tcp 442 from 0.0.0.0/0"],
    "a hole in IPv6": [
      inVpc(["tcp 0-65535 from 0.0.0.0/0", "tcp 0-21 from ::/0", "tcp 23-65535 from ::/0"]),
      { traffic: "tcp 22 from 0.0.0.0/0", rules: ["tcp 0-65535 from 0.0.0.0/0"] },
    ],
    "tcp in the one and udp in the other": [
      inVpc(["tcp 53 from 0.0.0.0/0", "udp 53 from ::/0"]),
      ["tcp 53 from 0.0.0.0/0", "udp 53 from ::/0"],
    ],
    "protocol -1 without the other family": [inVpc("-1 to 0.0.0.0/0"), "all except icmp, icmpv6 to 0.0.0.0/0"],
    "protocol -1 beside some of it": [
      inVpc(["-1 from ::/0", "tcp from 0.0.0.0/0"]),
      { traffic: "all except tcp, icmp, icmpv6 from ::/0", rules: ["-1 from ::/0"] },
    ],
    "each direction by itself": [inVpc(["tcp 443 from 0.0.0.0/0", "tcp 443 to ::/0"]), ["tcp 443 from 0.0.0.0/0", "tcp 443 to ::/0"]],
    "IPv4 in halves": [
      inVpc(["tcp 443 from 0.0.0.0/1", "tcp 443 from 128.0.0.0/1", "tcp 443 from 2600::/16"]),
      { traffic: "tcp 443 from 0.0.0.0/0", rules: ["tcp 443 from 0.0.0.0/1", "tcp 443 from 128.0.0.0/1"] },
    ],
    "IPv4 whole and a part of it: the part is not to blame": [
      inVpc(["tcp 443 from 8.0.0.0/8", "tcp 443 from 0.0.0.0/0", "tcp 443 from sg-1"]),
      { traffic: "tcp 443 from 0.0.0.0/0", rules: ["tcp 443 from 0.0.0.0/0"] },
    ],
    "half of IPv6 is not all of it": [
      inVpc(["tcp 443 from 0.0.0.0/0", "tcp 443 from 8000::/1"]),
      { traffic: "tcp 443 from 0.0.0.0/0", rules: ["tcp 443 from 0.0.0.0/0"] },
    ],
    "IPv4-mapped IPv6 is none of it": [inVpc(["tcp 443 from 0.0.0.0/0", "tcp 443 from ::ffff:0.0.0.0/96"]), "tcp 443 from 0.0.0.0/0"],
    "a prefix list of one family": [
      withLists({ "pl-1": ["0.0.0.0/1", "128.0.0.0/1"] }, "tcp 443 from pl-1"),
      { traffic: "tcp 443 from 0.0.0.0/0", rules: ["tcp 443 from pl-1"] },
    ],
    "a prefix list that is empty": [
      withLists({ "pl-1": [] }, "tcp 443 from 0.0.0.0/0", "tcp 443 from pl-1"),
      { traffic: "tcp 443 from 0.0.0.0/0", rules: ["tcp 443 from 0.0.0.0/0"] },
    ],
    "a prefix list that nobody could read, for another port": [
      withLists({ "pl-1": { unknown: "denied" } }, "tcp 443 from 0.0.0.0/0", "tcp 22 from pl-1"),
      "tcp 443 from 0.0.0.0/0",
    ],
    "IPv6 that is known of a VPC that is known in part": [
      inVpc("tcp 443 from 0.0.0.0/0", { ...DUAL, partial: true }),
      "tcp 443 from 0.0.0.0/0",
    ],
    "IPv6 of both kinds": [
      inVpc("tcp 443 from 0.0.0.0/0", { ...DUAL, ipv6Cidrs: ["fd00:ec2::/48", "2600:1f00:0:100::/56"] }),
      "tcp 443 from 0.0.0.0/0",
    ],
  },
});

describe("a finding", () => {
  const rule = dualStackParity.withOptions({}, networksOf({}));

  async function about(facts: Partial<SecurityGroupFacts>, ...rules: string[]) {
    const needs: string[] = [];
    const group = new SecurityGroup({ id: "sg-1", ...facts, rules: rules.map(parseRule) });
    const findings = await rule.check(group, networkOf({ vpc: [DUAL] }), (lacking) => needs.push(lacking));
    return { messages: findings.map(({ message }) => message), needs };
  }

  test("says which family lacks what", async () => {
    expect(await about({ vpc: "vpc-1" }, "tcp 443 from 0.0.0.0/0", "tcp 80 to ::/0")).toEqual({
      messages: [
        "tcp 443 from 0.0.0.0/0 is open over IPv4 and not over IPv6, though the VPC has both",
        "tcp 80 to ::/0 is open over IPv6 and not over IPv4, though the VPC has both",
      ],
      needs: [],
    });
  });

  test("is not made about what is not known, and that is said", async () => {
    expect(await about({ partial: true }, "tcp 443 from 0.0.0.0/0")).toEqual({
      messages: [],
      needs: ["every rule of sg-1", "the VPC of sg-1"],
    });
  });

  test("needs to know nothing where the families are equal", async () => {
    expect(await about({ partial: true }, "tcp 443 from 0.0.0.0/0", "tcp 443 from ::/0")).toEqual({ messages: [], needs: [] });
  });
});
