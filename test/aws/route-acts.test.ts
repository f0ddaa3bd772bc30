import { CreateRouteCommand, DeleteRouteCommand, DescribeRouteTablesCommand } from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { apply } from "../../lib/guard/acting/apply.ts";
import { documentedEc2, refusedUnanswered, refusedWith } from "../support/documented-ec2.ts";

const { ec2, api, reset, sent } = documentedEc2();
beforeEach(reset);

const route = { destination: "0.0.0.0/0", target: "igw-1" };

describe("routes, on documented answers", () => {
  const standing = (...routes: object[]) =>
    ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [{ RouteTableId: "rtb-1", Routes: routes }] });

  test.each([
    ["igw-1", { GatewayId: "igw-1" }],
    ["vgw-1", { GatewayId: "vgw-1" }],
    ["nat-1", { NatGatewayId: "nat-1" }],
    ["eigw-1", { EgressOnlyInternetGatewayId: "eigw-1" }],
    ["pcx-1", { VpcPeeringConnectionId: "pcx-1" }],
    ["tgw-1", { TransitGatewayId: "tgw-1" }],
    ["eni-1", { NetworkInterfaceId: "eni-1" }],
    ["i-1", { InstanceId: "i-1" }],
    ["vpce-1", { VpcEndpointId: "vpce-1" }],
    ["lgw-1", { LocalGatewayId: "lgw-1" }],
    ["cagw-1", { CarrierGatewayId: "cagw-1" }],
    ["arn:aws:networkmanager::1:core-network/c-1", { CoreNetworkArn: "arn:aws:networkmanager::1:core-network/c-1" }],
  ])("a route to %s is made with %o", async (target, field) => {
    standing();
    await api.carryOut({ kind: "create-route", table: "rtb-1", route: { destination: "10.9.0.0/16", target } });
    expect(ec2.commandCalls(CreateRouteCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { RouteTableId: "rtb-1", DestinationCidrBlock: "10.9.0.0/16", ...field },
    ]);
  });

  test("a route is led back to local", async () => {
    standing({ DestinationCidrBlock: "10.0.0.0/24", NetworkInterfaceId: "eni-1", InstanceId: "i-1" });
    await api.carryOut({ kind: "restore-route", table: "rtb-1", destination: "10.0.0.0/24", from: "i-1", to: "local" });
    expect(sent()).toEqual([["ReplaceRoute", { RouteTableId: "rtb-1", DestinationCidrBlock: "10.0.0.0/24", LocalTarget: true }]]);
  });

  test("a prefix list is a destination of its own sort", async () => {
    standing({ DestinationPrefixListId: "pl-1", GatewayId: "igw-1" });
    await api.carryOut({ kind: "delete-route", table: "rtb-1", route: { destination: "pl-1", target: "igw-1" } });
    expect(sent()).toEqual([["DeleteRoute", { RouteTableId: "rtb-1", DestinationPrefixListId: "pl-1" }]]);
  });

  test("a target of no known kind is refused before any call", async () => {
    standing();
    const act = await apply({ kind: "create-route", table: "rtb-1", route: { destination: "10.9.0.0/16", target: "new-1" } }, api);
    expect(act).toMatchObject({ result: "failed", error: expect.stringContaining("new-1") });
    expect(sent()).toEqual([]);
  });

  test("a route that is gone when the SDK asks once more, since no answer came, was deleted by us: it can be undone", async () => {
    standing({ DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1" });
    ec2.on(DeleteRouteCommand).rejects(refusedUnanswered("InvalidRoute.NotFound"));
    const remedy = { kind: "delete-route", table: "rtb-1", route } as const;
    expect(await apply(remedy, api)).toEqual({ remedy, result: "done", presumed: "answer-lost" });
  });

  test("a route that stands when the SDK asks once more was made by us", async () => {
    const remedy = { kind: "create-route", table: "rtb-1", route } as const;
    const table = (...Routes: object[]) => ({ RouteTables: [{ RouteTableId: "rtb-1", Routes }] });
    ec2
      .on(DescribeRouteTablesCommand)
      .resolvesOnce(table())
      .resolves(table({ DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1" }));
    ec2.on(CreateRouteCommand).rejects(refusedUnanswered("RouteAlreadyExists"));
    expect(await apply(remedy, api)).toEqual({ remedy, result: "done", presumed: "answer-lost" });
  });

  test("a route that does not stand then was refused", async () => {
    standing();
    ec2.on(CreateRouteCommand).rejects(refusedUnanswered("RouteLimitExceeded"));
    const remedy = { kind: "create-route", table: "rtb-1", route } as const;
    expect(await apply(remedy, api)).toMatchObject({ result: "failed", error: "RouteLimitExceeded: no" });
  });

  test("a route that went between the look and the act was closed already; a full table is told as it is", async () => {
    standing({ DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1" });
    ec2.on(DeleteRouteCommand).rejects(refusedWith("InvalidRoute.NotFound"));
    expect(await apply({ kind: "delete-route", table: "rtb-1", route }, api)).toMatchObject({ result: "already" });
    standing();
    ec2.on(CreateRouteCommand).rejects(refusedWith("RouteLimitExceeded"));
    await expect(api.carryOut({ kind: "create-route", table: "rtb-1", route })).rejects.toMatchObject({ refusal: "limit" });
    ec2.on(CreateRouteCommand).rejects(refusedWith("InvalidGatewayID.NotFound"));
    expect(await apply({ kind: "create-route", table: "rtb-1", route }, api)).toMatchObject({
      result: "failed",
      error: "InvalidGatewayID.NotFound: no",
    });
  });

  test("a table that is gone has no route to close", async () => {
    ec2.on(DescribeRouteTablesCommand).rejects(refusedWith("InvalidRouteTableID.NotFound"));
    expect(await api.carryOut({ kind: "delete-route", table: "rtb-1", route })).toBeUndefined();
    expect(sent()).toEqual([]);
  });
});

test("a throttled act goes up, to be tried again", async () => {
  ec2.on(DescribeRouteTablesCommand).resolves({
    RouteTables: [{ RouteTableId: "rtb-1", Routes: [{ DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1" }] }],
  });
  ec2.on(DeleteRouteCommand).rejects(refusedWith("RequestLimitExceeded"));
  await expect(apply({ kind: "delete-route", table: "rtb-1", route }, api)).rejects.toMatchObject({ refusal: "throttled" });
});
