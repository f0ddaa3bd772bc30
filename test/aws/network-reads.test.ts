import {
  DescribeFlowLogsCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupVpcAssociationsCommand,
  DescribeSubnetsCommand,
  DescribeVpcBlockPublicAccessExclusionsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
} from "@aws-sdk/client-ec2";
import { DescribeDBSubnetGroupsCommand } from "@aws-sdk/client-rds";
import { ListFirewallRuleGroupAssociationsCommand } from "@aws-sdk/client-route53resolver";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { BLOCK_PUBLIC_ACCESS } from "../../lib/model/facts.ts";
import { documentedEc2 } from "../support/documented-ec2.ts";

const { ec2, rds, resolver, api, reset } = documentedEc2();
beforeEach(reset);

describe("what EC2 tells, on documented answers", () => {
  test("a route table: each kind of target, canonical destinations, associations that stand", async () => {
    ec2.on(DescribeRouteTablesCommand).resolves({
      RouteTables: [
        {
          RouteTableId: "rtb-1",
          VpcId: "vpc-1",
          PropagatingVgws: [{ GatewayId: "vgw-1" }],
          Routes: [
            { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", State: "active", Origin: "CreateRouteTable" },
            { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-1", State: "blackhole", Origin: "CreateRoute" },
            { DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: "eigw-1", State: "active", Origin: "CreateRoute" },
            { DestinationIpv6CidrBlock: "2001:DB8:0::/32", TransitGatewayId: "tgw-1", Origin: "CreateRoute" },
            { DestinationCidrBlock: "172.16.0.0/12", GatewayId: "vgw-1", State: "active", Origin: "EnableVgwRoutePropagation" },
            { DestinationCidrBlock: "10.9.0.0/16", InstanceId: "i-1", InstanceOwnerId: "1", NetworkInterfaceId: "eni-1", State: "active" },
            { DestinationPrefixListId: "pl-1", GatewayId: "vpce-1", State: "active", Origin: "CreateRoute" },
            { DestinationCidrBlock: "10.2.0.0/16", VpcPeeringConnectionId: "pcx-1", State: "active", Origin: "CreateRoute" },
          ],
          Associations: [
            { RouteTableAssociationId: "rtbassoc-1", Main: true, AssociationState: { State: "associated" } },
            { RouteTableAssociationId: "rtbassoc-2", Main: false, SubnetId: "subnet-1" },
            { RouteTableAssociationId: "rtbassoc-3", Main: false, GatewayId: "igw-1", AssociationState: { State: "associating" } },
            { RouteTableAssociationId: "rtbassoc-4", Main: false, SubnetId: "subnet-2", AssociationState: { State: "disassociated" } },
          ],
          Tags: [{ Key: "tier", Value: "private" }],
        },
      ],
    });
    expect(await api.get("route-table", "rtb-1")).toEqual({
      id: "rtb-1",
      vpc: "vpc-1",
      routes: [
        { destination: "10.0.0.0/16", target: "local", state: "active", origin: "table" },
        { destination: "0.0.0.0/0", target: "nat-1", state: "blackhole", origin: "created" },
        { destination: "::/0", target: "eigw-1", state: "active", origin: "created" },
        { destination: "2001:db8::/32", target: "tgw-1", origin: "created" },
        { destination: "172.16.0.0/12", target: "vgw-1", state: "active", origin: "propagated" },
        { destination: "10.9.0.0/16", target: "eni-1", state: "active" },
        { destination: "pl-1", target: "vpce-1", state: "active", origin: "created" },
        { destination: "10.2.0.0/16", target: "pcx-1", state: "active", origin: "created" },
      ],
      associations: [
        { id: "rtbassoc-1", main: true },
        { id: "rtbassoc-2", subnet: "subnet-1" },
        { id: "rtbassoc-3", gateway: "igw-1" },
      ],
      propagating: ["vgw-1"],
      tags: { tier: "private" },
    });
  });

  test("a network ACL: protocols by name, ports, ICMP, IPv6, and the entries that deny everything else", async () => {
    const last = { Egress: false, RuleAction: "deny" as const, Protocol: "-1" };
    ec2.on(DescribeNetworkAclsCommand).resolves({
      NetworkAcls: [
        {
          NetworkAclId: "acl-1",
          VpcId: "vpc-1",
          IsDefault: true,
          Entries: [
            { ...last, RuleNumber: 32767, CidrBlock: "0.0.0.0/0" },
            { ...last, RuleNumber: 32768, Ipv6CidrBlock: "::/0" },
            { RuleNumber: 100, Egress: true, RuleAction: "allow", Protocol: "6", PortRange: { From: 80, To: 90 }, CidrBlock: "10.0.0.1/8" },
            {
              RuleNumber: 90,
              Egress: false,
              RuleAction: "allow",
              Protocol: "58",
              IcmpTypeCode: { Type: 128, Code: 0 },
              Ipv6CidrBlock: "::/0",
            },
          ],
          Associations: [{ SubnetId: "subnet-1", NetworkAclId: "acl-1" }],
        },
      ],
    });
    expect(await api.get("network-acl", "acl-1")).toEqual({
      id: "acl-1",
      vpc: "vpc-1",
      isDefault: true,
      entries: [
        { direction: "ingress", number: 32767, action: "deny", protocol: "-1", cidr: "0.0.0.0/0" },
        { direction: "ingress", number: 32768, action: "deny", protocol: "-1", cidr: "::/0" },
        { direction: "egress", number: 100, action: "allow", protocol: "tcp", fromPort: 80, toPort: 90, cidr: "10.0.0.0/8" },
        { direction: "ingress", number: 90, action: "allow", protocol: "icmpv6", fromPort: 128, toPort: 0, cidr: "::/0" },
      ],
      subnets: ["subnet-1"],
    });
  });

  test("a peering: both sides with all their CIDRs, none where the account may not know them", async () => {
    ec2.on(DescribeVpcPeeringConnectionsCommand).resolves({
      VpcPeeringConnections: [
        {
          VpcPeeringConnectionId: "pcx-1",
          Status: { Code: "active" },
          RequesterVpcInfo: {
            VpcId: "vpc-1",
            OwnerId: "111122223333",
            Region: "eu-west-1",
            CidrBlock: "10.0.0.0/16",
            CidrBlockSet: [{ CidrBlock: "10.0.0.0/16" }, { CidrBlock: "10.1.0.0/16" }],
            Ipv6CidrBlockSet: [{ Ipv6CidrBlock: "2001:db8:0:0::/56" }],
            PeeringOptions: { AllowDnsResolutionFromRemoteVpc: true },
          },
          AccepterVpcInfo: { VpcId: "vpc-2", OwnerId: "444455556666", Region: "us-east-1" },
        },
      ],
    });
    const known = { vpc: "vpc-1", account: "111122223333", region: "eu-west-1" };
    expect(await api.get("peering", "pcx-1")).toEqual({
      id: "pcx-1",
      status: "active",
      requester: { ...known, cidrs: ["10.0.0.0/16", "10.1.0.0/16", "2001:db8::/56"], resolvesDns: true },
      accepter: { vpc: "vpc-2", account: "444455556666", region: "us-east-1", cidrs: [] },
    });
    // The VPC may be on either side, and one connection is listed once.
    expect(await api.list("peering", { vpc: "vpc-2" })).toHaveLength(1);
    expect(ec2.commandCalls(DescribeVpcPeeringConnectionsCommand).map(({ args: [{ input }] }) => input.Filters)).toEqual([
      undefined,
      [{ Name: "requester-vpc-info.vpc-id", Values: ["vpc-2"] }],
      [{ Name: "accepter-vpc-info.vpc-id", Values: ["vpc-2"] }],
    ]);
  });

  test("a group association has the id that this project gives it, and names the account of a foreign VPC", async () => {
    ec2.on(DescribeSecurityGroupVpcAssociationsCommand).resolves({
      SecurityGroupVpcAssociations: [
        { GroupId: "sg-1", VpcId: "vpc-2", VpcOwnerId: "444455556666", GroupOwnerId: "111122223333", State: "associated" },
        { GroupId: "sg-1", VpcId: "vpc-3", VpcOwnerId: "111122223333", GroupOwnerId: "111122223333", State: "associating" },
        { GroupId: "sg-1", VpcId: "vpc-4", State: "disassociated" },
        { GroupId: "sg-1", VpcId: "vpc-5", State: "association-failed" },
      ],
    });
    const foreign = { id: "sg-1/vpc-2", group: "sg-1", vpc: "vpc-2", account: "444455556666" };
    expect(await api.get("group-association", "sg-1/vpc-2")).toEqual(foreign);
    expect(await api.get("group-association", "sg-1/vpc-4")).toBeUndefined();
    expect(await api.list("group-association", { group: "sg-1" })).toEqual([foreign, { id: "sg-1/vpc-3", group: "sg-1", vpc: "vpc-3" }]);
  });

  test("VPC block public access: its mode and the exclusions that count", async () => {
    ec2.on(DescribeVpcBlockPublicAccessOptionsCommand).resolves({
      VpcBlockPublicAccessOptions: { InternetGatewayBlockMode: "block-ingress", State: "update-complete" },
    });
    const vpc = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1";
    ec2.on(DescribeVpcBlockPublicAccessExclusionsCommand).resolves({
      VpcBlockPublicAccessExclusions: [
        { ExclusionId: "vpcbpa-exclude-1", ResourceArn: vpc, InternetGatewayExclusionMode: "allow-egress", State: "create-complete" },
        { ExclusionId: "vpcbpa-exclude-2", ResourceArn: vpc, InternetGatewayExclusionMode: "allow-egress", State: "delete-complete" },
      ],
    });
    const facts = {
      id: BLOCK_PUBLIC_ACCESS,
      mode: "block-ingress",
      exclusions: [{ id: "vpcbpa-exclude-1", resource: "vpc-1", mode: "allow-egress" }],
    };
    expect(await api.get("block-public-access", BLOCK_PUBLIC_ACCESS)).toEqual(facts);
    expect(await api.list("block-public-access", {})).toEqual([facts]);
  });

  test("an endpoint with its policy, a subnet of IPv6 only, a regional NAT gateway, a flow log that cannot deliver", async () => {
    const endpoint = {
      VpcEndpointId: "vpce-1",
      VpcId: "vpc-1",
      ServiceName: "com.amazonaws.eu-west-1.s3",
      VpcEndpointType: "Gateway" as const,
    };
    ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [{ ...endpoint, PolicyDocument: "{}", RouteTableIds: ["rtb-1"] }] });
    expect(await api.get("endpoint", "vpce-1")).toEqual({
      id: "vpce-1",
      vpc: "vpc-1",
      service: "com.amazonaws.eu-west-1.s3",
      type: "Gateway",
      routeTables: ["rtb-1"],
      subnets: [],
      policy: "{}",
    });
    const ipv6 = [
      { Ipv6CidrBlock: "2001:DB8::/64", Ipv6CidrBlockState: { State: "associated" as const } },
      { Ipv6CidrBlock: "2001:db8:1::/64", Ipv6CidrBlockState: { State: "disassociated" as const } },
    ];
    ec2.on(DescribeSubnetsCommand).resolves({
      Subnets: [{ SubnetId: "subnet-1", AvailabilityZone: "eu-west-1a", MapPublicIpOnLaunch: true, Ipv6CidrBlockAssociationSet: ipv6 }],
    });
    expect(await api.get("subnet", "subnet-1")).toEqual({
      id: "subnet-1",
      ipv6Cidrs: ["2001:db8::/64"],
      zone: "eu-west-1a",
      autoPublicIp: true,
    });
    ec2.on(DescribeNatGatewaysCommand).resolves({
      NatGateways: [
        { NatGatewayId: "nat-1", VpcId: "vpc-1", State: "available", ConnectivityType: "public", AvailabilityMode: "regional" },
      ],
    });
    expect(await api.get("nat-gateway", "nat-1")).toEqual({
      id: "nat-1",
      vpc: "vpc-1",
      connectivity: "public",
      state: "available",
      regional: true,
    });
    ec2.on(DescribeFlowLogsCommand).resolves({
      FlowLogs: [{ FlowLogId: "fl-1", ResourceId: "vpc-1", TrafficType: "REJECT", FlowLogStatus: "ACTIVE", DeliverLogsStatus: "FAILED" }],
    });
    expect(await api.get("flow-log", "fl-1")).toEqual({ id: "fl-1", resource: "vpc-1", trafficType: "REJECT", delivers: false });
  });

  test("a DNS Firewall association and a DB subnet group, from services beside EC2", async () => {
    resolver.on(ListFirewallRuleGroupAssociationsCommand).resolves({
      FirewallRuleGroupAssociations: [
        { Id: "rslvr-frgassoc-1", VpcId: "vpc-1", FirewallRuleGroupId: "rslvr-frg-1", Status: "COMPLETE" },
        { Id: "rslvr-frgassoc-2", VpcId: "vpc-1", FirewallRuleGroupId: "rslvr-frg-2", Status: "DELETING" },
      ],
    });
    const association = { id: "rslvr-frgassoc-1", vpc: "vpc-1", ruleGroup: "rslvr-frg-1" };
    expect(await api.get("firewall-association", "rslvr-frgassoc-1")).toEqual(association);
    expect(await api.get("firewall-association", "rslvr-frgassoc-2")).toBeUndefined();
    expect(await api.list("firewall-association", { vpc: "vpc-1" })).toEqual([association]);
    const subnet = (id: string, zone: string) => ({ SubnetIdentifier: id, SubnetAvailabilityZone: { Name: zone } });
    rds.on(DescribeDBSubnetGroupsCommand).resolves({
      DBSubnetGroups: [
        { DBSubnetGroupName: "db", VpcId: "vpc-1", Subnets: [subnet("subnet-1", "eu-west-1a"), subnet("subnet-2", "eu-west-1a")] },
      ],
    });
    expect(await api.get("db-subnet-group", "DB")).toEqual({
      id: "db",
      vpc: "vpc-1",
      subnets: ["subnet-1", "subnet-2"],
      zones: ["eu-west-1a"],
    });
    expect(await api.list("db-subnet-group", { subnet: "subnet-2" })).toHaveLength(1);
    expect(await api.list("db-subnet-group", { subnet: "subnet-3" })).toEqual([]);
  });
});
