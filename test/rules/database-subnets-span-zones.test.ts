import type { DbSubnetGroupFacts } from "../../lib/model/facts.ts";
import { databaseSubnetsSpanZones } from "../../lib/rules/database-subnets-span-zones.ts";
import { routeTable, subnet } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const group = (facts: Partial<DbSubnetGroupFacts> = {}) => ({
  "db-subnet-group": { id: "databases", vpc: "vpc-1", subnets: ["subnet-1", "subnet-2"], zones: ["eu-west-1a", "eu-west-1b"], ...facts },
});
const PRIVATE = routeTable("rtb-main", { main: true, routes: ["0.0.0.0/0 to nat-1"] });
const tables = (...own: ReturnType<typeof routeTable>[]) => ({ network: { "route-table": [...own, PRIVATE] } });
const open = (...routes: string[]) => tables(routeTable("rtb-1", { subnets: ["subnet-2"], routes }));

testResourceRule(databaseSubnetsSpanZones, {
  valid: {
    "two zones and the main table, which is private": { ...group(), ...tables() },
    "boundary: as many zones as the policy asks for": {
      ...group({ zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }),
      ...tables(),
      options: { zones: 3 },
    },
    "one zone, where that is enough": { ...group({ zones: ["eu-west-1a", "eu-west-1a"] }), ...tables(), options: { zones: 1 } },
    "private tables of their own, where the main one is public": {
      ...group(),
      network: {
        "route-table": [
          routeTable("rtb-1", { subnets: ["subnet-1", "subnet-2"] }),
          routeTable("rtb-main", { main: true, routes: ["0.0.0.0/0 to igw-1"] }),
        ],
      },
    },
    "a public table of another subnet": {
      ...group(),
      ...tables(routeTable("rtb-1", { subnets: ["subnet-3"], routes: ["0.0.0.0/0 to igw-1"] })),
    },
    "a main table of another VPC that is public": {
      ...group(),
      ...tables(routeTable("rtb-1", { vpc: "vpc-2", main: true, routes: ["0.0.0.0/0 to igw-1"] })),
    },
    "IPv6, egress only": { ...group(), ...open("::/0 to eigw-1") },
    "a lawful look-alike: private addresses to an internet gateway": { ...group(), ...open("192.168.0.0/16 to igw-1") },
    "IPv4 addresses mapped into IPv6, which no packet has": { ...group(), ...open("::ffff:0:0/96 to igw-1") },
    "a group known in part, whose zones nobody told": {
      ...group({ zones: [], partial: true }),
      ...tables(),
      unjudged: ["the availability zones of all subnets of databases"],
    },
    "tables that nobody may read": { ...group(), network: { unknown: { "route-table": "AccessDenied" } }, unjudged: ["AccessDenied"] },
    "a VPC without a main table, as far as is known": { ...group({ subnets: ["subnet-1"] }), unjudged: ["the main route table of vpc-1"] },
    "a table known in part": {
      ...group(),
      ...tables(routeTable("rtb-1", { subnets: ["subnet-2"], partial: true })),
      unjudged: ["the routes of rtb-1"],
    },
    "a prefix list that nobody may read": {
      ...group(),
      network: {
        "route-table": [routeTable("rtb-main", { main: true, routes: ["pl-1 to igw-1"] })],
        unknown: { "pl-1": "AccessDenied" },
      },
      unjudged: ["AccessDenied"],
    },
    "a group and subnets whose VPC nobody told": {
      "db-subnet-group": { id: "databases", subnets: ["subnet-1"], zones: ["a", "b"] },
      ...tables(),
      unjudged: ["the VPC of subnet-1"],
    },
    "a group without subnets, in zones all the same": { ...group({ subnets: [] }) },
  },
  invalid: {
    "one zone": [
      { ...group({ zones: ["eu-west-1a"] }), ...tables() },
      { parts: "zones, eu-west-1a", remedies: [], says: "in eu-west-1a only: add subnets so that they span 2" },
    ],
    "an evasion: two subnets of one zone": [{ ...group({ zones: ["eu-west-1a", "eu-west-1a"] }), ...tables() }, "zones, eu-west-1a"],
    "boundary: one zone fewer than the policy asks for": [
      { ...group(), ...tables(), options: { zones: 3 } },
      "zones, eu-west-1a, eu-west-1b",
    ],
    "no zone at all": [{ ...group({ subnets: [], zones: [] }) }, { parts: "zones", says: "no known availability zone" }],
    "a public subnet": [
      { ...group(), ...open("0.0.0.0/0 to igw-1") },
      { parts: "subnet-2, rtb-1", remedies: [], says: "subnet-2 of databases is public, since rtb-1 leads 0.0.0.0/0 to igw-1" },
    ],
    "public by IPv6 alone": [{ ...group(), ...open("0.0.0.0/0 to nat-1", "::/0 to igw-1") }, "subnet-2, rtb-1"],
    "an evasion: half of the internet": [{ ...group(), ...open("128.0.0.0/1 to igw-1") }, "subnet-2, rtb-1"],
    "an evasion: a prefix list": [
      {
        ...group(),
        network: {
          "route-table": [routeTable("rtb-main", { main: true, routes: ["pl-1 to igw-1"] })],
          "prefix-list": [{ id: "pl-1", cidrs: ["10.0.0.0/8", "8.0.0.0/7"] }],
        },
      },
      ["subnet-1, rtb-main", "subnet-2, rtb-main"],
    ],
    "by the main table": [
      { ...group(), network: { "route-table": [routeTable("rtb-main", { main: true, routes: ["0.0.0.0/0 to igw-1"] })] } },
      ["subnet-1, rtb-main", "subnet-2, rtb-main"],
    ],
    "a public route in a table known in part": [
      { ...group(), ...tables(routeTable("rtb-1", { subnets: ["subnet-2"], routes: ["0.0.0.0/0 to igw-1"], partial: true })) },
      "subnet-2, rtb-1",
    ],
    "a group known in part, which holds a public subnet": [
      {
        ...group({ partial: true, zones: [] }),
        ...open("0.0.0.0/0 to igw-1"),
        unjudged: ["the availability zones of all subnets of databases"],
      },
      "subnet-2, rtb-1",
    ],
    "a group whose VPC only its subnets tell": [
      {
        "db-subnet-group": { id: "databases", subnets: ["subnet-2"], zones: ["a"] },
        network: {
          subnet: [subnet("subnet-2")],
          "route-table": [routeTable("rtb-1", { subnets: ["subnet-2"], routes: ["0.0.0.0/0 to igw-1"] })],
        },
      },
      ["zones, a", "subnet-2, rtb-1"],
    ],
  },
});
