import { ModifySubnetAttributeCommand } from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { probe } from "../../lib/guard/acting/apply.ts";
import type { FlowLogSettings, NetworkRemedy } from "../../lib/model/remedy.ts";
import { documentedEc2, refusedWith } from "../support/documented-ec2.ts";
import { entry } from "../support/facts.ts";

const { ec2, api, reset, sent } = documentedEc2();
beforeEach(reset);

const settings: FlowLogSettings = { destination: "arn:aws:s3:::logs", trafficType: "ALL" };
const peers = {
  requester: { vpc: "vpc-1", cidrs: [] },
  accepter: { vpc: "vpc-2", account: "444455556666", region: "us-east-1", cidrs: [] },
};
const exclusion = { id: "vpcbpa-exclude-1", resource: "vpc-1", mode: "allow-egress" };
const route = { destination: "0.0.0.0/0", target: "igw-1" };
const WEB = entry("100 allow tcp 80 from 0.0.0.0/0");
// One of each kind, with the calls that it takes.
const REMEDIES: readonly [NetworkRemedy, ...string[]][] = [
  [{ kind: "delete-route", table: "rtb-1", route }, "DeleteRoute"],
  [{ kind: "create-route", table: "rtb-1", route }, "CreateRoute"],
  [{ kind: "restore-route", table: "rtb-1", destination: "::/0", from: "igw-1", to: "eigw-1" }, "ReplaceRoute"],
  [{ kind: "create-flow-logs", vpc: "vpc-1", settings, ids: [] }, "CreateFlowLogs"],
  [{ kind: "delete-flow-logs", vpc: "vpc-1", settings, ids: ["fl-1"] }, "DeleteFlowLogs"],
  [{ kind: "delete-peering", peering: "pcx-1", ...peers }, "DeleteVpcPeeringConnection"],
  [{ kind: "request-peering", peering: "pcx-1", ...peers }, "CreateVpcPeeringConnection"],
  [{ kind: "detach-internet-gateway", gateway: "igw-1", vpc: "vpc-1" }, "DetachInternetGateway"],
  [{ kind: "attach-internet-gateway", gateway: "igw-1", vpc: "vpc-1" }, "AttachInternetGateway"],
  [
    { kind: "reset-permissions", service: "vpce-svc-1", principals: ["*"], acceptance: true },
    "ModifyVpcEndpointServicePermissions",
    "ModifyVpcEndpointServiceConfiguration",
  ],
  [{ kind: "grant-permissions", service: "vpce-svc-1", principals: ["*"], acceptance: false }, "ModifyVpcEndpointServicePermissions"],
  [
    { kind: "deny-acl-traffic", acl: "acl-1", entries: [WEB, entry("90 deny all from ::/0")] },
    "CreateNetworkAclEntry",
    "CreateNetworkAclEntry",
  ],
  [{ kind: "undeny-acl-traffic", acl: "acl-1", entries: [WEB] }, "DeleteNetworkAclEntry"],
  [{ kind: "delete-acl-entry", acl: "acl-1", entry: WEB }, "DeleteNetworkAclEntry"],
  [{ kind: "create-acl-entry", acl: "acl-1", entry: WEB }, "CreateNetworkAclEntry"],
  [{ kind: "restore-public-access", from: "off", to: "block-ingress" }, "ModifyVpcBlockPublicAccessOptions"],
  [{ kind: "delete-exclusion", exclusion }, "DeleteVpcBlockPublicAccessExclusion"],
  [{ kind: "create-exclusion", exclusion }, "CreateVpcBlockPublicAccessExclusion"],
];

describe("asking with DryRun, on documented answers", () => {
  test.each(REMEDIES)("%j is asked by each of its calls, and would be permitted", async (remedy, ...calls) => {
    ec2.rejects(refusedWith("DryRunOperation"));
    expect(await probe(remedy, api)).toEqual({ remedy, result: "would" });
    expect(sent().map(([name]) => name)).toEqual(calls);
    for (const [, input] of sent()) expect(input).toMatchObject({ DryRun: true });
  });

  test.each(REMEDIES)("%j would be denied", async (remedy) => {
    ec2.rejects(refusedWith("UnauthorizedOperation"));
    await expect(api.mayCarryOut(remedy)).rejects.toMatchObject({ refusal: "denied" });
    expect(await probe(remedy, api)).toMatchObject({ result: "would", error: expect.stringContaining("UnauthorizedOperation") });
  });

  test("what is gone has been permitted", async () => {
    ec2.rejects(refusedWith("InvalidRoute.NotFound"));
    expect(await probe({ kind: "delete-route", table: "rtb-1", route }, api)).toMatchObject({ result: "already" });
  });

  test.each(["unset-public-ip", "set-public-ip"] as const)("%s makes no call: EC2 has no DryRun for it", async (kind) => {
    await api.mayCarryOut({ kind, subnet: "subnet-1" });
    expect(ec2.commandCalls(ModifySubnetAttributeCommand)).toEqual([]);
  });
});
