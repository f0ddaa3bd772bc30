import type { NatGatewayFacts } from "../../model/facts.ts";
import { member, tagsFrom, textOf, told } from "../fields.ts";
import type { Call } from "../record.ts";
import { deletionShape, effectsShape, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

/** CreateNatGateway: everything is in the answer. */
const create: Shape = effectsShape("nat-gateway", "the gateway with its place and tags", {
  subject: ({ answer }) => member(member(answer, "natGateway"), "natGatewayId"),
  effects: (call, id) => [{ op: "create", kind: "nat-gateway", id, facts: factsOf(call, id) }],
});

export const natGatewayCalls = watch(EC2, {
  CreateNatGateway: create,
  DeleteNatGateway: deletionShape("nat-gateway", "that the gateway is gone", ({ request }) => member(request, "natGatewayId")),
});

function factsOf({ request, answer }: Call, id: string): NatGatewayFacts {
  const gateway = member(answer, "natGateway");
  const one = (name: string) => textOf(member(gateway, name)) ?? textOf(member(request, name));
  const connectivity = one("connectivityType");
  const state = one("state");
  const mode = one("availabilityMode");
  return {
    id,
    ...told({ vpc: one("vpcId"), subnet: one("subnetId"), tags: tagsFrom(gateway, request, "natgateway") }),
    ...(connectivity === "public" || connectivity === "private" ? { connectivity } : {}),
    ...(state === "pending" || state === "available" || state === "failed" ? { state } : {}),
    ...(mode !== undefined && { regional: mode === "regional" }),
  };
}
