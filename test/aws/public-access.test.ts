import {
  CreateVpcBlockPublicAccessExclusionCommand,
  DeleteVpcBlockPublicAccessExclusionCommand,
  DescribeVpcBlockPublicAccessExclusionsCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  type InternetGatewayBlockMode,
  ModifyVpcBlockPublicAccessOptionsCommand,
  type VpcBlockPublicAccessExclusion,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { BLOCK_PUBLIC_ACCESS } from "../../lib/model/facts.ts";
import { documentedEc2 } from "../support/documented-ec2.ts";
import { testThereAndBack } from "../support/there-and-back.ts";

const { ec2, api, reset } = documentedEc2();
beforeEach(reset);

const exclusion = { id: "vpcbpa-exclude-1", resource: "vpc-1", mode: "allow-egress" };

/** VPC block public access with a memory, as its calls are documented. */
function playPublicAccess(): void {
  let mode: InternetGatewayBlockMode = "off";
  let made = 1;
  const exclusions: VpcBlockPublicAccessExclusion[] = [];
  const arn = (id: string) => `arn:aws:ec2:eu-west-1:111122223333:${id.startsWith("vpc-") ? "vpc" : "subnet"}/${id}`;
  ec2.on(DescribeVpcBlockPublicAccessOptionsCommand).callsFake(() => ({ VpcBlockPublicAccessOptions: { InternetGatewayBlockMode: mode } }));
  ec2.on(DescribeVpcBlockPublicAccessExclusionsCommand).callsFake(() => ({ VpcBlockPublicAccessExclusions: exclusions }));
  ec2.on(ModifyVpcBlockPublicAccessOptionsCommand).callsFake(({ InternetGatewayBlockMode }) => {
    mode = InternetGatewayBlockMode;
    return { VpcBlockPublicAccessOptions: { InternetGatewayBlockMode: mode, State: "update-in-progress" } };
  });
  ec2.on(CreateVpcBlockPublicAccessExclusionCommand).callsFake(({ VpcId, SubnetId, InternetGatewayExclusionMode }) => {
    const one: VpcBlockPublicAccessExclusion = {
      ExclusionId: `vpcbpa-exclude-${made++}`,
      ResourceArn: arn(VpcId ?? SubnetId),
      InternetGatewayExclusionMode,
      State: "create-in-progress",
    };
    exclusions.push(one);
    return { VpcBlockPublicAccessExclusion: one };
  });
  ec2.on(DeleteVpcBlockPublicAccessExclusionCommand).callsFake(({ ExclusionId }) => {
    for (const one of exclusions) if (one.ExclusionId === ExclusionId) one.State = "delete-in-progress";
    return {};
  });
}

describe("VPC block public access, on documented answers", () => {
  const read = () => api.get("block-public-access", BLOCK_PUBLIC_ACCESS);
  beforeEach(playPublicAccess);

  test("its mode is restored and put back, once each", async () => {
    await testThereAndBack(api, { kind: "restore-public-access", from: "off", to: "block-bidirectional" }, read);
  });

  test("a mode that somebody chose meanwhile is left alone", async () => {
    await api.carryOut({ kind: "restore-public-access", from: "off", to: "block-ingress" });
    expect(await api.carryOut({ kind: "restore-public-access", from: "off", to: "block-bidirectional" })).toBeUndefined();
    expect(await read()).toMatchObject({ mode: "block-ingress" });
  });

  test.each(["vpc-1", "subnet-1"])("an exclusion of %s is deleted and made anew, once each", async (resource) => {
    const made = await api.carryOut({ kind: "create-exclusion", exclusion: { ...exclusion, resource } });
    if (made?.kind !== "create-exclusion") throw new Error("no exclusion was made");
    const look = async () => (await read())?.exclusions.map(({ resource, mode }) => ({ resource, mode }));
    await testThereAndBack(api, { ...made, kind: "delete-exclusion" }, look);
  });

  test("an exclusion that has another mode by now is left alone", async () => {
    await api.carryOut({ kind: "create-exclusion", exclusion: { ...exclusion, mode: "allow-bidirectional" } });
    expect(await api.carryOut({ kind: "delete-exclusion", exclusion })).toBeUndefined();
    expect(ec2.commandCalls(DeleteVpcBlockPublicAccessExclusionCommand)).toEqual([]);
  });
});
