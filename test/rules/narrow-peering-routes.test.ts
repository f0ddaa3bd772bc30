import { narrowPeeringRoutes } from "../../lib/rules/narrow-peering-routes.ts";
import { peering, route, routeTable } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const table = (...routes: Parameters<typeof route>[0][]) => routeTable("rtb-1", { routes });
const side = (vpc: string, ...cidrs: string[]) => ({ vpc, account: "111122223333", region: "eu-central-1", cidrs });
const network = { peering: [peering("pcx-1", { accepter: side("vpc-2", "10.2.0.0/16", "10.3.0.0/16", "2001:db8:2::/56") })] };
const options = { transit_gateway: ["sites", "10.64.0.0/12"] };

testResourceRule(narrowPeeringRoutes, {
  networks: { sites: ["10.32.0.0/12", "2001:db8:9::/48"] },
  valid: {
    "exactly the other side": { "route-table": table("10.2.0.0/16 to pcx-1"), network },
    "a subnet of the other side": { "route-table": table("10.2.7.0/24 to pcx-1"), network },
    "the other side's IPv6": { "route-table": table("2001:db8:2::/56 to pcx-1"), network },
    "boundary: two CIDRs of the other side in one route": { "route-table": table("10.2.0.0/15 to pcx-1"), network },
    "seen from the accepter": {
      "route-table": routeTable("rtb-1", { vpc: "vpc-2", routes: ["10.0.0.0/16 to pcx-1"] }),
      network,
    },
    "a prefix list within the other side": {
      "route-table": table("pl-1 to pcx-1"),
      network: { ...network, "prefix-list": [{ id: "pl-1", cidrs: ["10.2.1.0/24", "10.3.0.0/17"] }] },
    },
    "a lawful look-alike: a wide route to another kind of target": {
      "route-table": table("0.0.0.0/0 to nat-1", "10.0.0.0/8 to vgw-1"),
      network,
    },
    "a transit gateway, of which the policy says nothing": { "route-table": table("0.0.0.0/0 to tgw-1") },
    "a transit gateway, within the networks behind it": {
      "route-table": table("10.32.0.0/12 to tgw-1", "10.64.0.0/16 to tgw-1", "2001:db8:9:1::/64 to tgw-1"),
      options,
    },
    "a peering that is gone": { "route-table": table("10.0.0.0/8 to pcx-1") },
    "a blackhole, whose connection tells nothing any more": {
      "route-table": routeTable("rtb-1", { routes: [route("10.0.0.0/8 to pcx-1", { state: "blackhole" })] }),
      network: { peering: [peering("pcx-1", { status: "deleted", accepter: side("vpc-2") })] },
    },
    "a table with no route of that kind": { "route-table": table(), network: { unknown: { "pcx-1": "AccessDenied" } } },
    "the other side is of an account whose CIDRs nobody may read": {
      "route-table": table("10.0.0.0/8 to pcx-1"),
      network: { peering: [peering("pcx-1", { accepter: { vpc: "vpc-9", account: "444455556666", cidrs: [] } })] },
      unjudged: ["the CIDRs of vpc-9 of account 444455556666"],
    },
    "a peering that nobody may read": {
      "route-table": table("10.0.0.0/8 to pcx-1"),
      network: { unknown: { "pcx-1": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a peering known in part": {
      "route-table": table("10.0.0.0/8 to pcx-1"),
      network: { peering: [peering("pcx-1", { partial: true })] },
      unjudged: ["the sides of pcx-1"],
    },
    "a table whose VPC nobody told": {
      "route-table": { id: "rtb-1", routes: [route("10.0.0.0/8 to pcx-1")], associations: [], propagating: [], partial: true },
      network,
      unjudged: ["which side of pcx-1"],
    },
    "a peering of two other VPCs": {
      "route-table": routeTable("rtb-1", { vpc: "vpc-5", routes: ["10.0.0.0/8 to pcx-1"] }),
      network,
      unjudged: ["which side of pcx-1"],
    },
    "a prefix list that nobody may read": {
      "route-table": table("pl-1 to pcx-1"),
      network: { ...network, unknown: { "pl-1": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
  },
  invalid: {
    "all private addresses": [
      { "route-table": table("10.0.0.0/8 to pcx-1"), network },
      { parts: "10.0.0.0/8, pcx-1", remedies: [], says: "is billed per GB in both directions" },
    ],
    "boundary: one bit too wide": [{ "route-table": table("10.2.0.0/14 to pcx-1"), network }, "10.2.0.0/14, pcx-1"],
    "beside the other side": [{ "route-table": table("10.4.0.0/24 to pcx-1"), network }, "10.4.0.0/24, pcx-1"],
    "all of IPv6": [{ "route-table": table("::/0 to pcx-1"), network }, "::/0, pcx-1"],
    "IPv6, where the other side has none": [
      { "route-table": table("2001:db8:2::/56 to pcx-1"), network: { peering: [peering("pcx-1")] } },
      "2001:db8:2::/56, pcx-1",
    ],
    "IPv4 addresses mapped into IPv6": [{ "route-table": table("::ffff:0:0/96 to pcx-1"), network }, "::ffff:0:0/96, pcx-1"],
    "its own side's CIDRs do not count": [
      { "route-table": routeTable("rtb-1", { vpc: "vpc-2", routes: ["10.2.0.0/24 to pcx-1"] }), network },
      "10.2.0.0/24, pcx-1",
    ],
    "an evasion: a prefix list": [
      {
        "route-table": table("pl-1 to pcx-1"),
        network: { ...network, "prefix-list": [{ id: "pl-1", cidrs: ["10.2.0.0/16", "0.0.0.0/0"] }] },
      },
      "pl-1, pcx-1",
    ],
    "an evasion: halves": [
      { "route-table": table("0.0.0.0/1 to pcx-1", "128.0.0.0/1 to pcx-1"), network },
      ["0.0.0.0/1, pcx-1", "128.0.0.0/1, pcx-1"],
    ],
    "from region to region": [
      {
        "route-table": table("10.0.0.0/8 to pcx-1"),
        network: { peering: [peering("pcx-1", { accepter: { ...side("vpc-2", "10.2.0.0/16"), region: "us-east-1" } })] },
      },
      { parts: "10.0.0.0/8, pcx-1", says: "This one crosses regions." },
    ],
    "a transit gateway, past the networks behind it": [
      { "route-table": table("10.0.0.0/8 to tgw-1"), options },
      { parts: "10.0.0.0/8, tgw-1", says: "(sites, 10.64.0.0/12)" },
    ],
    "a transit gateway, over IPv6": [{ "route-table": table("::/0 to tgw-1"), options }, "::/0, tgw-1"],
  },
});
