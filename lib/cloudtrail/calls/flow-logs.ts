import type { FlowLogFacts } from "../../model/facts.ts";
import { listOf, member, requestedTags, textOf, textsIn, told } from "../fields.ts";
import type { Call } from "../record.ts";
import { deletionShape, effectsShape, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

/** CreateFlowLogs: the ids are in the answer, what they watch is in the request; of several, nothing tells which is whose. */
const create: Shape = effectsShape("flow-log", "the flow logs with what they watch", {
  matters: ({ answer }) => listOf(member(answer, "flowLogIdSet")).length > 0 || listOf(member(answer, "unsuccessful")).length === 0,
  subject: ({ answer }) => textsIn(answer, "flowLogId"),
  effects: (call, id) => [{ op: "create", kind: "flow-log", id, facts: factsOf(call, id) }],
});

export const flowLogCalls = watch(EC2, {
  CreateFlowLogs: create,
  DeleteFlowLogs: deletionShape("flow-log", "the flow logs that are gone, and not what they watched", ({ request }) =>
    textsIn(request, "flowLogId"),
  ),
});

function factsOf({ request }: Call, id: string): FlowLogFacts {
  const [resource, ...others] = textsIn(request, "resourceId");
  const type = textOf(member(request, "trafficType"));
  return {
    id,
    ...told({ tags: requestedTags(request, "vpc-flow-log") }),
    ...(resource !== undefined && others.length === 0 ? { resource } : { partial: true }),
    ...(type === "ACCEPT" || type === "REJECT" || type === "ALL" ? { trafficType: type } : {}),
  };
}
