import { noBlackholeRoute } from "../../lib/rules/no-blackhole-route.ts";
import { peering, route, routeTable } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const table = (...routes: Parameters<typeof route>[0][]) => routeTable("rtb-1", { routes });
const black = (text: string, facts: Parameters<typeof route>[1] = {}) =>
  routeTable("rtb-1", { routes: [route(text, { state: "blackhole", ...facts })] });
const igw = (vpc?: string) => ({ "internet-gateway": [{ id: "igw-1", ...(vpc !== undefined && { vpc }) }] });

testResourceRule(noBlackholeRoute, {
  valid: {
    "only the local route": { "route-table": table() },
    "a peering that is active": { "route-table": table("10.2.0.0/16 to pcx-1"), network: { peering: [peering("pcx-1")] } },
    "a lawful look-alike: a peering that may still be accepted": {
      "route-table": table("10.2.0.0/16 to pcx-1"),
      network: { peering: [peering("pcx-1", { status: "pending-acceptance" })] },
    },
    "an internet gateway attached to the table's VPC": { "route-table": table("0.0.0.0/0 to igw-1"), network: igw("vpc-1") },
    "an egress-only gateway": {
      "route-table": table("::/0 to eigw-1"),
      network: { "internet-gateway": [{ id: "eigw-1", vpc: "vpc-1", egressOnly: true }] },
    },
    "a NAT gateway": {
      "route-table": table("0.0.0.0/0 to nat-1"),
      network: { "nat-gateway": [{ id: "nat-1", vpc: "vpc-1", state: "available" }] },
    },
    "a NAT gateway that is being made": {
      "route-table": table("0.0.0.0/0 to nat-1"),
      network: { "nat-gateway": [{ id: "nat-1", vpc: "vpc-1", state: "pending" }] },
    },
    "an endpoint and an interface": {
      "route-table": table("0.0.0.0/0 to vpce-1", "10.9.0.0/16 to eni-1"),
      network: {
        endpoint: [{ id: "vpce-1", routeTables: [], subnets: [] }],
        "network-interface": [{ id: "eni-1", groups: [], addresses: [] }],
      },
    },
    "targets that no world looks up": {
      "route-table": table("10.9.0.0/16 to tgw-1", "10.8.0.0/16 to vgw-1", "10.7.0.0/16 to cagw-1", "10.6.0.0/16 to newgw-1"),
    },
    "IPv4 addresses mapped into IPv6": { "route-table": table("::ffff:0:0/96 to igw-1"), network: igw("vpc-1") },
    "a peering that nobody may read": {
      "route-table": table("10.2.0.0/16 to pcx-1"),
      network: { unknown: { "pcx-1": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "an internet gateway known in part, whose attachment nobody told": {
      "route-table": table("0.0.0.0/0 to igw-1"),
      network: { "internet-gateway": [{ id: "igw-1", partial: true }] },
      unjudged: ["the attachment of igw-1"],
    },
    "a table whose VPC nobody told": {
      "route-table": { id: "rtb-1", routes: [route("0.0.0.0/0 to igw-1")], associations: [], propagating: [], partial: true },
      network: igw("vpc-1"),
      unjudged: ["the VPC of rtb-1"],
    },
  },
  invalid: {
    "a blackhole": [
      { "route-table": black("10.2.0.0/16 to tgw-1") },
      { parts: "10.2.0.0/16, tgw-1", remedies: ["delete the route 10.2.0.0/16 to tgw-1 of rtb-1"], says: "blackhole" },
    ],
    "a blackhole of IPv6, to a target of a kind that nobody knows": [
      { "route-table": black("2001:db8:2::/48 to newgw-1") },
      "2001:db8:2::/48, newgw-1",
    ],
    "a blackhole whose target nobody may read": [
      { "route-table": black("10.2.0.0/16 to pcx-1"), network: { unknown: { "pcx-1": "AccessDenied" } } },
      "10.2.0.0/16, pcx-1",
    ],
    "a propagated blackhole is told only": [
      { "route-table": black("10.2.0.0/16 to vgw-1", { origin: "propagated" }) },
      { parts: "10.2.0.0/16, vgw-1", remedies: [] },
    ],
    "the route of a gateway endpoint, which goes with the endpoint only": [
      { "route-table": black("pl-1 to vpce-1") },
      { parts: "pl-1, vpce-1", remedies: [] },
    ],
    "a local route that was led to an interface, and cannot be deleted": [
      { "route-table": black("10.0.0.0/16 to eni-1", { origin: "table" }) },
      { parts: "10.0.0.0/16, eni-1", remedies: [] },
    ],
    "targets that are gone, whatever the route's state says": [
      {
        "route-table": table(
          "10.2.0.0/16 to pcx-1",
          "0.0.0.0/0 to nat-1",
          "10.3.0.0/16 to igw-1",
          "::/0 to eigw-1",
          "10.4.0.0/16 to vpce-1",
          "10.5.0.0/16 to eni-1",
        ),
      },
      [
        "10.2.0.0/16, pcx-1",
        "0.0.0.0/0, nat-1",
        "10.3.0.0/16, igw-1",
        "::/0, eigw-1",
        "10.4.0.0/16, vpce-1",
        { parts: "10.5.0.0/16, eni-1", says: "eni-1 does not exist" },
      ],
    ],
    "a peering that was deleted": [
      { "route-table": table("10.2.0.0/16 to pcx-1"), network: { peering: [peering("pcx-1", { status: "deleted" })] } },
      { parts: "10.2.0.0/16, pcx-1", says: "pcx-1 is deleted" },
    ],
    "a peering that was rejected": [
      { "route-table": table("10.2.0.0/16 to pcx-1"), network: { peering: [peering("pcx-1", { status: "rejected" })] } },
      "10.2.0.0/16, pcx-1",
    ],
    "a peering that expired": [
      { "route-table": table("10.2.0.0/16 to pcx-1"), network: { peering: [peering("pcx-1", { status: "expired" })] } },
      "10.2.0.0/16, pcx-1",
    ],
    "a NAT gateway that has failed": [
      {
        "route-table": table("0.0.0.0/0 to nat-1"),
        network: { "nat-gateway": [{ id: "nat-1", state: "failed" }] },
      },
      "0.0.0.0/0, nat-1",
    ],
    "an internet gateway attached to nothing": [
      { "route-table": table("0.0.0.0/0 to igw-1"), network: igw() },
      { parts: "0.0.0.0/0, igw-1", says: "attached to no VPC" },
    ],
    "an evasion: an internet gateway that exists, and serves another VPC": [
      { "route-table": table("0.0.0.0/0 to igw-1"), network: igw("vpc-2") },
      { parts: "0.0.0.0/0, igw-1", says: "attached to vpc-2 and not to vpc-1" },
    ],
  },
});
