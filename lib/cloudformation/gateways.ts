import type { NatGatewayFacts, PeeringSide } from "../model/facts.ts";
import type { Network } from "./network.ts";
import type { Types } from "./types.ts";

const CONNECTIVITY: Readonly<Record<string, NatGatewayFacts["connectivity"]>> = { public: "public", private: "private" };

/** What leads out of a VPC. */
export const gatewayTypes: Types = {
  "AWS::EC2::InternetGateway": {
    kind: "internet-gateway",
    make: (properties, origin, network) => network.add("internet-gateway", { id: origin.id, ...properties.tags() }, origin, properties),
  },
  "AWS::EC2::VPCGatewayAttachment": {
    kind: "internet-gateway",
    join: (properties, origin, network) => {
      const vpc = properties.text("VpcId");
      if (!properties.has("InternetGatewayId")) return;
      const attached = vpc === undefined ? {} : { vpc };
      network.change("internet-gateway", properties.text("InternetGatewayId"), origin, properties, (facts) => ({ ...facts, ...attached }));
    },
  },
  "AWS::EC2::EgressOnlyInternetGateway": {
    kind: "internet-gateway",
    make: (properties, origin, network) => {
      const vpc = properties.text("VpcId");
      const facts = { id: origin.id, egressOnly: true, ...(vpc !== undefined && { vpc }), ...properties.tags() };
      network.add("internet-gateway", facts, origin, properties);
    },
  },
  "AWS::EC2::NatGateway": {
    kind: "nat-gateway",
    relate: (properties, origin, network) => {
      const subnet = properties.text("SubnetId");
      const vpc = properties.text("VpcId") ?? network.get("subnet", subnet)?.vpc;
      const told = properties.text("ConnectivityType");
      const connectivity = properties.has("ConnectivityType") ? CONNECTIVITY[told ?? ""] : "public";
      const facts: NatGatewayFacts = {
        id: origin.id,
        ...(vpc !== undefined && { vpc }),
        ...(subnet !== undefined && { subnet }),
        ...(connectivity !== undefined && { connectivity }),
        ...(properties.text("AvailabilityMode") === "regional" && { regional: true }),
        ...properties.tags(),
      };
      network.add("nat-gateway", facts, origin, properties);
    },
  },
  "AWS::EC2::VPCPeeringConnection": {
    kind: "peering",
    relate: (properties, origin, network) => {
      const [owner, region] = [properties.text("PeerOwnerId") ?? origin.account, properties.text("PeerRegion") ?? origin.region];
      // CloudFormation accepts for the other side where it may: in the own account, or with its role.
      const accepted = !properties.has("PeerOwnerId") || owner === origin.account || properties.has("PeerRoleArn");
      const facts = {
        id: origin.id,
        status: accepted ? "active" : "pending-acceptance",
        requester: sideOf(properties.text("VpcId"), origin.account, origin.region, network),
        accepter: sideOf(properties.text("PeerVpcId"), owner, region, network),
        ...properties.tags(),
      };
      network.add("peering", facts, origin, properties);
    },
  },
};

function sideOf(vpc: string | undefined, account: string | undefined, region: string | undefined, network: Network): PeeringSide {
  const known = network.get("vpc", vpc);
  return {
    ...(vpc !== undefined && { vpc }),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
    cidrs: known === undefined ? [] : [...known.cidrs, ...known.ipv6Cidrs],
  };
}
