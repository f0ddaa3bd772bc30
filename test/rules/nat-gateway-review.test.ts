import type { NatGatewayFacts } from "../../lib/model/facts.ts";
import { natGatewayReview } from "../../lib/rules/nat-gateway-review.ts";
import { routeTable, subnet } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const nat = (facts: Partial<NatGatewayFacts> = {}): NatGatewayFacts => ({
  id: "nat-1",
  vpc: "vpc-1",
  subnet: "subnet-1",
  connectivity: "public",
  state: "available",
  ...facts,
});
const here = subnet("subnet-1", { zone: "eu-west-1a" });
const near = subnet("subnet-2", { zone: "eu-west-1a" });
const far = subnet("subnet-3", { zone: "eu-west-1b" });
const farther = subnet("subnet-4", { zone: "eu-west-1c", ipv6Cidrs: ["2001:db8::/64"] });
const out = routeTable("rtb-1", { routes: ["0.0.0.0/0 to igw-1"], subnets: ["subnet-1"] });
const to = (...subnets: string[]) => routeTable("rtb-2", { routes: ["0.0.0.0/0 to nat-1"], subnets });
const around = (...tables: ReturnType<typeof routeTable>[]) => ({ subnet: [here, near, far, farther], "route-table": tables });
const placed = (...routes: string[]) => ({ "nat-gateway": nat(), network: around(routeTable("rtb-1", { routes, subnets: ["subnet-1"] })) });

testResourceRule(natGatewayReview, {
  options: { cost: false },
  valid: {
    "a public gateway in a public subnet": { "nat-gateway": nat(), network: around(out) },
    "a public subnet by the main table": {
      "nat-gateway": nat(),
      network: around(routeTable("rtb-1", { main: true, routes: ["0.0.0.0/0 to igw-1"] })),
    },
    "the internet in halves": placed("0.0.0.0/1 to igw-1"),
    "a lawful look-alike: a firewall before the internet": placed("0.0.0.0/0 to vpce-1"),
    "a lawful look-alike: an appliance before the internet": placed("0.0.0.0/0 to eni-1"),
    "a lawful look-alike: a transit gateway that leads to the internet": placed("0.0.0.0/0 to tgw-1"),
    "a private gateway in a private subnet": { "nat-gateway": nat({ connectivity: "private" }), network: around(to("subnet-2")) },
    "subnets of its own zone": { "nat-gateway": nat(), network: around(out, to("subnet-2")) },
    "a subnet of another zone that uses another gateway": {
      "nat-gateway": nat(),
      network: around(out, to("subnet-2"), routeTable("rtb-3", { routes: ["0.0.0.0/0 to nat-2"], subnets: ["subnet-3"] })),
    },
    "a main table that leads to it, and subnets of other zones that have another": {
      "nat-gateway": nat(),
      network: around(
        out,
        routeTable("rtb-2", { main: true, routes: ["0.0.0.0/0 to nat-1"] }),
        routeTable("rtb-3", { routes: ["0.0.0.0/0 to nat-2"], subnets: ["subnet-3", "subnet-4"] }),
      ),
    },
    "a gateway that spans the zones": {
      "nat-gateway": { id: "nat-1", vpc: "vpc-1", connectivity: "public", regional: true },
      network: around(to("subnet-3")),
    },
    "a gateway that failed costs nothing": { "nat-gateway": nat({ state: "failed" }), options: { cost: true } },
    "a subnet that nobody may read": {
      "nat-gateway": nat(),
      network: { unknown: { "subnet-1": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a subnet known in part": {
      "nat-gateway": nat(),
      network: { subnet: [{ id: "subnet-1", ipv6Cidrs: [], partial: true }] },
      unjudged: ["subnet-1, of which a part is known"],
    },
    "route tables that nobody may read": {
      "nat-gateway": nat(),
      network: { subnet: [here], unknown: { "route-table": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a subnet whose table no record tells": { "nat-gateway": nat(), network: around(), unjudged: ["the route table of subnet-1"] },
    "a table known in part, which may lead out": {
      "nat-gateway": nat(),
      network: around(routeTable("rtb-1", { subnets: ["subnet-1"], partial: true })),
      unjudged: ["the routes of rtb-1"],
    },
    "a prefix list that nobody may read": {
      "nat-gateway": nat(),
      network: {
        ...around(routeTable("rtb-1", { routes: ["pl-1 to igw-1"], subnets: ["subnet-1"] })),
        unknown: { "pl-1": "AccessDenied" },
      },
      unjudged: ["AccessDenied"],
    },
    "a gateway known in part, which may be private": {
      "nat-gateway": { id: "nat-1", subnet: "subnet-1", partial: true },
      network: around(to("subnet-1")),
      unjudged: ["whether nat-1 is public"],
    },
    "a gateway of which nothing is known": { "nat-gateway": { id: "nat-1", partial: true }, unjudged: ["the subnet of nat-1"] },
    "a table known in part that leads to it, which may be the main one": {
      "nat-gateway": nat(),
      network: around(out, { ...to("subnet-2"), partial: true }),
      unjudged: ["whether rtb-2 is the main table"],
    },
    "a main table, and a subnet of which a part is known": {
      "nat-gateway": nat(),
      network: {
        subnet: [here, { id: "subnet-9", vpc: "vpc-1", ipv6Cidrs: [], zone: "eu-west-1b", partial: true }],
        "route-table": [out, routeTable("rtb-2", { main: true, routes: ["0.0.0.0/0 to nat-1"] })],
      },
      unjudged: ["the route table of subnet-9"],
    },
    "a gateway in nobody knows which zone": {
      "nat-gateway": nat({ connectivity: "private" }),
      network: {
        subnet: [
          { id: "subnet-1", vpc: "vpc-1", ipv6Cidrs: [] },
          { id: "subnet-9", vpc: "vpc-1", ipv6Cidrs: [] },
        ],
        "route-table": [to("subnet-9")],
      },
      unjudged: ["the zone of subnet-1"],
    },
    "a subnet in nobody knows which zone": {
      "nat-gateway": nat(),
      network: { subnet: [here, { id: "subnet-9", vpc: "vpc-1", ipv6Cidrs: [] }], "route-table": [out, to("subnet-9")] },
      unjudged: ["the zone of subnet-9"],
    },
  },
  invalid: {
    "what every gateway costs": [
      { "nat-gateway": nat(), network: around(out), options: {} },
      { parts: "nat-1", remedies: [], says: "costs by the hour, used or not, and by every gigabyte" },
    ],
    "what a gateway that spans the zones costs": [
      { "nat-gateway": { id: "nat-1", regional: true }, options: {} },
      { parts: "nat-1", says: "by the hour in each zone" },
    ],
    "a public gateway behind only the local route": [placed(), { parts: "subnet-1, rtb-1", says: "is public and gets nowhere" }],
    "boundary: a route to private addresses": [placed("192.168.0.0/16 to igw-1"), "subnet-1, rtb-1"],
    "boundary: a route to IPv6 alone": [placed("::/0 to igw-1"), "subnet-1, rtb-1"],
    "egress only by IPv6": [placed("::/0 to eigw-1"), "subnet-1, rtb-1"],
    "a gateway that leads to itself": [placed("0.0.0.0/0 to nat-1"), "subnet-1, rtb-1"],
    "a look-alike: a gateway endpoint for S3": [placed("pl-1 to vpce-1"), "subnet-1, rtb-1"],
    "an internet gateway that is gone": [
      {
        "nat-gateway": nat(),
        network: around(
          routeTable("rtb-1", {
            routes: [{ destination: "0.0.0.0/0", target: "igw-1", state: "blackhole", origin: "created" }],
            subnets: ["subnet-1"],
          }),
        ),
      },
      "subnet-1, rtb-1",
    ],
    "a private subnet by the main table": [
      { "nat-gateway": nat(), network: around(routeTable("rtb-1", { main: true })) },
      "subnet-1, rtb-1",
    ],
    "subnets of other zones, IPv6 among them": [
      { "nat-gateway": nat(), network: around(out, to("subnet-2", "subnet-3", "subnet-4")) },
      {
        parts: "subnet-3, subnet-4, rtb-2",
        says: "nat-1 in eu-west-1a serves subnet-3 in eu-west-1b, subnet-4 in eu-west-1c: what crosses zones",
      },
    ],
    "one table of another zone beside one of its own": [
      { "nat-gateway": nat(), network: around(out, to("subnet-2"), { ...to("subnet-3"), id: "rtb-3" }) },
      "subnet-3, rtb-3",
    ],
    "a private gateway for subnets of other zones": [
      { "nat-gateway": nat({ connectivity: "private" }), network: around(to("subnet-3")) },
      "subnet-3, rtb-2",
    ],
    "an evasion: IPv6 translated for a subnet of another zone": [
      {
        "nat-gateway": nat(),
        network: around(out, routeTable("rtb-2", { routes: ["64:ff9b::/96 to nat-1"], subnets: ["subnet-4"] })),
      },
      "subnet-4, rtb-2",
    ],
    "an evasion: the main table, which subnets of other zones fall back on": [
      { "nat-gateway": nat(), network: around(out, routeTable("rtb-2", { main: true, routes: ["0.0.0.0/0 to nat-1"] })) },
      "subnet-3, subnet-4, rtb-2",
    ],
  },
});
