import type { EndpointFacts } from "../model/facts.ts";
import type { Types } from "./types.ts";

const TYPES: Readonly<Record<string, EndpointFacts["type"]>> = {
  Gateway: "Gateway",
  Interface: "Interface",
  GatewayLoadBalancer: "GatewayLoadBalancer",
  Resource: "Resource",
  ServiceNetwork: "ServiceNetwork",
};

// What EC2 gives an endpoint without one (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
const FULL_ACCESS = JSON.stringify({ Statement: [{ Action: "*", Effect: "Allow", Principal: "*", Resource: "*" }] });

/** VPC endpoints, and the services that are offered by them. */
export const endpointTypes: Types = {
  "AWS::EC2::VPCEndpoint": {
    kind: "endpoint",
    make: (properties, origin, network) => {
      const [vpc, service] = [properties.text("VpcId"), properties.text("ServiceName")];
      const type = properties.has("VpcEndpointType") ? TYPES[properties.text("VpcEndpointType") ?? ""] : "Gateway";
      const policy = properties.has("PolicyDocument") ? properties.json("PolicyDocument") : FULL_ACCESS;
      const facts: EndpointFacts = {
        id: origin.id,
        ...(vpc !== undefined && { vpc }),
        ...(service !== undefined && { service }),
        ...(type !== undefined && { type }),
        routeTables: properties.texts("RouteTableIds"),
        subnets: properties.texts("SubnetIds"),
        ...(policy !== undefined && { policy }),
        ...properties.tags(),
      };
      network.add("endpoint", facts, origin, properties);
    },
  },
  "AWS::EC2::VPCEndpointService": {
    kind: "endpoint-service",
    make: (properties, origin, network) => {
      // What the API does when it is told nothing.
      const acceptanceRequired = properties.has("AcceptanceRequired") ? properties.flag("AcceptanceRequired") : true;
      const facts = {
        id: origin.id,
        principals: [],
        ...(acceptanceRequired !== undefined && { acceptanceRequired }),
        ...properties.tags(),
      };
      network.add("endpoint-service", facts, origin, properties);
    },
  },
  "AWS::EC2::VPCEndpointServicePermissions": {
    kind: "endpoint-service",
    join: (properties, origin, network) => {
      const allowed = properties.texts("AllowedPrincipals");
      network.change("endpoint-service", properties.text("ServiceId"), origin, properties, (facts) => ({
        ...facts,
        principals: [...new Set([...facts.principals, ...allowed])],
      }));
    },
  },
};
