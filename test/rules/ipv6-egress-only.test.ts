import { ipv6EgressOnly } from "../../lib/rules/ipv6-egress-only.ts";
import { route, routeTable, subnet, vpc } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const GLOBAL = "2600:1f18:1:100::/56";
const dual = (id: string, tier: string) => subnet(id, { tags: { tier }, ipv6Cidrs: ["2600:1f18:1:101::/64"] });
const table = (...routes: Parameters<typeof route>[0][]) => routeTable("rtb-1", { routes, subnets: ["subnet-1"] });
const network = { subnet: [dual("subnet-1", "private")] };
const withIpv6 = vpc("vpc-1", { ipv6Cidrs: [GLOBAL] });
const found = (destination: string) => `${destination}, rtbassoc-subnet-1, subnet-1`;

testResourceRule(ipv6EgressOnly, {
  valid: {
    "an egress-only gateway": { "route-table": table("::/0 to eigw-1"), network },
    "IPv4, which this rule leaves alone": { "route-table": table("0.0.0.0/0 to igw-1"), network },
    "the VPC's own IPv6": { "route-table": table(`${GLOBAL} to local`), network },
    "NAT64 by a NAT gateway": { "route-table": table("64:ff9b::/96 to nat-1"), network },
    "IPv4 addresses mapped into IPv6": { "route-table": table("::ffff:0:0/96 to igw-1"), network },
    "unique local addresses to anything": { "route-table": table("fd00::/8 to igw-1", "fd01::/16 to eni-1"), network },
    "a lawful look-alike: another VPC's IPv6 by a peering": { "route-table": table("2600:1f18:2:100::/56 to pcx-1"), network },
    "boundary: a /16 to a transit gateway": { "route-table": table("2600::/16 to tgw-1"), network },
    "a gateway endpoint": {
      "route-table": table("pl-1 to vpce-1"),
      network: { ...network, "prefix-list": [{ id: "pl-1", cidrs: ["2600:1f00::/24"] }] },
    },
    "a public subnet's table": { "route-table": table("::/0 to igw-1"), network: { subnet: [dual("subnet-1", "public")] } },
    "a table that nothing is associated with": { "route-table": routeTable("rtb-1", { routes: ["::/0 to igw-1"] }), network },
    "a subnet whose tags nobody told": {
      "route-table": table("::/0 to igw-1"),
      network: { subnet: [subnet("subnet-1", { partial: true })] },
      unjudged: ["tags of subnet-1"],
    },
    "a prefix list that nobody may read": {
      "route-table": table("pl-1 to igw-1"),
      network: { ...network, unknown: { "pl-1": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a VPC without IPv6": { vpc: vpc("vpc-1"), network },
    "a VPC with unique local IPv6": { vpc: vpc("vpc-1", { ipv6Cidrs: ["fd00:ec2::/56"] }), network },
    "a VPC with an egress-only gateway": {
      vpc: withIpv6,
      network: { ...network, "internet-gateway": [{ id: "eigw-1", vpc: "vpc-1", egressOnly: true }] },
    },
    "a VPC whose IPv6 subnets are public": { vpc: withIpv6, network: { subnet: [dual("subnet-1", "public")] } },
    "a VPC whose private subnets have IPv4 only": {
      vpc: withIpv6,
      network: { subnet: [subnet("subnet-1", { tags: { tier: "private" } })] },
    },
    "a VPC with a private subnet of which nobody told whether it has IPv6": {
      vpc: withIpv6,
      network: { subnet: [subnet("subnet-1", { tags: { tier: "private" }, partial: true })] },
      unjudged: ["whether subnet-1 has IPv6"],
    },
    "a VPC whose subnets nobody may list": {
      vpc: withIpv6,
      network: { unknown: { subnet: "AccessDenied" } },
      unjudged: ["subnets: AccessDenied"],
    },
    "a VPC whose gateways nobody may list": {
      vpc: withIpv6,
      network: { ...network, unknown: { "internet-gateway": "AccessDenied" } },
      unjudged: ["internet gateways: AccessDenied"],
    },
  },
  invalid: {
    "an internet gateway": [
      { "route-table": table("::/0 to igw-1"), network },
      { parts: found("::/0"), remedies: ["delete the route ::/0 to igw-1 of rtb-1"] },
    ],
    "a part of the internet": [{ "route-table": table("2600::/12 to igw-1"), network }, found("2600::/12")],
    "boundary: one global address": [{ "route-table": table("2600::1/128 to igw-1"), network }, found("2600::1/128")],
    "an evasion: halves": [{ "route-table": table("::/1 to igw-1", "8000::/1 to igw-1"), network }, [found("::/1"), found("8000::/1")]],
    "an evasion: a prefix list": [
      { "route-table": table("pl-1 to igw-1"), network: { ...network, "prefix-list": [{ id: "pl-1", cidrs: ["10.0.0.0/8", "::/0"] }] } },
      found("pl-1"),
    ],
    "an evasion: a machine that forwards": [{ "route-table": table("::/0 to eni-1"), network }, found("::/0")],
    "a NAT gateway for more than NAT64": [{ "route-table": table("::/0 to nat-1"), network }, found("::/0")],
    "a target of a kind that nobody knows": [{ "route-table": table("::/0 to newgw-1"), network }, found("::/0")],
    "the internet by a transit gateway": [{ "route-table": table("::/0 to tgw-1"), network }, found("::/0")],
    "boundary: more than a /16 to a transit gateway": [{ "route-table": table("2600::/15 to tgw-1"), network }, found("2600::/15")],
    "a Gateway Load Balancer endpoint": [{ "route-table": table("::/0 to vpce-1"), network }, found("::/0")],
    "the main table, by a subnet of IPv6 only": [
      {
        "route-table": routeTable("rtb-1", { main: true, routes: ["::/0 to igw-1"] }),
        network: { subnet: [{ id: "subnet-1", vpc: "vpc-1", ipv6Cidrs: ["2600:1f18:1:101::/64"], tags: { tier: "private" } }] },
      },
      "::/0, rtbassoc-main, subnet-1",
    ],
    "a route that led to an egress-only gateway before": [
      {
        "route-table": routeTable("rtb-1", { subnets: ["subnet-1"], routes: [route("::/0 to igw-1", { previous: "eigw-1" })] }),
        network,
      },
      { parts: found("::/0"), remedies: ["delete the route ::/0 to igw-1 of rtb-1", "lead ::/0 of rtb-1 from igw-1 back to eigw-1"] },
    ],
    "a VPC without an egress-only gateway": [
      { vpc: withIpv6, network },
      { parts: `${GLOBAL}, subnet-1`, remedies: [], says: "create-egress-only-internet-gateway --vpc-id vpc-1" },
    ],
    "a VPC with an internet gateway, and the egress-only one of another VPC": [
      {
        vpc: withIpv6,
        network: {
          subnet: [subnet("subnet-1", { ipv6Cidrs: ["2600:1f18:1:101::/64"] })],
          "internet-gateway": [
            { id: "igw-1", vpc: "vpc-1" },
            { id: "eigw-2", vpc: "vpc-2", egressOnly: true },
          ],
        },
        options: { subnets: ["subnet-1"] },
      },
      `${GLOBAL}, subnet-1`,
    ],
    "a VPC known in part, with the IPv6 that is told": [
      { vpc: vpc("vpc-1", { ipv6Cidrs: [GLOBAL], partial: true }), network },
      `${GLOBAL}, subnet-1`,
    ],
  },
});
