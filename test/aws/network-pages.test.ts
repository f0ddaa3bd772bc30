import {
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointServiceConfigurationsCommand,
  DescribeVpcEndpointServicePermissionsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
} from "@aws-sdk/client-ec2";
import { DBSubnetGroupNotFoundFault, DescribeDBSubnetGroupsCommand } from "@aws-sdk/client-rds";
import { ListFirewallRuleGroupAssociationsCommand } from "@aws-sdk/client-route53resolver";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { BLOCK_PUBLIC_ACCESS } from "../../lib/model/facts.ts";
import { LiveWorld } from "../../lib/worlds/live.ts";
import { documentedEc2, refusedWith } from "../support/documented-ec2.ts";

const { ec2, rds, resolver, api, reset } = documentedEc2();
beforeEach(reset);

describe("every page is read, on documented answers", () => {
  const next = { NextToken: "more" };
  test("of what EC2 lists", async () => {
    ec2.on(DescribeSubnetsCommand).resolves({ Subnets: [{ SubnetId: "subnet-2" }] });
    ec2.on(DescribeSubnetsCommand, { NextToken: undefined }).resolvesOnce({ Subnets: [{ SubnetId: "subnet-1" }], ...next });
    expect((await api.list("subnet", {})).map(({ id }) => id)).toEqual(["subnet-1", "subnet-2"]);
    expect(ec2.commandCalls(DescribeSubnetsCommand).map(({ args: [{ input }] }) => input.NextToken)).toEqual([undefined, "more"]);
  });

  test("of gateways of both sorts, and of permissions", async () => {
    ec2
      .on(DescribeInternetGatewaysCommand)
      .resolvesOnce({ InternetGateways: [{ InternetGatewayId: "igw-1" }], ...next })
      .resolves({ InternetGateways: [{ InternetGatewayId: "igw-2" }] });
    ec2
      .on(DescribeEgressOnlyInternetGatewaysCommand)
      .resolvesOnce({ EgressOnlyInternetGateways: [{ EgressOnlyInternetGatewayId: "eigw-1" }], ...next })
      .resolves({ EgressOnlyInternetGateways: [{ EgressOnlyInternetGatewayId: "eigw-2" }] });
    expect((await api.list("internet-gateway", {})).map(({ id }) => id)).toEqual(["igw-1", "igw-2", "eigw-1", "eigw-2"]);
    ec2.on(DescribeVpcEndpointServiceConfigurationsCommand).resolves({ ServiceConfigurations: [{ ServiceId: "vpce-svc-1" }] });
    ec2
      .on(DescribeVpcEndpointServicePermissionsCommand)
      .resolvesOnce({ AllowedPrincipals: [{ Principal: "*" }], ...next })
      .resolves({ AllowedPrincipals: [{ Principal: "arn:aws:iam::111122223333:root" }] });
    expect(await api.get("endpoint-service", "vpce-svc-1")).toMatchObject({ principals: ["*", "arn:aws:iam::111122223333:root"] });
  });

  test("of what RDS and Route 53 Resolver list", async () => {
    rds
      .on(DescribeDBSubnetGroupsCommand)
      .resolvesOnce({ DBSubnetGroups: [{ DBSubnetGroupName: "a" }], Marker: "more" })
      .resolves({ DBSubnetGroups: [{ DBSubnetGroupName: "b" }] });
    expect((await api.list("db-subnet-group", {})).map(({ id }) => id)).toEqual(["a", "b"]);
    expect(rds.commandCalls(DescribeDBSubnetGroupsCommand)[1]?.args[0].input).toMatchObject({ Marker: "more" });
    resolver
      .on(ListFirewallRuleGroupAssociationsCommand)
      .resolvesOnce({ FirewallRuleGroupAssociations: [{ Id: "a" }], ...next })
      .resolves({ FirewallRuleGroupAssociations: [{ Id: "b" }] });
    expect((await api.list("firewall-association", {})).map(({ id }) => id)).toEqual(["a", "b"]);
  });
});

describe("what does not exist, on documented answers", () => {
  test.each([
    ["subnet", "subnet-1", "InvalidSubnetID.NotFound"],
    ["route-table", "rtb-1", "InvalidRouteTableID.NotFound"],
    ["internet-gateway", "igw-1", "InvalidInternetGatewayID.NotFound"],
    ["nat-gateway", "nat-1", "NatGatewayNotFound"],
    ["peering", "pcx-1", "InvalidVpcPeeringConnectionID.NotFound"],
    ["endpoint", "vpce-1", "InvalidVpcEndpointId.NotFound"],
    ["endpoint-service", "vpce-svc-1", "InvalidVpcEndpointServiceId.NotFound"],
    ["network-acl", "acl-1", "InvalidNetworkAclID.NotFound"],
    ["flow-log", "fl-1", "InvalidFlowLogId.NotFound"],
  ] as const)("is no %s %s when EC2 answers %3$s", async (kind, id, code) => {
    ec2.rejects(refusedWith(code));
    expect(await api.get(kind, id)).toBeUndefined();
  });

  test("is no DB subnet group when RDS finds none", async () => {
    rds.rejects(new DBSubnetGroupNotFoundFault({ message: "no", $metadata: { httpStatusCode: 404 } }));
    expect(await api.get("db-subnet-group", "db")).toBeUndefined();
  });

  test("is what EC2 shows as deleted; a deleted peering is read with its status", async () => {
    ec2.on(DescribeNatGatewaysCommand).resolves({ NatGateways: [{ NatGatewayId: "nat-1", State: "deleted" }] });
    ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [{ VpcEndpointId: "vpce-1", State: "Deleted" }] });
    expect(await api.get("nat-gateway", "nat-1")).toBeUndefined();
    expect(await api.get("endpoint", "vpce-1")).toBeUndefined();
    ec2.on(DescribeVpcPeeringConnectionsCommand).resolves({
      VpcPeeringConnections: [{ VpcPeeringConnectionId: "pcx-1", Status: { Code: "deleted" } }],
    });
    expect(await api.get("peering", "pcx-1")).toMatchObject({ status: "deleted" });
  });
});

describe("what cannot be read, on documented answers", () => {
  const world = () => new LiveWorld(api, { sleep: async () => {} });

  test.each(["UnauthorizedOperation", "InvalidAction"])("is unknown when EC2 answers %s", async (code) => {
    ec2.rejects(refusedWith(code, 403));
    expect(await world().get("block-public-access", BLOCK_PUBLIC_ACCESS)).toMatchObject({ unknown: expect.stringContaining(code) });
  });

  test("is unknown when a service beside EC2 denies it", async () => {
    resolver.rejects(refusedWith("AccessDeniedException"));
    expect(await world().list("firewall-association", { vpc: "vpc-1" })).toMatchObject({
      unknown: expect.stringContaining("AccessDenied"),
    });
  });

  test.each([
    [503, "RequestLimitExceeded"],
    [400, "ThrottlingException"],
    [500, "SomethingNew"],
  ])("goes up to be tried again at HTTP %i %s", async (status, code) => {
    ec2.rejects(refusedWith(code, status));
    await expect(world().get("subnet", "subnet-1")).rejects.toMatchObject({ refusal: "throttled", code });
  });
});
