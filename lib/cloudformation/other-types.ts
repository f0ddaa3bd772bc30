import { BLOCK_PUBLIC_ACCESS, type BlockPublicAccessFacts, type FlowLogFacts, type NetworkInterfaceFacts } from "../model/facts.ts";
import { cidrsIn } from "./readable-cidr.ts";
import type { Types } from "./types.ts";

const TRAFFIC: Readonly<Record<string, FlowLogFacts["trafficType"]>> = { ACCEPT: "ACCEPT", REJECT: "REJECT", ALL: "ALL" };
const MODES: Readonly<Record<string, BlockPublicAccessFacts["mode"]>> = {
  off: "off",
  "block-bidirectional": "block-bidirectional",
  "block-ingress": "block-ingress",
};

/** Prefix lists, flow logs, interfaces, DB subnet groups, DNS Firewall, and VPC block public access. */
export const otherTypes: Types = {
  "AWS::EC2::PrefixList": {
    kind: "prefix-list",
    make: (properties, origin, network) => {
      const name = properties.text("PrefixListName");
      const cidrs = properties.maps("Entries").flatMap((entry) =>
        cidrsIn(
          entry,
          "Cidr",
          [entry.text("Cidr")].flatMap((cidr) => cidr ?? []),
        ),
      );
      network.add("prefix-list", { id: origin.id, cidrs, ...(name !== undefined && { name }) }, origin, properties);
    },
  },
  "AWS::EC2::FlowLog": {
    kind: "flow-log",
    make: (properties, origin, network) => {
      const resource = properties.text("ResourceId");
      const trafficType = TRAFFIC[properties.text("TrafficType") ?? ""];
      const facts = {
        ...(resource !== undefined && { resource }),
        ...(trafficType !== undefined && { trafficType }),
        ...properties.tags(),
      };
      network.add("flow-log", { id: origin.id, ...facts }, origin, properties);
    },
  },
  "AWS::EC2::NetworkInterface": {
    kind: "network-interface",
    make: (properties, origin, network) => {
      const [subnet, description] = [properties.text("SubnetId"), properties.text("Description")];
      const addresses = [
        properties.text("PrivateIpAddress"),
        ...properties.maps("PrivateIpAddresses").map((one) => one.text("PrivateIpAddress")),
        ...properties.maps("Ipv6Addresses").map((one) => one.text("Ipv6Address")),
      ];
      const facts: NetworkInterfaceFacts = {
        id: origin.id,
        ...(subnet !== undefined && { subnet }),
        groups: properties.texts("GroupSet"),
        addresses: addresses.flatMap((address) => address ?? []),
        ...(description !== undefined && { description }),
      };
      network.add("network-interface", facts, origin, properties);
    },
  },
  "AWS::EC2::NetworkInterfaceAttachment": {
    kind: "network-interface",
    join: (properties, origin, network) => {
      const instance = properties.text("InstanceId");
      const attached = instance === undefined ? {} : { instance };
      network.change("network-interface", properties.text("NetworkInterfaceId"), origin, properties, (facts) => ({
        ...facts,
        ...attached,
      }));
    },
  },
  "AWS::RDS::DBSubnetGroup": {
    kind: "db-subnet-group",
    relate: (properties, origin, network) => {
      const subnets = properties.texts("SubnetIds");
      const known = subnets.map((id) => network.get("subnet", id));
      const vpc = known.find((subnet) => subnet?.vpc !== undefined)?.vpc;
      if (known.some((subnet) => subnet?.zone === undefined)) properties.leaveOpen("SubnetIds", "the availability zones of its subnets");
      const zones = [...new Set(known.flatMap((subnet) => subnet?.zone ?? []))];
      // RDS keeps names in lower case.
      const id = properties.text("DBSubnetGroupName")?.toLowerCase() ?? origin.id;
      network.add("db-subnet-group", { id, subnets, zones, ...(vpc !== undefined && { vpc }) }, origin, properties);
    },
  },
  "AWS::Route53Resolver::FirewallRuleGroupAssociation": {
    kind: "firewall-association",
    make: (properties, origin, network) => {
      const [vpc, ruleGroup] = [properties.text("VpcId"), properties.text("FirewallRuleGroupId")];
      const facts = { ...(vpc !== undefined && { vpc }), ...(ruleGroup !== undefined && { ruleGroup }) };
      network.add("firewall-association", { id: origin.id, ...facts }, origin, properties);
    },
  },
  "AWS::EC2::VPCBlockPublicAccessOptions": {
    kind: "block-public-access",
    make: (properties, origin, network) => {
      const mode = MODES[properties.text("InternetGatewayBlockMode") ?? ""];
      network.add(
        "block-public-access",
        { id: BLOCK_PUBLIC_ACCESS, exclusions: [], ...(mode !== undefined && { mode }) },
        origin,
        properties,
      );
    },
  },
  "AWS::EC2::VPCBlockPublicAccessExclusion": {
    kind: "block-public-access",
    join: (properties, origin, network) => {
      const [resource, mode] = [properties.firstText("VpcId", "SubnetId"), properties.text("InternetGatewayExclusionMode")];
      const exclusion = { id: origin.id, ...(resource !== undefined && { resource }), ...(mode !== undefined && { mode }) };
      network.change("block-public-access", BLOCK_PUBLIC_ACCESS, origin, properties, (facts) => ({
        ...facts,
        exclusions: [...facts.exclusions, exclusion],
      }));
    },
  },
};
