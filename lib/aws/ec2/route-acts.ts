import { CreateRouteCommand, DeleteRouteCommand, type EC2Client, type Route as Ec2Route, ReplaceRouteCommand } from "@aws-sdk/client-ec2";
import { Ec2Error } from "../../guard/ports.ts";
import { type TargetKind, targetKind } from "../../model/route.ts";
import { call, type Practice, type RemedyOf } from "./practice.ts";
import { unlessGone } from "./reader.ts";
import { destinationOf, routeTables, targetsOf } from "./route-reads.ts";

const GONE = /^Invalid(Route|RouteTableID)\.NotFound$/;

/** Routes, by destination and target. */
export const routes: Practice<RemedyOf<"delete-route" | "create-route">> = {
  gone: GONE,
  remaining: async (remedy, { client }) => {
    const standing = await routesTo(client, remedy.table, remedy.route.destination);
    if (standing === undefined) return undefined;
    const isDue = remedy.kind === "create-route" ? standing.length === 0 : leadsTo(standing, remedy.route.target);
    return isDue ? remedy : undefined;
  },
  make: async (remedy, dry, { client }) => {
    const { destination, target } = remedy.route;
    const place = { RouteTableId: remedy.table, ...destinationField(destination), ...dry };
    if (remedy.kind === "delete-route") await call(dry, () => client.send(new DeleteRouteCommand(place)));
    else await call(dry, () => client.send(new CreateRouteCommand({ ...place, ...targetField(target) })));
    return remedy;
  },
};

/** Routes that lead back to where they led before. */
export const restoredRoutes: Practice<RemedyOf<"restore-route">> = {
  gone: GONE,
  remaining: async (remedy, { client }) => {
    const standing = await routesTo(client, remedy.table, remedy.destination);
    return standing !== undefined && leadsTo(standing, remedy.from) ? remedy : undefined;
  },
  make: async (remedy, dry, { client }) => {
    const place = { RouteTableId: remedy.table, ...destinationField(remedy.destination), ...dry };
    await call(dry, () => client.send(new ReplaceRouteCommand({ ...place, ...targetField(remedy.to) })));
    return remedy;
  },
};

/** The routes of a table to a destination, at most one; undefined when there is no such table. */
async function routesTo(client: EC2Client, table: string, destination: string): Promise<Ec2Route[] | undefined> {
  const tables = await unlessGone(() => routeTables(client, { id: table }));
  return tables?.[0] && (tables[0].Routes ?? []).filter((route) => destinationOf(route) === destination);
}

function leadsTo(standing: readonly Ec2Route[], target: string): boolean {
  return standing.some((route) => targetsOf(route).includes(target));
}

function destinationField(destination: string) {
  if (destination.startsWith("pl-")) return { DestinationPrefixListId: destination };
  return destination.includes(":") ? { DestinationIpv6CidrBlock: destination } : { DestinationCidrBlock: destination };
}

const TARGET_FIELDS = {
  local: undefined,
  "internet-gateway": "GatewayId",
  "vpn-gateway": "GatewayId",
  "egress-only-internet-gateway": "EgressOnlyInternetGatewayId",
  "nat-gateway": "NatGatewayId",
  peering: "VpcPeeringConnectionId",
  "transit-gateway": "TransitGatewayId",
  "network-interface": "NetworkInterfaceId",
  instance: "InstanceId",
  endpoint: "VpcEndpointId",
  "local-gateway": "LocalGatewayId",
  "carrier-gateway": "CarrierGatewayId",
  "core-network": "CoreNetworkArn",
  other: undefined,
} as const satisfies Readonly<Record<TargetKind, string | undefined>>;

function targetField(target: string): Readonly<Record<string, string | boolean>> {
  if (target === "local") return { LocalTarget: true };
  const field = TARGET_FIELDS[targetKind(target)];
  if (field === undefined) throw new Ec2Error("other", "UnknownTarget", `no kind of route target has ids like ${target}`);
  return { [field]: target };
}
