import {
  DescribeRouteTablesCommand,
  type EC2Client,
  type Route as Ec2Route,
  type RouteTable as Ec2RouteTable,
  type RouteTableAssociation as Ec2RouteTableAssociation,
} from "@aws-sdk/client-ec2";
import { canonicalCidr } from "../../model/cidr.ts";
import type { Route, RouteTableAssociation, RouteTableFacts } from "../../model/facts.ts";
import { targetKind } from "../../model/route.ts";
import type { Where } from "../../model/world.ts";
import { tags } from "./ec2-permissions.ts";
import { type Asked, everyPage, filters, type Reader, readerOf } from "./reader.ts";

const PAGE = 100;

/** Route tables with their routes and associations. */
export function routeTableReader(client: EC2Client): Reader<"route-table"> {
  return readerOf("route-table", async (asked) => (await routeTables(client, asked)).map(tableFacts));
}

/** Route tables as EC2 tells them. */
export function routeTables(client: EC2Client, asked: Asked): Promise<Ec2RouteTable[]> {
  const request = "id" in asked ? { RouteTableIds: [asked.id] } : { Filters: filters(conditions(asked.where)), MaxResults: PAGE };
  return everyPage(async (token) => {
    const answer = await client.send(new DescribeRouteTablesCommand({ ...request, ...token }));
    return [answer.RouteTables, answer.NextToken];
  });
}

function conditions({ vpc, prefixList, subnet, target, main, association }: Where) {
  return {
    "vpc-id": vpc,
    "route.destination-prefix-list-id": prefixList,
    "association.subnet-id": subnet,
    "association.main": main === true ? "true" : undefined,
    "association.route-table-association-id": association,
    ...(target !== undefined && targetFilter(target)),
  };
}

// EC2 has no filter for the other targets.
function targetFilter(target: string): Readonly<Record<string, string>> {
  switch (targetKind(target)) {
    case "local":
    case "internet-gateway":
    case "vpn-gateway":
      return { "route.gateway-id": target };
    case "egress-only-internet-gateway":
      return { "route.egress-only-internet-gateway-id": target };
    case "nat-gateway":
      return { "route.nat-gateway-id": target };
    case "peering":
      return { "route.vpc-peering-connection-id": target };
    case "transit-gateway":
      return { "route.transit-gateway-id": target };
    default:
      return {};
  }
}

function tableFacts(table: Ec2RouteTable): RouteTableFacts {
  return {
    id: table.RouteTableId ?? "",
    ...(table.VpcId !== undefined && { vpc: table.VpcId }),
    routes: (table.Routes ?? []).map(routeFacts),
    associations: (table.Associations ?? []).flatMap(associationFacts),
    propagating: (table.PropagatingVgws ?? []).flatMap(({ GatewayId }) => GatewayId ?? []),
    ...tags(table.Tags),
  };
}

const STATES: Readonly<Record<string, Route["state"]>> = { active: "active", blackhole: "blackhole" };
const ORIGINS: Readonly<Record<string, Route["origin"]>> = {
  CreateRouteTable: "table",
  CreateRoute: "created",
  EnableVgwRoutePropagation: "propagated",
};

function routeFacts(route: Ec2Route): Route {
  const state = STATES[route.State ?? ""];
  const origin = ORIGINS[route.Origin ?? ""];
  return {
    destination: destinationOf(route),
    target: targetsOf(route)[0] ?? "",
    ...(state !== undefined && { state }),
    ...(origin !== undefined && { origin }),
  };
}

/** A canonical CIDR, or the id of a prefix list. */
export function destinationOf({ DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId }: Ec2Route): string {
  const cidr = DestinationCidrBlock ?? DestinationIpv6CidrBlock;
  return cidr === undefined ? (DestinationPrefixListId ?? "") : canonicalCidr(cidr);
}

/** What a route leads to, by each id that EC2 tells: an instance is told with its interface, and the interface comes first. */
export function targetsOf(route: Ec2Route): string[] {
  const { GatewayId, NatGatewayId, EgressOnlyInternetGatewayId, VpcPeeringConnectionId, TransitGatewayId } = route;
  const { NetworkInterfaceId, InstanceId, LocalGatewayId, CarrierGatewayId, CoreNetworkArn, OdbNetworkArn } = route;
  const gateways = [GatewayId, NatGatewayId, EgressOnlyInternetGatewayId, VpcPeeringConnectionId, TransitGatewayId];
  const others = [LocalGatewayId, CarrierGatewayId, CoreNetworkArn, OdbNetworkArn];
  return [...gateways, NetworkInterfaceId, InstanceId, ...others].flatMap((id) => id || []);
}

function associationFacts(found: Ec2RouteTableAssociation): RouteTableAssociation[] {
  const { RouteTableAssociationId: id, Main, SubnetId, GatewayId, AssociationState } = found;
  if (id === undefined || AssociationState?.State === "disassociated" || AssociationState?.State === "failed") return [];
  return [
    {
      id,
      ...(Main === true && { main: true }),
      ...(SubnetId !== undefined && { subnet: SubnetId }),
      ...(GatewayId !== undefined && { gateway: GatewayId }),
    },
  ];
}
