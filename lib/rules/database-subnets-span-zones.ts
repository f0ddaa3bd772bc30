import * as z from "zod/mini";
import { PUBLIC_ADDRESSES } from "../model/address-set.ts";
import type { DbSubnetGroupFacts, RouteTableFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { destinationOf, formatRoute, targetKind } from "../model/route.ts";
import { isUnknown, type World } from "../model/world.ts";
import { defineRule, type NoteUnjudged } from "./rule.ts";

const EXPECTED_ZONES = "expected a number of zones from 1";

export const databaseSubnetsSpanZones = defineRule({
  meta: {
    id: "database-subnets-span-zones",
    title: "DB subnet groups span availability zones and hold no public subnet",
    resource: "db-subnet-group",
    severity: "medium",
    finds:
      "DB subnet groups whose subnets are in fewer than `zones` availability zones, and their public subnets: those whose route table, or else the main table of the VPC, leads public addresses of either family to an internet gateway, by whatever routes. A gateway for egress only and a NAT gateway make no subnet public.",
    rationale:
      "A database in one zone goes down with it, and has nowhere to fail over to. In a public subnet, one setting of the database is all that keeps it off the internet.",
    source: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
    controls: ["Security Hub RDS.46"],
    avoid: "aws rds create-db-subnet-group --subnet-ids <two subnets of eu-west-1a, or public ones>",
    prefer: "aws rds create-db-subnet-group --subnet-ids <private subnets of eu-west-1a, eu-west-1b and eu-west-1c>",
    remedies: [],
    remedy: "none",
    enabled: false,
    calls: ["CreateRoute", "ReplaceRoute", "AssociateRouteTable", "ReplaceRouteTableAssociation", "DisassociateRouteTable"],
  },
  options: () =>
    z.strictObject({
      zones: z._default(
        z.int(EXPECTED_ZONES).check(z.gte(1, EXPECTED_ZONES), z.describe("How many availability zones the subnets of a group must span.")),
        2,
      ),
    }),

  prepare: ({ zones }) => zones,

  check: async ({ facts }, world, wanted, unjudged) => {
    const judged = await Promise.all(facts.subnets.map((subnet) => judgeSubnet(subnet, facts, world, unjudged)));
    return [...judgeZones(facts, wanted, unjudged), ...judged.flat()];
  },
});

function judgeZones({ id, zones, partial }: DbSubnetGroupFacts, wanted: number, unjudged: NoteUnjudged): RuleFinding[] {
  const spanned = [...new Set(zones)].sort();
  if (spanned.length >= wanted) return [];
  if (partial === true) {
    unjudged(`the availability zones of all subnets of ${id}`);
    return [];
  }
  const where = spanned.length === 0 ? "no known availability zone" : spanned.join(", ");
  return [
    {
      parts: ["zones", ...spanned],
      message: `the subnets of ${id} are in ${where} only: add subnets so that they span ${wanted} availability zones`,
    },
  ];
}

async function judgeSubnet(
  subnet: string,
  { id, vpc }: DbSubnetGroupFacts,
  world: World,
  unjudged: NoteUnjudged,
): Promise<readonly RuleFinding[]> {
  const tables = await tablesOf(subnet, vpc, world, unjudged);
  for (const table of tables) {
    const open = await publicRoute(table, world);
    if (open !== undefined) {
      return [
        {
          parts: [subnet, table.id],
          message: `${subnet} of ${id} is public, since ${table.id} leads ${open}: give the databases private subnets, or take the route away`,
        },
      ];
    }
    if (table.partial === true) unjudged(`the routes of ${table.id}, of which a part is known`);
  }
  return [];
}

// The table that the subnet is associated with, or else that on which its VPC falls back.
async function tablesOf(
  subnet: string,
  ofGroup: string | undefined,
  world: World,
  unjudged: NoteUnjudged,
): Promise<readonly RouteTableFacts[]> {
  const vpc = ofGroup ?? (await vpcOf(subnet, world));
  if (vpc === undefined) {
    unjudged(`the VPC of ${subnet}`);
    return [];
  }
  const own = await world.list("route-table", { vpc, subnet });
  if (isUnknown(own)) return [];
  if (own.length > 0) return own;
  const main = await world.list("route-table", { vpc, main: true });
  if (isUnknown(main)) return [];
  if (main.length === 0) unjudged(`the main route table of ${vpc}, which ${subnet} uses`);
  return main;
}

async function vpcOf(id: string, world: World): Promise<string | undefined> {
  const subnet = await world.get("subnet", id);
  return subnet === undefined || isUnknown(subnet) ? undefined : subnet.vpc;
}

async function publicRoute({ routes }: RouteTableFacts, world: World): Promise<string | undefined> {
  for (const route of routes) {
    if (targetKind(route.target) !== "internet-gateway") continue;
    const addresses = await destinationOf(route, world);
    if (addresses?.overlaps(PUBLIC_ADDRESSES)) return formatRoute(route);
  }
  return undefined;
}
