import type { Effect } from "../../model/effect.ts";
import type { EndpointServiceFacts } from "../../model/facts.ts";
import { flagOf, member, tagsFrom, textOf, textsIn, told } from "../fields.ts";
import type { Call } from "../record.ts";
import { callShape, deletionShape, effectsShape, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

const serviceOf = ({ request }: Call) => member(request, "serviceId");

/** CreateVpcEndpointServiceConfiguration: nobody but its own account may connect to a new service. */
const create: Shape = effectsShape("endpoint-service", "the service, and whether it asks before it lets somebody in", {
  subject: ({ answer }) => member(member(answer, "serviceConfiguration"), "serviceId"),
  effects: (call, id) => [{ op: "create", kind: "endpoint-service", id, facts: factsOf(call, id) }],
});

/** ModifyVpcEndpointServiceConfiguration: many settings; only acceptance is told of. */
const modify: Shape = effectsShape("endpoint-service", "whether it asks before it lets somebody in, where that changes", {
  subject: serviceOf,
  effects: ({ request }, id) => {
    const acceptanceRequired = flagOf(member(request, "acceptanceRequired"));
    return acceptanceRequired === undefined ? [] : [{ op: "update", kind: "endpoint-service", id, facts: { acceptanceRequired } }];
  },
});

/** ModifyVpcEndpointServicePermissions. */
const permit: Shape = effectsShape("endpoint-service", "the principals that may connect from now on, and those that may not", {
  subject: serviceOf,
  effects: ({ request }, id) => {
    const change = (op: "add" | "remove", name: string): Effect[] => {
      const items = textsIn(request, name);
      return items.length === 0 ? [] : [{ op, kind: "endpoint-service", id, list: "principals", items }];
    };
    return [...change("remove", "removeAllowedPrincipal"), ...change("add", "addAllowedPrincipal")];
  },
});

const answerConnections = (tells: string): Shape =>
  callShape("endpoint-service", tells, {
    subject: serviceOf,
    details: ({ request }) => ({ vpcEndpointIds: textsIn(request, "vpcEndpointId").join(",") || undefined }),
  });

export const endpointServiceCalls = watch(EC2, {
  CreateVpcEndpointServiceConfiguration: create,
  ModifyVpcEndpointServiceConfiguration: modify,
  ModifyVpcEndpointServicePermissions: permit,
  AcceptVpcEndpointConnections: answerConnections("the endpoints that are let in"),
  RejectVpcEndpointConnections: answerConnections("the endpoints that are turned away"),
  DeleteVpcEndpointServiceConfigurations: deletionShape("endpoint-service", "the services that are gone", ({ request }) =>
    textsIn(request, "serviceId"),
  ),
});

function factsOf({ request, answer }: Call, id: string): EndpointServiceFacts {
  const service = member(answer, "serviceConfiguration");
  const acceptanceRequired = flagOf(member(service, "acceptanceRequired")) ?? flagOf(member(request, "acceptanceRequired"));
  return {
    id,
    ...told({ name: textOf(member(service, "serviceName")), acceptanceRequired, tags: tagsFrom(service, request, "vpc-endpoint-service") }),
    principals: [],
  };
}
