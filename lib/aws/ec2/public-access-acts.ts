import {
  CreateVpcBlockPublicAccessExclusionCommand,
  DeleteVpcBlockPublicAccessExclusionCommand,
  type InternetGatewayExclusionMode,
  ModifyVpcBlockPublicAccessOptionsCommand,
} from "@aws-sdk/client-ec2";
import { Ec2Error } from "../../guard/ports.ts";
import { BLOCK_PUBLIC_ACCESS, type BlockPublicAccessExclusion } from "../../model/facts.ts";
import { call, type Practice, type Readers, type RemedyOf } from "./practice.ts";

/** The mode of VPC block public access. */
export const publicAccessMode: Practice<RemedyOf<"restore-public-access">> = {
  // It is always there.
  gone: /^$/,
  remaining: async (remedy, { readers }) => {
    const facts = await readers["block-public-access"].get(BLOCK_PUBLIC_ACCESS);
    return facts?.mode === remedy.from ? remedy : undefined;
  },
  make: async (remedy, dry, { client }) => {
    const request = { InternetGatewayBlockMode: remedy.to, ...dry };
    await call(dry, () => client.send(new ModifyVpcBlockPublicAccessOptionsCommand(request)));
    return remedy;
  },
};

/** What VPC block public access leaves out. */
export const exclusions: Practice<RemedyOf<"delete-exclusion" | "create-exclusion">> = {
  gone: /^InvalidVpcBlockPublicAccessExclusionId\.NotFound$/,
  remaining: async (remedy, { readers }) => {
    const { id, resource, mode } = remedy.exclusion;
    const standing = await exclusionsIn(readers);
    if (remedy.kind === "create-exclusion") return standing.some((one) => one.resource === resource) ? undefined : remedy;
    return standing.some((one) => one.id === id && one.resource === resource && one.mode === mode) ? remedy : undefined;
  },
  make: async (remedy, dry, { client }) => {
    const { exclusion } = remedy;
    if (remedy.kind === "delete-exclusion") {
      const request = { ExclusionId: exclusion.id, ...dry };
      await call(dry, () => client.send(new DeleteVpcBlockPublicAccessExclusionCommand(request)));
      return remedy;
    }
    const request = { ...placeOf(exclusion), InternetGatewayExclusionMode: modeOf(exclusion), ...dry };
    const answer = await call(dry, () => client.send(new CreateVpcBlockPublicAccessExclusionCommand(request)));
    const id = answer?.VpcBlockPublicAccessExclusion?.ExclusionId ?? exclusion.id;
    return { ...remedy, exclusion: { ...exclusion, id } };
  },
};

async function exclusionsIn(readers: Readers): Promise<readonly BlockPublicAccessExclusion[]> {
  return (await readers["block-public-access"].get(BLOCK_PUBLIC_ACCESS))?.exclusions ?? [];
}

function placeOf({ id, resource }: BlockPublicAccessExclusion) {
  if (resource?.startsWith("vpc-")) return { VpcId: resource };
  if (resource?.startsWith("subnet-")) return { SubnetId: resource };
  throw new Ec2Error("other", "UnknownResource", `exclusion ${id} was of ${resource ?? "an unknown resource"}, expected a VPC or subnet`);
}

const MODES: Readonly<Record<string, InternetGatewayExclusionMode>> = {
  "allow-bidirectional": "allow-bidirectional",
  "allow-egress": "allow-egress",
};

function modeOf({ id, mode }: BlockPublicAccessExclusion): InternetGatewayExclusionMode {
  const known = MODES[mode ?? ""];
  if (known === undefined) throw new Ec2Error("other", "UnknownMode", `exclusion ${id} was of ${mode ?? "an unknown"} mode`);
  return known;
}
