import type { SubnetFacts, VpcFacts } from "../model/facts.ts";
import type { Properties } from "./properties.ts";
import { cidrAt } from "./readable-cidr.ts";
import type { Types } from "./types.ts";

/** VPCs and subnets with their CIDRs. */
export const vpcTypes: Types = {
  "AWS::EC2::VPC": {
    kind: "vpc",
    make: (properties, origin, network) => {
      const facts: VpcFacts = { id: origin.id, cidrs: ipv4Of(properties), ipv6Cidrs: [], isDefault: false, ...properties.tags() };
      network.add("vpc", facts, origin, properties);
    },
  },
  "AWS::EC2::VPCCidrBlock": {
    kind: "vpc",
    join: (properties, origin, network) => {
      const [ipv4, ipv6] = [properties.has("CidrBlock") || properties.has("Ipv4IpamPoolId") ? ipv4Of(properties) : [], ipv6Of(properties)];
      network.change("vpc", properties.text("VpcId"), origin, properties, (facts) => ({
        ...facts,
        cidrs: [...facts.cidrs, ...ipv4],
        ipv6Cidrs: [...facts.ipv6Cidrs, ...ipv6],
      }));
    },
  },
  "AWS::EC2::Subnet": {
    kind: "subnet",
    make: (properties, origin, network) => {
      const [vpc, zone] = [properties.text("VpcId"), properties.text("AvailabilityZone")];
      const [cidr] = properties.flag("Ipv6Native") === true ? [] : ipv4Of(properties);
      // EC2's default for a subnet that is made.
      const autoPublicIp = properties.has("MapPublicIpOnLaunch") ? properties.flag("MapPublicIpOnLaunch") : false;
      const facts: SubnetFacts = {
        id: origin.id,
        ...(vpc !== undefined && { vpc }),
        ...(cidr !== undefined && { cidr }),
        ipv6Cidrs: ipv6Of(properties),
        ...(zone !== undefined && { zone }),
        ...(autoPublicIp !== undefined && { autoPublicIp }),
        ...properties.tags(),
      };
      network.add("subnet", facts, origin, properties);
    },
  },
  "AWS::EC2::SubnetCidrBlock": {
    kind: "subnet",
    join: (properties, origin, network) => {
      const ipv6 = ipv6Of(properties);
      network.change("subnet", properties.text("SubnetId"), origin, properties, (facts) => ({
        ...facts,
        ipv6Cidrs: [...facts.ipv6Cidrs, ...ipv6],
      }));
    },
  },
};

function ipv4Of(properties: Properties): string[] {
  const cidr = cidrAt(properties, "CidrBlock");
  if (cidr === undefined && !properties.has("CidrBlock"))
    properties.leaveOpen("CidrBlock", properties.has("Ipv4IpamPoolId") ? "an address pool gives it" : "it is given nowhere");
  return cidr === undefined ? [] : [cidr];
}

function ipv6Of(properties: Properties): string[] {
  const cidr = cidrAt(properties, "Ipv6CidrBlock");
  const given = properties.has("AmazonProvidedIpv6CidrBlock") && properties.flag("AmazonProvidedIpv6CidrBlock") === true;
  if (!properties.has("Ipv6CidrBlock") && (given || properties.has("Ipv6IpamPoolId"))) {
    properties.leaveOpen("Ipv6CidrBlock", given ? "Amazon gives it" : "an address pool gives it");
  }
  return cidr === undefined ? [] : [cidr];
}
