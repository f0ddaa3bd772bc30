import * as z from "zod/mini";
import { AddressSet, PUBLIC_ADDRESSES } from "../model/address-set.ts";
import type { Route, RouteTableFacts, SubnetFacts, VpcFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { destinationOf, formatRoute, type TargetKind, targetKind } from "../model/route.ts";
import { isUnknown, type World } from "../model/world.ts";
import { defineRule, type NoteUnjudged } from "./rule.ts";
import { hasGlobalIpv6 } from "./terms/internet.ts";
import { nameFew } from "./terms/name-few.ts";
import { PrivateSubnets, privateSubnets } from "./terms/private-subnets.ts";
import { isOfGatewayEndpoint, routeRemedies } from "./terms/route-findings.ts";
import { isAmong, type SubnetTest, useBy } from "./terms/subnet-use.ts";

const PUBLIC_V6 = PUBLIC_ADDRESSES.family(6);
// Other networks have global IPv6 addresses too, in blocks smaller than this. A route table holds too few routes to cover the
// internet with smaller ones.
const WIDEST_NETWORK = AddressSet.of("2000::/16").size().v6;
/** Targets that lead to other networks, and to the internet only if the destination says so. */
const TO_NETWORKS: ReadonlySet<TargetKind> = new Set<TargetKind>([
  "peering",
  "transit-gateway",
  "vpn-gateway",
  "local-gateway",
  "core-network",
  "endpoint",
]);

export const ipv6EgressOnly = defineRule({
  meta: {
    id: "ipv6-egress-only",
    title: "Private subnets send IPv6 to the internet through egress-only gateways alone",
    resource: ["route-table", "vpc"],
    severity: "medium",
    finds:
      "Routes for global IPv6, `::/0`, a part of it or a prefix list, from a table of private subnets (as in private-stays-private) to anything but an egress-only gateway; to peerings, transit and other gateways of networks, only blocks wider than a /16. NAT64 (`64:ff9b::/96`) is left alone. Of a VPC with global IPv6: that it has no egress-only gateway, though private subnets have IPv6.",
    rationale:
      "Every IPv6 address of a VPC is public, and no NAT stands before it. Only an egress-only gateway lets private machines out and nobody in.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html",
    avoid: "aws ec2 create-route --route-table-id <a private subnet's table> --destination-ipv6-cidr-block ::/0 --gateway-id igw-...",
    prefer:
      "aws ec2 create-egress-only-internet-gateway --vpc-id vpc-...\naws ec2 create-route --route-table-id <a private subnet's table> --destination-ipv6-cidr-block ::/0 --egress-only-internet-gateway-id eigw-...",
    remedies: ["delete-route", "restore-route"],
    remedy: "none",
    enabled: false,
    calls: ["DeleteEgressOnlyInternetGateway", "DisassociateRouteTable"],
  },
  options: () => z.strictObject(PrivateSubnets()),

  prepare: privateSubnets,

  check: async (resource, world, isPrivate, unjudged) =>
    resource.kind === "vpc" ? checkVpc(resource.facts, world, isPrivate, unjudged) : checkTable(resource.facts, world, isPrivate, unjudged),
});

async function checkTable(table: RouteTableFacts, world: World, isPrivate: SubnetTest, unjudged: NoteUnjudged): Promise<RuleFinding[]> {
  const found: Route[] = [];
  for (const route of table.routes) {
    if (isEgressOnly(route.target) || route.target === "local" || isOfGatewayEndpoint(route)) continue;
    const addresses = await destinationOf(route, world);
    if (addresses !== undefined && leadsOut(addresses, targetKind(route.target))) found.push(route);
  }
  if (found.length === 0) return [];
  const use = await useBy(isPrivate, table, world, unjudged);
  if (use === undefined) return [];
  const users = nameFew(use.subnets);
  return found.map((route) => ({
    parts: [route.destination, ...use.associations, ...use.subnets],
    message: `${formatRoute(route)} leads IPv6 of private subnets (${users}) past an egress-only gateway: lead it to one (eigw-...), or nowhere`,
    ...routeRemedies(table.id, route, isEgressOnly),
  }));
}

function leadsOut(addresses: AddressSet, kind: TargetKind): boolean {
  const global = addresses.intersection(PUBLIC_V6);
  return TO_NETWORKS.has(kind) ? global.size().v6 > WIDEST_NETWORK : !global.isEmpty();
}

async function checkVpc(vpc: VpcFacts, world: World, isPrivate: SubnetTest, unjudged: NoteUnjudged): Promise<RuleFinding[]> {
  if (!hasGlobalIpv6(vpc)) return [];
  const gateways = await world.list("internet-gateway", { vpc: vpc.id });
  if (isUnknown(gateways) || gateways.some(({ id, egressOnly }) => egressOnly === true || isEgressOnly(id))) return [];
  const subnets = await world.list("subnet", { vpc: vpc.id });
  if (isUnknown(subnets)) return [];
  const users = subnets
    .filter((subnet) => mayHaveIpv6(subnet) && isAmong(isPrivate, subnet, unjudged))
    .filter((subnet) => {
      const known = hasGlobalIpv6(subnet);
      if (!known) unjudged(`whether ${subnet.id} has IPv6, which no record tells`);
      return known;
    });
  if (users.length === 0) return [];
  const names = users.map(({ id }) => id);
  return [
    {
      parts: [...vpc.ipv6Cidrs, ...names],
      message: `${vpc.id} has IPv6 in private subnets (${nameFew(names)}) and no egress-only gateway, their one way out that lets nobody in: aws ec2 create-egress-only-internet-gateway --vpc-id ${vpc.id}`,
    },
  ];
}

// Of a subnet known in part, an association of IPv6 may be what is not known.
function mayHaveIpv6(subnet: SubnetFacts): boolean {
  return hasGlobalIpv6(subnet) || subnet.partial === true;
}

function isEgressOnly(target: string): boolean {
  return targetKind(target) === "egress-only-internet-gateway";
}
