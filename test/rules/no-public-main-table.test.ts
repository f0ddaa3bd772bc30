import { noPublicMainTable } from "../../lib/rules/no-public-main-table.ts";
import { route, routeTable } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const main = (...routes: Parameters<typeof route>[0][]) => routeTable("rtb-1", { main: true, routes });

testResourceRule(noPublicMainTable, {
  valid: {
    "only the local route": { "route-table": main() },
    "a table that is not the main one": { "route-table": routeTable("rtb-1", { routes: ["0.0.0.0/0 to igw-1"], subnets: ["subnet-1"] }) },
    "a table that nothing is associated with": { "route-table": routeTable("rtb-1", { routes: ["0.0.0.0/0 to igw-1"] }) },
    "egress only, which nobody comes in by": { "route-table": main("::/0 to eigw-1") },
    "a NAT gateway": { "route-table": main("0.0.0.0/0 to nat-1") },
    "a lawful look-alike: private addresses to an internet gateway": { "route-table": main("192.168.0.0/16 to igw-1") },
    "boundary: the last private addresses before a public one": { "route-table": main("172.16.0.0/12 to igw-1") },
    "IPv4 addresses mapped into IPv6, which no packet has": { "route-table": main("::ffff:0:0/96 to igw-1") },
    "a prefix list of private addresses": {
      "route-table": main("pl-1 to igw-1"),
      network: { "prefix-list": [{ id: "pl-1", cidrs: ["10.0.0.0/8"] }] },
    },
    "a prefix list that nobody may read": {
      "route-table": main("pl-1 to igw-1"),
      network: { unknown: { "pl-1": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a target of a kind that nobody knows, which may be on the internet": {
      "route-table": main("0.0.0.0/0 to newgw-1"),
      unjudged: ["what newgw-1 is"],
    },
    "a target of a kind that nobody knows, for private addresses": { "route-table": main("10.9.0.0/16 to newgw-1") },
    "a carrier gateway": { "route-table": main("0.0.0.0/0 to cagw-1") },
    "a table known in part, which may be the main one": {
      "route-table": routeTable("rtb-1", { routes: ["0.0.0.0/0 to igw-1"], partial: true }),
      unjudged: ["whether rtb-1 is the main table"],
    },
  },
  invalid: {
    "the default route": [
      { "route-table": main("0.0.0.0/0 to igw-1") },
      { parts: "0.0.0.0/0, rtbassoc-main", remedies: ["delete the route 0.0.0.0/0 to igw-1 of rtb-1"] },
    ],
    IPv6: [{ "route-table": main("::/0 to igw-1") }, "::/0, rtbassoc-main"],
    "boundary: one public address beside private ones": [{ "route-table": main("172.16.0.0/11 to igw-1") }, "172.16.0.0/11, rtbassoc-main"],
    "an evasion: the internet in halves": [
      { "route-table": main("0.0.0.0/1 to igw-1", "128.0.0.0/1 to igw-1") },
      ["0.0.0.0/1, rtbassoc-main", "128.0.0.0/1, rtbassoc-main"],
    ],
    "an evasion: a prefix list": [
      { "route-table": main("pl-1 to igw-1"), network: { "prefix-list": [{ id: "pl-1", cidrs: ["10.0.0.0/8", "8.0.0.0/7"] }] } },
      "pl-1, rtbassoc-main",
    ],
    "a route that led to another internet gateway before: nothing is won by leading it back": [
      { "route-table": routeTable("rtb-1", { main: true, routes: [route("0.0.0.0/0 to igw-1", { previous: "igw-2" })] }) },
      { parts: "0.0.0.0/0, rtbassoc-main", remedies: ["delete the route 0.0.0.0/0 to igw-1 of rtb-1"] },
    ],
    "a route that led to a NAT gateway before": [
      { "route-table": routeTable("rtb-1", { main: true, routes: [route("0.0.0.0/0 to igw-1", { previous: "nat-1" })] }) },
      {
        parts: "0.0.0.0/0, rtbassoc-main",
        remedies: ["delete the route 0.0.0.0/0 to igw-1 of rtb-1", "lead 0.0.0.0/0 of rtb-1 from igw-1 back to nat-1"],
      },
    ],
  },
});
