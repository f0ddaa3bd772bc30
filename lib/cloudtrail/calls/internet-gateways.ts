import type { InternetGatewayFacts } from "../../model/facts.ts";
import { listOf, member, tagsFrom, textOf, told, UnreadableError } from "../fields.ts";
import type { Call } from "../record.ts";
import { deletionShape, effectsShape, type Shape, subjectOf } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

/** CreateInternetGateway: attached to nothing yet. */
const create: Shape = effectsShape("internet-gateway", "the gateway with its tags", {
  subject: ({ answer }) => member(member(answer, "internetGateway"), "internetGatewayId"),
  effects: (call, id) => [{ op: "create", kind: "internet-gateway", id, facts: factsOf(call, id, "internetGateway", "internet-gateway") }],
});

/** CreateEgressOnlyInternetGateway: attached to its VPC from the start. */
const createEgressOnly: Shape = effectsShape("internet-gateway", "the gateway with its VPC and tags", {
  subject: ({ answer }) => member(member(answer, "egressOnlyInternetGateway"), "egressOnlyInternetGatewayId"),
  effects: (call, id) => {
    const facts = factsOf(call, id, "egressOnlyInternetGateway", "egress-only-internet-gateway");
    return [{ op: "create", kind: "internet-gateway", id, facts: { ...facts, egressOnly: true } }];
  },
});

/** AttachInternetGateway. */
const attach: Shape = effectsShape("vpc", "the internet gateway that comes to the VPC", {
  subject: ({ request }) => member(request, "vpcId"),
  effects: (call, vpc) => [{ op: "update", kind: "internet-gateway", id: gatewayOf(call), facts: { vpc } }],
});

/** DetachInternetGateway: an update could not take the VPC away, so the gateway is told anew. */
const detach: Shape = effectsShape("vpc", "the internet gateway that leaves the VPC", {
  subject: ({ request }) => member(request, "vpcId"),
  effects: (call) => [{ op: "create", kind: "internet-gateway", id: gatewayOf(call), facts: { id: gatewayOf(call) } }],
});

export const internetGatewayCalls = watch(EC2, {
  CreateInternetGateway: create,
  AttachInternetGateway: attach,
  DetachInternetGateway: detach,
  DeleteInternetGateway: deletionShape("internet-gateway", "that the gateway is gone", ({ request }) =>
    member(request, "internetGatewayId"),
  ),
  CreateEgressOnlyInternetGateway: createEgressOnly,
  DeleteEgressOnlyInternetGateway: deletionShape("internet-gateway", "that the gateway is gone", ({ request }) =>
    member(request, "egressOnlyInternetGatewayId"),
  ),
});

function factsOf({ request, answer }: Call, id: string, name: string, resourceType: string): InternetGatewayFacts {
  const gateway = member(answer, name);
  const [attachment] = listOf(member(gateway, "attachmentSet"));
  const vpc = textOf(member(attachment, "vpcId")) ?? textOf(member(request, "vpcId"));
  return { id, ...told({ vpc, tags: tagsFrom(gateway, request, resourceType) }) };
}

function gatewayOf({ request }: Call): string {
  const gateway = subjectOf("internet-gateway", member(request, "internetGatewayId"));
  if (gateway === undefined) throw new UnreadableError("it names no internetGatewayId");
  return gateway.id;
}
