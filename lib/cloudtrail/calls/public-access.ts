import { BLOCK_PUBLIC_ACCESS, type BlockPublicAccessExclusion, type BlockPublicAccessFacts } from "../../model/facts.ts";
import { member, textOf, told, UnreadableError } from "../fields.ts";
import type { Call } from "../record.ts";
import { effectsShape, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

const kind = "block-public-access";
const MODES = ["off", "block-bidirectional", "block-ingress"] as const;

/** ModifyVpcBlockPublicAccessOptions: for the whole account and region. */
const modifyOptions: Shape = effectsShape(kind, "the mode from now on", {
  subject: () => BLOCK_PUBLIC_ACCESS,
  effects: ({ request }, id) => [{ op: "update", kind, id, facts: { mode: modeIn(request) } }],
  details: ({ request }) => ({ internetGatewayBlockMode: textOf(member(request, "internetGatewayBlockMode")) }),
});

/** CreateVpcBlockPublicAccessExclusion and ModifyVpcBlockPublicAccessExclusion: the answer tells the exclusion whole. */
const putExclusion: Shape = effectsShape(kind, "the VPC or subnet that is left out, and how far", {
  subject: () => BLOCK_PUBLIC_ACCESS,
  effects: (call, id) => [{ op: "put", kind, id, list: "exclusions", items: [exclusionOf(call)] }],
  details: named,
});

/** DeleteVpcBlockPublicAccessExclusion. */
const dropExclusion: Shape = effectsShape(kind, "the exclusion that is gone", {
  subject: () => BLOCK_PUBLIC_ACCESS,
  effects: (call, id) => [{ op: "drop", kind, id, list: "exclusions", keys: [exclusionId(call)] }],
  details: named,
});

export const publicAccessCalls = watch(EC2, {
  ModifyVpcBlockPublicAccessOptions: modifyOptions,
  CreateVpcBlockPublicAccessExclusion: putExclusion,
  ModifyVpcBlockPublicAccessExclusion: putExclusion,
  DeleteVpcBlockPublicAccessExclusion: dropExclusion,
});

function modeIn(request: unknown): NonNullable<BlockPublicAccessFacts["mode"]> {
  const text = textOf(member(request, "internetGatewayBlockMode"));
  const mode = MODES.find((one) => one === text);
  if (mode === undefined) throw new UnreadableError(`its internetGatewayBlockMode is "${text}": expected one of ${MODES.join(", ")}`);
  return mode;
}

function exclusionOf(call: Call): BlockPublicAccessExclusion {
  const { request, answer } = call;
  const exclusion = member(answer, "vpcBlockPublicAccessExclusion");
  const arn = textOf(member(exclusion, "resourceArn"));
  const resource = textOf(member(request, "vpcId")) ?? textOf(member(request, "subnetId")) ?? arn?.split("/").at(-1);
  const mode = textOf(member(request, "internetGatewayExclusionMode")) ?? textOf(member(exclusion, "internetGatewayExclusionMode"));
  return { id: exclusionId(call), ...told({ resource, mode }) };
}

function exclusionId({ request, answer }: Call): string {
  const id = textOf(member(member(answer, "vpcBlockPublicAccessExclusion"), "exclusionId")) ?? textOf(member(request, "exclusionId"));
  if (id === undefined) throw new UnreadableError("it names no exclusionId, neither in its request nor in its answer");
  return id;
}

function named(call: Call): Record<string, string | undefined> {
  const { request, answer } = call;
  return {
    exclusionId: exclusionId(call),
    internetGatewayExclusionMode: textOf(member(request, "internetGatewayExclusionMode")),
    vpcId: textOf(member(request, "vpcId")),
    subnetId: textOf(member(request, "subnetId")),
    resourceArn: textOf(member(member(answer, "vpcBlockPublicAccessExclusion"), "resourceArn")),
  };
}
