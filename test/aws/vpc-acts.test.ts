import {
  CreateVpcPeeringConnectionCommand,
  DescribeInternetGatewaysCommand,
  DescribeVpcEndpointServiceConfigurationsCommand,
  DescribeVpcEndpointServicePermissionsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DetachInternetGatewayCommand,
  ModifyVpcEndpointServiceConfigurationCommand,
  ModifyVpcEndpointServicePermissionsCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { apply } from "../../lib/guard/acting/apply.ts";
import { documentedEc2, refusedWith } from "../support/documented-ec2.ts";

const { ec2, api, reset, sent } = documentedEc2();
beforeEach(reset);

const peers = {
  requester: { vpc: "vpc-1", cidrs: [] },
  accepter: { vpc: "vpc-2", account: "444455556666", region: "us-east-1", cidrs: [] },
};

describe("peerings, gateways and endpoint services, on documented answers", () => {
  test("a peering is requested anew under another id, with its account and region", async () => {
    const gone = { VpcPeeringConnectionId: "pcx-1", Status: { Code: "deleted" as const }, RequesterVpcInfo: { VpcId: "vpc-1" } };
    ec2.on(DescribeVpcPeeringConnectionsCommand).resolves({ VpcPeeringConnections: [{ ...gone, AccepterVpcInfo: { VpcId: "vpc-2" } }] });
    ec2.on(CreateVpcPeeringConnectionCommand).resolves({ VpcPeeringConnection: { VpcPeeringConnectionId: "pcx-2" } });
    expect(await api.carryOut({ kind: "request-peering", peering: "pcx-1", ...peers })).toMatchObject({ peering: "pcx-2" });
    const request = { VpcId: "vpc-1", PeerVpcId: "vpc-2", PeerOwnerId: "444455556666", PeerRegion: "us-east-1" };
    expect(sent()).toEqual([["CreateVpcPeeringConnection", request]]);
  });

  test.each(["deleting", "deleted", "rejected", "failed", "expired"] as const)("a peering that is %s needs no deletion", async (Code) => {
    ec2
      .on(DescribeVpcPeeringConnectionsCommand)
      .resolves({ VpcPeeringConnections: [{ VpcPeeringConnectionId: "pcx-1", Status: { Code } }] });
    expect(await api.carryOut({ kind: "delete-peering", peering: "pcx-1", ...peers })).toBeUndefined();
    expect(sent()).toEqual([]);
  });

  test("a gateway with public addresses behind it stays, and EC2's reason is told", async () => {
    ec2.on(DescribeInternetGatewaysCommand).resolves({
      InternetGateways: [{ InternetGatewayId: "igw-1", Attachments: [{ VpcId: "vpc-1", State: "attached" }] }],
    });
    ec2.on(DetachInternetGatewayCommand).rejects(refusedWith("DependencyViolation"));
    const act = await apply({ kind: "detach-internet-gateway", gateway: "igw-1", vpc: "vpc-1" }, api);
    expect(act).toMatchObject({ result: "failed", error: "DependencyViolation: no" });
  });

  const service = (principals: readonly string[], AcceptanceRequired: boolean) => {
    ec2
      .on(DescribeVpcEndpointServiceConfigurationsCommand)
      .resolves({ ServiceConfigurations: [{ ServiceId: "vpce-svc-1", AcceptanceRequired }] });
    ec2.on(DescribeVpcEndpointServicePermissionsCommand).resolves({ AllowedPrincipals: principals.map((Principal) => ({ Principal })) });
  };
  const reset = { kind: "reset-permissions", service: "vpce-svc-1", principals: ["*", "arn:aws:iam::1:root"], acceptance: true } as const;

  test("of permissions, the act tells those that it took", async () => {
    service(["*", "arn:aws:iam::2:root"], true);
    ec2.on(ModifyVpcEndpointServicePermissionsCommand).resolves({ ReturnValue: true });
    expect(await api.carryOut(reset)).toEqual({ ...reset, principals: ["*"], acceptance: false });
    expect(sent()).toEqual([["ModifyVpcEndpointServicePermissions", { ServiceId: "vpce-svc-1", RemoveAllowedPrincipals: ["*"] }]]);
  });

  test("a service may lack acceptance only", async () => {
    service([], false);
    ec2.on(ModifyVpcEndpointServiceConfigurationCommand).resolves({ Return: true });
    expect(await api.carryOut(reset)).toEqual({ ...reset, principals: [], acceptance: true });
    expect(sent()).toEqual([["ModifyVpcEndpointServiceConfiguration", { ServiceId: "vpce-svc-1", AcceptanceRequired: true }]]);
  });

  test("Return=false without a reason is a failure, never a success", async () => {
    service(["*"], true);
    ec2.on(ModifyVpcEndpointServicePermissionsCommand).resolves({ ReturnValue: false });
    expect(await apply(reset, api)).toMatchObject({ result: "failed", error: expect.stringContaining("ReturnFalse") });
  });
});
