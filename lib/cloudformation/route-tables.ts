import { keyOf } from "../model/effect.ts";
import type { Route, RouteTableAssociation } from "../model/facts.ts";
import type { Properties } from "./properties.ts";
import { cidrAt } from "./readable-cidr.ts";
import type { Types } from "./types.ts";

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html
const TARGETS = [
  "GatewayId",
  "NatGatewayId",
  "TransitGatewayId",
  "VpcPeeringConnectionId",
  "VpcEndpointId",
  "EgressOnlyInternetGatewayId",
  "NetworkInterfaceId",
  "InstanceId",
  "LocalGatewayId",
  "CarrierGatewayId",
  "CoreNetworkArn",
  "OdbNetworkArn",
];

const associated = (name: "SubnetId" | "GatewayId"): Types[string] => ({
  kind: "route-table",
  join: (properties, origin, network) => {
    const user = properties.text(name);
    const whose = user === undefined ? {} : name === "SubnetId" ? { subnet: user } : { gateway: user };
    const association: RouteTableAssociation = { id: `rtbassoc-${origin.name}`, ...whose };
    network.change("route-table", properties.text("RouteTableId"), origin, properties, (facts) => ({
      ...facts,
      associations: [...facts.associations, association],
    }));
  },
});

/** Route tables, their routes, and who uses them. */
export const routeTableTypes: Types = {
  "AWS::EC2::RouteTable": {
    kind: "route-table",
    make: (properties, origin, network) => {
      const vpc = properties.text("VpcId");
      const facts = { ...(vpc !== undefined && { vpc }), ...properties.tags(), routes: [], associations: [], propagating: [] };
      network.add("route-table", { id: origin.id, ...facts }, origin, properties);
    },
  },
  "AWS::EC2::Route": {
    kind: "route-table",
    join: (properties, origin, network) => {
      const route = routeOf(properties);
      const table = properties.text("RouteTableId");
      network.change("route-table", table, origin, properties, (facts) => ({
        ...facts,
        routes: route === undefined ? facts.routes : [...facts.routes.filter((other) => keyOf(other) !== keyOf(route)), route],
      }));
    },
  },
  "AWS::EC2::SubnetRouteTableAssociation": associated("SubnetId"),
  "AWS::EC2::GatewayRouteTableAssociation": associated("GatewayId"),
  "AWS::EC2::VPNGatewayRoutePropagation": {
    kind: "route-table",
    join: (properties, origin, network) => {
      const gateway = properties.text("VpnGatewayId");
      for (const table of properties.texts("RouteTableIds")) {
        network.change("route-table", table, origin, properties, (facts) => ({
          ...facts,
          propagating: gateway === undefined ? facts.propagating : [...facts.propagating, gateway],
        }));
      }
    },
  },
};

function routeOf(properties: Properties): Route | undefined {
  const before = properties.open.length;
  const cidr = cidrAt(properties, "DestinationCidrBlock") ?? cidrAt(properties, "DestinationIpv6CidrBlock");
  const destination = cidr ?? properties.text("DestinationPrefixListId");
  const target = properties.firstText(...TARGETS);
  if (properties.open.length > before) return undefined;
  if (destination === undefined || target === undefined) {
    properties.refuse(
      `found no ${destination === undefined ? "destination" : "target"}, expected one`,
      destination === undefined ? "DestinationCidrBlock" : "GatewayId",
    );
    return undefined;
  }
  return { destination, target, origin: "created" };
}
