import * as z from "zod/mini";
import { PUBLIC_ADDRESSES } from "../model/address-set.ts";
import type { NatGatewayFacts, Route, RouteTableFacts, SubnetFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { destinationOf, isMain, type TargetKind, targetKind } from "../model/route.ts";
import { isUnknown, type World } from "../model/world.ts";
import { defineRule, type NoteUnjudged } from "./rule.ts";

const INTERNET = PUBLIC_ADDRESSES.family(4);
// Where a route leads nowhere that a NAT gateway could get out by; anything else may be a firewall that leads on.
const NO_WAY_OUT: ReadonlySet<TargetKind> = new Set(["local", "nat-gateway", "peering", "egress-only-internet-gateway"]);

export const natGatewayReview = defineRule({
  meta: {
    id: "nat-gateway-review",
    title: "NAT gateways are worth their cost, reach the internet and stand where their subnets are",
    resource: "nat-gateway",
    severity: "info",
    finds:
      "Every NAT gateway that has not failed, with what it costs, unless `cost` is false. A public one in a subnet whose route table leads no public IPv4 address to an internet gateway, or to a firewall that may lead on. One of a single zone to which the route tables of subnets in other zones lead, the main table among them. A private gateway needs no way to the internet, and one that spans the zones stands in none.",
    rationale:
      "A NAT gateway is paid for by the hour and by the gigabyte, and once more where traffic crosses zones. When its zone fails, all that leads to it is cut off.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",
    avoid: "one gateway, and a route table for all zones that leads to it",
    prefer:
      "aws ec2 create-nat-gateway --availability-mode regional --vpc-id vpc-...   # or one in each zone, with a route table of its own",
    remedies: [],
    remedy: "none",
    enabled: false,
    calls: [],
  },
  options: () =>
    z.strictObject({
      cost: z._default(
        z.boolean("expected true or false").check(z.describe("Whether every NAT gateway is told with what it costs.")),
        true,
      ),
    }),

  prepare: ({ cost }) => ({ cost }),

  check: async ({ facts }, world, { cost }, unjudged) => {
    if (facts.state === "failed") return [];
    const costs = cost ? [costOf(facts)] : [];
    if (facts.regional === true) return costs;
    if (facts.subnet === undefined) {
      unjudged(`the subnet of ${facts.id}, which no record tells`);
      return costs;
    }
    const subnet = await known(facts.subnet, world);
    if (subnet === undefined) return costs;
    return [...costs, ...(await cutOff(facts, subnet, world, unjudged)), ...(await acrossZones(facts, subnet, world, unjudged))];
  },
});

function costOf({ id, regional }: NatGatewayFacts): RuleFinding {
  const hour = regional === true ? "by the hour in each zone" : "by the hour";
  const message = `${id} costs ${hour}, used or not, and by every gigabyte that passes (in us-east-1 0.045 USD each): lead S3 and DynamoDB to gateway endpoints, which cost nothing, and delete it when nobody needs it`;
  return { parts: [id], message };
}

async function cutOff(gateway: NatGatewayFacts, subnet: SubnetFacts, world: World, unjudged: NoteUnjudged): Promise<RuleFinding[]> {
  if (gateway.connectivity === "private") return [];
  const table = await tableOf(subnet, world, unjudged);
  if (table === undefined) return [];
  const waysOut = await Promise.all(table.routes.map((route) => isWayOut(route, world)));
  if (waysOut.includes(true) || waysOut.includes(undefined)) return [];
  if (table.partial === true) unjudged(`the routes of ${table.id}, of which a part is known`);
  else if (gateway.connectivity === undefined && gateway.partial === true) unjudged(`whether ${gateway.id} is public`);
  else {
    const message = `${gateway.id} is public and gets nowhere: ${table.id}, the route table of ${subnet.id}, leads no public address to an internet gateway`;
    return [{ parts: [subnet.id, table.id], message }];
  }
  return [];
}

/** Whether public addresses get out by the route; undefined where the world does not know its addresses. */
async function isWayOut(route: Route, world: World): Promise<boolean | undefined> {
  const kind = targetKind(route.target);
  if (route.state === "blackhole" || NO_WAY_OUT.has(kind)) return false;
  // The prefix list of a gateway endpoint leads to S3, and no further.
  if (kind === "endpoint" && route.destination.startsWith("pl-")) return false;
  return (await destinationOf(route, world))?.overlaps(INTERNET);
}

async function acrossZones(gateway: NatGatewayFacts, own: SubnetFacts, world: World, unjudged: NoteUnjudged): Promise<RuleFinding[]> {
  const tables = await world.list("route-table", { target: gateway.id });
  const far = new Map<string, SubnetFacts>();
  const leading: string[] = [];
  for (const table of isUnknown(tables) ? [] : tables) {
    const users = (await usersOf(table, world, unjudged)).filter(
      ({ id, zone }) => id !== own.id && (zone === undefined || zone !== own.zone),
    );
    if (users.length > 0) leading.push(table.id);
    for (const subnet of users) far.set(subnet.id, subnet);
  }
  const untold = [own, ...far.values()].find(({ zone }) => zone === undefined);
  if (far.size === 0) return [];
  if (untold !== undefined) {
    unjudged(`the zone of ${untold.id}, which no record tells`);
    return [];
  }
  const places = [...far.values()].map(({ id, zone }) => `${id} in ${zone}`).join(", ");
  const message = `${gateway.id} in ${own.zone} serves ${places}: what crosses zones is paid for by the gigabyte (0.01 USD each way), and the loss of ${own.zone} cuts them off; give each zone a gateway, or make one that spans them`;
  return [{ parts: [...far.keys(), ...leading], message }];
}

/** The subnets that use a route table: those associated with it, and for a main table those of its VPC that have no other. */
async function usersOf(table: RouteTableFacts, world: World, unjudged: NoteUnjudged): Promise<SubnetFacts[]> {
  const named = await Promise.all(table.associations.flatMap(({ subnet }) => (subnet === undefined ? [] : [known(subnet, world)])));
  const users = named.filter((subnet) => subnet !== undefined);
  const main = isMain(table);
  if (main === undefined) unjudged(`whether ${table.id} is the main table of its VPC, which no record tells`);
  if (main !== true || table.vpc === undefined) return users;
  const subnets = await world.list("subnet", { vpc: table.vpc });
  const tables = await world.list("route-table", { vpc: table.vpc });
  if (isUnknown(subnets) || isUnknown(tables)) return users;
  const elsewhere = new Set(tables.flatMap(({ associations }) => associations.map(({ subnet }) => subnet)));
  const rest = subnets.filter(({ id }) => !elsewhere.has(id));
  for (const { id } of rest.filter(({ partial }) => partial === true)) unjudged(`the route table of ${id}, which no record tells`);
  return [...users, ...rest.filter(({ partial }) => partial !== true)];
}

async function tableOf({ id, vpc }: SubnetFacts, world: World, unjudged: NoteUnjudged): Promise<RouteTableFacts | undefined> {
  const own = await world.list("route-table", { subnet: id });
  if (isUnknown(own)) return undefined;
  if (own.length > 0 || vpc === undefined) return own[0];
  const main = await world.list("route-table", { vpc, main: true });
  if (isUnknown(main)) return undefined;
  if (main.length === 0) unjudged(`the route table of ${id}, which no record tells`);
  return main[0];
}

async function known(id: string, world: World): Promise<SubnetFacts | undefined> {
  const subnet = await world.get("subnet", id);
  return subnet === undefined || isUnknown(subnet) || subnet.partial === true ? undefined : subnet;
}
