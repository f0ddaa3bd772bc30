import { privateStaysPrivate } from "../../lib/rules/private-stays-private.ts";
import { route, routeTable, subnet } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const hidden = (id: string) => subnet(id, { tags: { tier: "private" } });
const open = (id: string) => subnet(id, { tags: { tier: "public" } });
const table = (...routes: Parameters<typeof route>[0][]) => routeTable("rtb-1", { routes, subnets: ["subnet-1"] });
const main = routeTable("rtb-1", { main: true, routes: ["0.0.0.0/0 to igw-1"] });
const network = { subnet: [hidden("subnet-1")] };
const FOUND = "0.0.0.0/0, rtbassoc-subnet-1, subnet-1";

testResourceRule(privateStaysPrivate, {
  valid: {
    "a public subnet's table": { "route-table": table("0.0.0.0/0 to igw-1"), network: { subnet: [open("subnet-1")] } },
    "a subnet without tags": { "route-table": table("0.0.0.0/0 to igw-1"), network: { subnet: [subnet("subnet-1")] } },
    "a lawful look-alike: NAT and egress-only gateways": { "route-table": table("0.0.0.0/0 to nat-1", "::/0 to eigw-1"), network },
    "private addresses to an internet gateway": { "route-table": table("10.0.0.0/8 to igw-1", "fd00::/8 to igw-1"), network },
    "boundary: the last private addresses before a public one": { "route-table": table("172.16.0.0/12 to igw-1"), network },
    "IPv4 addresses mapped into IPv6, which no packet has": { "route-table": table("::ffff:0:0/96 to igw-1"), network },
    "a table that nothing is associated with": { "route-table": routeTable("rtb-1", { routes: ["0.0.0.0/0 to igw-1"] }), network },
    "a table of a gateway": {
      "route-table": { ...routeTable("rtb-1", { routes: ["0.0.0.0/0 to igw-1"] }), associations: [{ id: "rtbassoc-1", gateway: "vgw-1" }] },
      network,
    },
    "the main table, whose private subnets all have tables of their own": {
      "route-table": main,
      network: { ...network, "route-table": [routeTable("rtb-2", { subnets: ["subnet-1"] })] },
    },
    "the main table, and a private subnet of another VPC": {
      "route-table": main,
      network: { subnet: [subnet("subnet-1", { vpc: "vpc-2", tags: { tier: "private" } })] },
    },
    "an association with a subnet that is gone": { "route-table": table("0.0.0.0/0 to igw-1") },
    "a carrier gateway, which nobody comes in by from the internet": { "route-table": table("0.0.0.0/0 to cagw-1"), network },
    "another tag": { "route-table": table("0.0.0.0/0 to igw-1"), network, options: { private: { key: "zone", value: "inside" } } },
    "a subnet whose tags nobody told": {
      "route-table": table("0.0.0.0/0 to igw-1"),
      network: { subnet: [subnet("subnet-1", { partial: true })] },
      unjudged: ["tags of subnet-1, of which a part is known"],
    },
    "a subnet whose tags nobody told, in the main table": {
      "route-table": main,
      network: { subnet: [subnet("subnet-1", { partial: true })] },
      unjudged: ["tags of subnet-1, of which a part is known"],
    },
    "a subnet that nobody may read": {
      "route-table": table("0.0.0.0/0 to igw-1"),
      network: { unknown: { "subnet-1": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a subnet that nobody may read, of a table that leads nowhere on the internet": {
      "route-table": table("0.0.0.0/0 to nat-1"),
      network: { unknown: { "subnet-1": "AccessDenied" } },
    },
    "the main table, and other tables that nobody may list": {
      "route-table": main,
      network: { ...network, unknown: { "route-table": "AccessDenied" } },
      unjudged: ["route tables: AccessDenied"],
    },
    "the main table, and another one known in part, which may be the private subnet's": {
      "route-table": main,
      network: { ...network, "route-table": [routeTable("rtb-2", { partial: true })] },
      unjudged: ["the routes of rtb-2, of which a part is known"],
    },
    "the main table of a VPC that nobody told": {
      "route-table": { id: "rtb-1", routes: main.routes, associations: main.associations, propagating: [] },
      network,
      unjudged: ["the VPC of rtb-1"],
    },
    "a table known in part, with no association that anybody told": {
      "route-table": routeTable("rtb-1", { routes: ["0.0.0.0/0 to igw-1"], partial: true }),
      network,
      unjudged: ["which subnets use rtb-1"],
    },
    "a target of a kind that nobody knows": {
      "route-table": table("0.0.0.0/0 to newgw-1"),
      network,
      unjudged: ["what newgw-1 is"],
    },
    "a target of a kind that nobody knows, in a public table": {
      "route-table": table("0.0.0.0/0 to newgw-1"),
      network: { subnet: [open("subnet-1")] },
    },
    "a prefix list that nobody may read": {
      "route-table": table("pl-1 to igw-1"),
      network: { ...network, unknown: { "pl-1": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
  },
  invalid: {
    "the default route": [
      { "route-table": table("0.0.0.0/0 to igw-1"), network },
      { parts: FOUND, remedies: ["delete the route 0.0.0.0/0 to igw-1 of rtb-1"], says: "private subnets use (subnet-1)" },
    ],
    IPv6: [{ "route-table": table("::/0 to igw-1"), network }, "::/0, rtbassoc-subnet-1, subnet-1"],
    "a subnet of IPv6 only": [
      {
        "route-table": table("2000::/3 to igw-1"),
        network: { subnet: [{ id: "subnet-1", vpc: "vpc-1", ipv6Cidrs: ["2001:db8:0:1::/64"], tags: { tier: "private" } }] },
      },
      "2000::/3, rtbassoc-subnet-1, subnet-1",
    ],
    "boundary: one public address beside private ones": [
      { "route-table": table("172.16.0.0/11 to igw-1"), network },
      "172.16.0.0/11, rtbassoc-subnet-1, subnet-1",
    ],
    "a single public address": [{ "route-table": table("8.8.8.8/32 to igw-1"), network }, "8.8.8.8/32, rtbassoc-subnet-1, subnet-1"],
    "an evasion: the internet in halves": [
      { "route-table": table("0.0.0.0/1 to igw-1", "128.0.0.0/1 to igw-1"), network },
      ["0.0.0.0/1, rtbassoc-subnet-1, subnet-1", "128.0.0.0/1, rtbassoc-subnet-1, subnet-1"],
    ],
    "an evasion: a prefix list": [
      { "route-table": table("pl-1 to igw-1"), network: { ...network, "prefix-list": [{ id: "pl-1", cidrs: ["0.0.0.0/0"] }] } },
      "pl-1, rtbassoc-subnet-1, subnet-1",
    ],
    "an evasion: the tag was taken, and the policy names the subnet": [
      {
        "route-table": table("0.0.0.0/0 to igw-1"),
        network: { subnet: [subnet("subnet-1")] },
        options: { subnets: ["subnet-1"] },
      },
      FOUND,
    ],
    "a subnet that the policy names, and nobody may read": [
      {
        "route-table": table("0.0.0.0/0 to igw-1"),
        network: { unknown: { "subnet-1": "AccessDenied" } },
        options: { subnets: ["subnet-1"] },
      },
      FOUND,
    ],
    "one private subnet among public ones": [
      {
        "route-table": routeTable("rtb-1", { routes: ["0.0.0.0/0 to igw-1"], subnets: ["subnet-1", "subnet-2"] }),
        network: { subnet: [open("subnet-1"), hidden("subnet-2")] },
      },
      "0.0.0.0/0, rtbassoc-subnet-2, subnet-2",
    ],
    "a private subnet that falls back on the main table": [
      {
        "route-table": main,
        network: {
          subnet: [hidden("subnet-1"), hidden("subnet-2"), open("subnet-3")],
          "route-table": [routeTable("rtb-2", { subnets: ["subnet-2"] })],
        },
      },
      "0.0.0.0/0, rtbassoc-main, subnet-1",
    ],
    "the main table, by an association and by falling back": [
      {
        "route-table": routeTable("rtb-1", { main: true, routes: ["0.0.0.0/0 to igw-1"], subnets: ["subnet-1"] }),
        network: { subnet: [hidden("subnet-1"), hidden("subnet-2")] },
      },
      "0.0.0.0/0, rtbassoc-subnet-1, rtbassoc-main, subnet-1, subnet-2",
    ],
    "a table known in part, with an association that is told": [
      {
        "route-table": routeTable("rtb-1", { routes: ["0.0.0.0/0 to igw-1"], subnets: ["subnet-1"], partial: true }),
        network,
      },
      FOUND,
    ],
    "a subnet known in part that has the tag": [
      {
        "route-table": main,
        network: { subnet: [subnet("subnet-1", { tags: { tier: "private" }, partial: true })] },
      },
      "0.0.0.0/0, rtbassoc-main, subnet-1",
    ],
    "a route that led to a NAT gateway before": [
      {
        "route-table": routeTable("rtb-1", { subnets: ["subnet-1"], routes: [route("0.0.0.0/0 to igw-1", { previous: "nat-1" })] }),
        network,
      },
      {
        parts: FOUND,
        remedies: ["delete the route 0.0.0.0/0 to igw-1 of rtb-1", "lead 0.0.0.0/0 of rtb-1 from igw-1 back to nat-1"],
      },
    ],
    "a route that led to another internet gateway before": [
      {
        "route-table": routeTable("rtb-1", { subnets: ["subnet-1"], routes: [route("0.0.0.0/0 to igw-1", { previous: "igw-2" })] }),
        network,
      },
      { parts: FOUND, remedies: ["delete the route 0.0.0.0/0 to igw-1 of rtb-1"] },
    ],
  },
});
