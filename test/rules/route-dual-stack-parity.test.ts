import { routeDualStackParity } from "../../lib/rules/route-dual-stack-parity.ts";
import { type route, routeTable, subnet } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const dual = subnet("subnet-1", { ipv6Cidrs: ["2001:db8:0:1::/64"] });
const table = (...routes: Parameters<typeof route>[0][]) => routeTable("rtb-1", { routes, subnets: ["subnet-1"] });
const network = { subnet: [dual] };
const found = (...destinations: string[]) => [...destinations, "rtbassoc-subnet-1", "subnet-1"].join(", ");

testResourceRule(routeDualStackParity, {
  valid: {
    "no default route at all": { "route-table": table(), network },
    "an internet gateway for both": { "route-table": table("0.0.0.0/0 to igw-1", "::/0 to igw-1"), network },
    "a NAT gateway and an egress-only gateway": { "route-table": table("0.0.0.0/0 to nat-1", "::/0 to eigw-1"), network },
    "a NAT machine and an egress-only gateway": { "route-table": table("0.0.0.0/0 to eni-1", "::/0 to eigw-1"), network },
    "two transit gateways": { "route-table": table("0.0.0.0/0 to tgw-1", "::/0 to tgw-2"), network },
    "a default in halves beside a whole one": {
      "route-table": table("0.0.0.0/1 to igw-1", "128.0.0.0/1 to igw-1", "::/0 to igw-1"),
      network,
    },
    "all that is allocated of IPv6": { "route-table": table("0.0.0.0/0 to igw-1", "2000::/3 to igw-1"), network },
    "narrower routes elsewhere": {
      "route-table": table("0.0.0.0/0 to nat-1", "::/0 to eigw-1", "10.9.0.0/16 to pcx-1", "8.8.8.0/24 to igw-1"),
      network,
    },
    "boundary: nearly all of IPv4 is no default": { "route-table": table("0.0.0.0/1 to igw-1", "128.0.0.0/2 to igw-1"), network },
    "one prefix list for both": {
      "route-table": table("pl-1 to igw-1"),
      network: { ...network, "prefix-list": [{ id: "pl-1", cidrs: ["0.0.0.0/0", "::/0"] }] },
    },
    "a lawful look-alike: subnets of IPv4 only": { "route-table": table("0.0.0.0/0 to nat-1"), network: { subnet: [subnet("subnet-1")] } },
    "subnets of IPv6 only": {
      "route-table": table("::/0 to eigw-1"),
      network: { subnet: [{ id: "subnet-1", vpc: "vpc-1", ipv6Cidrs: ["2001:db8:0:1::/64"] }] },
    },
    "unique local IPv6, which reaches no internet": {
      "route-table": table("0.0.0.0/0 to nat-1"),
      network: { subnet: [subnet("subnet-1", { ipv6Cidrs: ["fd00:ec2:0:1::/64"] })] },
    },
    "a table that nothing is associated with": { "route-table": routeTable("rtb-1", { routes: ["0.0.0.0/0 to igw-1"] }), network },
    "a table known in part, whose other default nobody told": {
      "route-table": routeTable("rtb-1", { routes: ["0.0.0.0/0 to igw-1"], subnets: ["subnet-1"], partial: true }),
      network,
      unjudged: ["every route of rtb-1"],
    },
    "a prefix list that nobody may read, which may be the other default": {
      "route-table": table("0.0.0.0/0 to igw-1", "pl-1 to igw-1"),
      network: { ...network, unknown: { "pl-1": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a subnet known in part, which may have IPv6": {
      "route-table": table("0.0.0.0/0 to igw-1"),
      network: { subnet: [subnet("subnet-1", { partial: true })] },
      unjudged: ["subnet-1, of which a part is known"],
    },
    "a subnet that nobody may read": {
      "route-table": table("0.0.0.0/0 to igw-1"),
      network: { unknown: { "subnet-1": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
  },
  invalid: {
    "IPv4 only": [
      { "route-table": table("0.0.0.0/0 to igw-1"), network },
      { parts: found("0.0.0.0/0"), says: "0.0.0.0/0 to igw-1 over IPv4 and by no route over IPv6", remedies: [] },
    ],
    "IPv6 only": [{ "route-table": table("::/0 to igw-1"), network }, found("::/0")],
    "NAT for IPv4, and everybody in over IPv6": [
      { "route-table": table("0.0.0.0/0 to nat-1", "::/0 to igw-1"), network },
      found("0.0.0.0/0", "::/0"),
    ],
    "an internet gateway for IPv4, and out only over IPv6": [
      { "route-table": table("0.0.0.0/0 to igw-1", "::/0 to eigw-1"), network },
      found("0.0.0.0/0", "::/0"),
    ],
    "inspection by a transit gateway that IPv6 passes by": [
      { "route-table": table("0.0.0.0/0 to tgw-1", "::/0 to eigw-1"), network },
      found("0.0.0.0/0", "::/0"),
    ],
    "NAT64 is no default route": [{ "route-table": table("0.0.0.0/0 to nat-1", "64:ff9b::/96 to nat-1"), network }, found("0.0.0.0/0")],
    "mapped IPv4 is no default route of IPv6": [
      { "route-table": table("0.0.0.0/0 to nat-1", "::ffff:0:0/96 to nat-1"), network },
      found("0.0.0.0/0"),
    ],
    "an evasion: halves that win over the whole": [
      { "route-table": table("0.0.0.0/0 to nat-1", "0.0.0.0/1 to igw-1", "128.0.0.0/1 to igw-1", "::/0 to eigw-1"), network },
      found("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0"),
    ],
    "halves by different ways": [
      { "route-table": table("0.0.0.0/1 to igw-1", "128.0.0.0/1 to nat-1", "::/0 to igw-1"), network },
      found("0.0.0.0/1", "128.0.0.0/1", "::/0"),
    ],
    "a target of a kind that nobody knows": [
      { "route-table": table("0.0.0.0/0 to newgw-1", "::/0 to igw-1"), network },
      found("0.0.0.0/0", "::/0"),
    ],
    "a carrier gateway": [{ "route-table": table("0.0.0.0/0 to cagw-1"), network }, found("0.0.0.0/0")],
    "a gateway endpoint, whose list nobody needs to read": [
      {
        "route-table": table("0.0.0.0/0 to nat-1", "pl-1 to vpce-1"),
        network: { ...network, unknown: { "pl-1": "AccessDenied" } },
      },
      found("0.0.0.0/0"),
    ],
    "the main table": [
      { "route-table": routeTable("rtb-1", { main: true, routes: ["0.0.0.0/0 to igw-1"] }), network },
      "0.0.0.0/0, rtbassoc-main, subnet-1",
    ],
    "a table known in part, by the two routes that are told": [
      {
        "route-table": routeTable("rtb-1", { routes: ["0.0.0.0/0 to nat-1", "::/0 to igw-1"], subnets: ["subnet-1"], partial: true }),
        network,
      },
      found("0.0.0.0/0", "::/0"),
    ],
  },
});
