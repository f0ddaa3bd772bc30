import { describe, expect, test } from "@jest/globals";
import type { NetworkInterfaceFacts, VpcFacts } from "../../lib/model/facts.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { preferGroupSource } from "../../lib/rules/prefer-group-source.ts";
import { type NetworkDraft, networkOf } from "../support/network.ts";
import { testRule } from "../support/rule-tester.ts";

const VPC: VpcFacts = { id: "vpc-1", cidrs: ["10.0.0.0/16"], ipv6Cidrs: ["2600:1f00:0:100::/56"] };
const TWO_BLOCKS: VpcFacts = { id: "vpc-1", cidrs: ["10.0.0.0/16", "10.1.0.0/16"], ipv6Cidrs: [] };
const at = (address: string, ...groups: string[]): NetworkInterfaceFacts => ({
  id: `eni-${address}`,
  vpc: "vpc-1",
  groups,
  addresses: [address],
});
const inVpc = (rules: string | string[], network: NetworkDraft = {}, vpc = VPC) => ({
  rules,
  group: { vpc: "vpc-1" },
  network: { vpc: [vpc], ...network },
});

testRule(preferGroupSource, {
  valid: {
    "no rules at all": inVpc([]),
    "a group": inVpc(["all from sg-1", "all to sg-1"]),
    "one bit wider than the VPC: an office that reaches further": inVpc("tcp 22 from 10.0.0.0/15"),
    "one bit wider than its IPv6 addresses": inVpc("tcp 22 from 2600:1f00::/55"),
    "the first address after the VPC": inVpc("tcp 22 from 10.1.0.0/32"),
    "the last address before it": inVpc("tcp 22 from 9.255.255.255/32"),
    "the first IPv6 address after the VPC": inVpc("tcp 22 from 2600:1f00:0:200::/128"),
    "the internet": inVpc(["all from 0.0.0.0/0", "-1 from ::/0", "all to 0.0.0.0/0"]),
    "IPv4-mapped IPv6, which is no address of the VPC": inVpc("tcp 22 from ::ffff:10.0.0.0/112"),
    "a prefix list, which has a name that people can read": {
      ...inVpc("tcp 22 from pl-0inside"),
      lists: { "pl-0inside": ["10.0.1.0/24"] },
    },
    "both blocks of a VPC and a bit": inVpc("tcp 22 from 10.0.0.0/14", {}, TWO_BLOCKS),
    "a load balancer without a group, whose addresses are all that it has": inVpc("tcp 80 from 10.0.1.0/24", {
      "network-interface": [at("10.0.1.5"), at("10.0.2.5", "sg-1")],
    }),
    "a VPC that does not exist": { rules: "tcp 22 from 10.0.1.0/24", group: { vpc: "vpc-1" } },
    "a VPC that nobody could read: left open, not judged": {
      rules: "tcp 22 from 10.0.1.0/24",
      group: { vpc: "vpc-1" },
      network: { unknown: { "vpc-1": "denied" } },
    },
    "a group whose VPC is not known: left open, not judged": { rules: "tcp 22 from 10.0.1.0/24", network: { vpc: [VPC] } },
    "another VPC of the same addresses": { rules: "tcp 22 from 10.0.1.0/24", group: { vpc: "vpc-9" }, network: { vpc: [VPC] } },
  },
  invalid: {
    "the VPC": [inVpc("tcp 22 from 10.0.0.0/16"), { traffic: "tcp 22 from 10.0.0.0/16", rules: ["tcp 22 from 10.0.0.0/16"] }],
    "its first and last address": [
      inVpc(["tcp 22 from 10.0.0.0/32", "tcp 22 from 10.0.255.255/32"]),
      ["tcp 22 from 10.0.0.0/32", "tcp 22 from 10.0.255.255/32"],
    ],
    "its IPv6 addresses": [inVpc("udp 53 from 2600:1f00:0:100::/56"), "udp 53 from 2600:1f00:0:100::/56"],
    "one IPv6 address": [inVpc("udp 53 to 2600:1f00:0:1ff:ffff::1/128"), "udp 53 to 2600:1f00:0:1ff:ffff::1/128"],
    "protocol -1": [inVpc("-1 from 10.0.4.0/22"), "all from 10.0.4.0/22"],
    egress: [inVpc("tcp 5432 to 10.0.4.0/22"), "tcp 5432 to 10.0.4.0/22"],
    "host bits, which EC2 drops": [inVpc("tcp 22 from 10.0.1.77/24"), "tcp 22 from 10.0.1.0/24"],
    "the VPC in halves": [
      inVpc(["tcp 22 from 10.0.0.0/17", "tcp 22 from 10.0.128.0/17"]),
      ["tcp 22 from 10.0.0.0/17", "tcp 22 from 10.0.128.0/17"],
    ],
    "both blocks of a VPC as one CIDR": [inVpc("tcp 22 from 10.0.0.0/15", {}, TWO_BLOCKS), "tcp 22 from 10.0.0.0/15"],
    "only what is inside": [
      inVpc(["tcp 443 from 0.0.0.0/0", "tcp 22 from 10.0.1.0/24", "tcp 22 from 10.9.0.0/16", "tcp 22 from sg-1"]),
      { traffic: "tcp 22 from 10.0.1.0/24", rules: ["tcp 22 from 10.0.1.0/24"] },
    ],
    "a block that is known of a VPC that is known in part": [
      inVpc("tcp 22 from 10.0.1.0/24", {}, { ...VPC, partial: true }),
      "tcp 22 from 10.0.1.0/24",
    ],
    "interfaces with and without a group": [
      inVpc("tcp 80 from 10.0.1.0/24", { "network-interface": [at("10.0.1.5"), at("10.0.1.6", "sg-1")] }),
      "tcp 80 from 10.0.1.0/24",
    ],
  },
});

describe("the advice", () => {
  const rule = preferGroupSource.withOptions({}, networksOf({}));
  const about = (vpc?: string, notation = "tcp 22 from 10.0.1.0/24") =>
    new SecurityGroup({ id: "sg-1", ...(vpc !== undefined && { vpc }), rules: [parseRule(notation)] });

  async function hint(...interfaces: NetworkInterfaceFacts[]): Promise<string | undefined> {
    const [finding] = await rule.check(about("vpc-1"), networkOf({ vpc: [VPC], "network-interface": interfaces }));
    return finding?.message.replace("tcp 22 from 10.0.1.0/24 is inside the VPC: name a security group instead", "");
  }

  test("names the groups that live there, each once, and no others", async () => {
    expect(await hint(at("10.0.1.5", "sg-3", "sg-2"), at("10.0.1.6", "sg-2"), at("10.0.2.7", "sg-4"))).toBe("; sg-2, sg-3 live there");
  });

  test("says when it is the group itself", async () => {
    expect(await hint(at("10.0.1.5", "sg-1"))).toBe("; sg-1 (the group itself) lives there");
  });

  test("names three and counts the others", async () => {
    expect(await hint(at("10.0.1.5", "sg-2", "sg-3", "sg-4"))).toBe("; sg-2, sg-3, sg-4 live there");
    expect(await hint(at("10.0.1.5", "sg-2", "sg-3", "sg-4", "sg-5", "sg-6"))).toBe("; sg-2, sg-3, sg-4 and 2 more live there");
  });

  test("says when nobody lives there", async () => {
    expect(await hint()).toBe("; no network interface lives there now");
  });

  test("is given without names where the interfaces are not known", async () => {
    const world = networkOf({ vpc: [VPC] });
    const blind = { ...world, list: async () => ({ unknown: "which network interfaces there are" }) };
    const [finding] = await rule.check(about("vpc-1"), blind);
    expect(finding?.message).toBe("tcp 22 from 10.0.1.0/24 is inside the VPC: name a security group instead");
  });

  test("is not given where the VPC of the group is not known, and that is said", async () => {
    const needs: string[] = [];
    expect(await rule.check(about(), networkOf({ vpc: [VPC] }), (lacking) => needs.push(lacking))).toEqual([]);
    expect(needs).toEqual(["the VPC of sg-1"]);
  });

  test.each(["tcp 443 from 0.0.0.0/0", "all to ::/0", "all from sg-2"])("costs no read for %s", async (notation) => {
    const offline = {
      get: () => Promise.reject(new Error("this costs a call")),
      list: () => Promise.reject(new Error("this costs a call")),
    };
    expect(await rule.check(about("vpc-1", notation), offline)).toEqual([]);
  });
});
