import type { Effect } from "../../model/effect.ts";
import type { EndpointFacts } from "../../model/facts.ts";
import { flagOf, isFields, member, tagsFrom, textOf, textsIn, told } from "../fields.ts";
import type { Call } from "../record.ts";
import { callShape, deletionShape, effectsShape, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

const TYPES = ["Gateway", "Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork"] as const;
/** "The default policy permits full access to the service" (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html). */
const FULL_ACCESS = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] });

const endpointOf = ({ request }: Call) => member(request, "vpcEndpointId");

/** CreateVpcEndpoint: everything is in the answer; the default policy is sometimes told nowhere. */
const create: Shape = effectsShape("endpoint", "the endpoint with its service, place and policy", {
  subject: ({ answer }) => member(member(answer, "vpcEndpoint"), "vpcEndpointId"),
  effects: (call, id) => [{ op: "create", kind: "endpoint", id, facts: factsOf(call, id) }],
});

/** ModifyVpcEndpoint: tables and subnets come and go, and the policy is another. */
const modify: Shape = effectsShape("endpoint", "the policy, route tables and subnets that change", {
  subject: endpointOf,
  effects: ({ request }, id) => {
    const change = (op: "add" | "remove", list: "routeTables" | "subnets", items: readonly string[]): Effect[] =>
      items.length === 0 ? [] : [{ op, kind: "endpoint", id, list, items }];
    const policy = flagOf(member(request, "resetPolicy")) === true ? FULL_ACCESS : policyIn(request);
    return [
      ...(policy === undefined ? [] : [{ op: "update", kind: "endpoint", id, facts: { policy } } as const]),
      ...change("add", "routeTables", textsIn(request, "addRouteTableId")),
      ...change("remove", "routeTables", textsIn(request, "removeRouteTableId")),
      ...change("add", "subnets", textsIn(request, "addSubnetId")),
      ...change("remove", "subnets", textsIn(request, "removeSubnetId")),
    ];
  },
});

const connect = (tells: string): Shape =>
  callShape("instance-connect-endpoint", tells, {
    subject: ({ request, answer }) =>
      member(member(answer, "instanceConnectEndpoint"), "instanceConnectEndpointId") ?? member(request, "instanceConnectEndpointId"),
    details: ({ request, answer }) => {
      const endpoint = member(answer, "instanceConnectEndpoint");
      return {
        vpcId: textOf(member(endpoint, "vpcId")),
        subnetId: textOf(member(request, "subnetId")) ?? textOf(member(endpoint, "subnetId")),
      };
    },
  });

export const endpointCalls = watch(EC2, {
  CreateVpcEndpoint: create,
  ModifyVpcEndpoint: modify,
  DeleteVpcEndpoints: deletionShape("endpoint", "the endpoints that are gone", ({ request }) => textsIn(request, "vpcEndpointId")),
  CreateInstanceConnectEndpoint: connect("the subnet that it opens a way into"),
  ModifyInstanceConnectEndpoint: connect("that it changes"),
  DeleteInstanceConnectEndpoint: connect("that it is gone"),
});

function factsOf({ request, answer }: Call, id: string): EndpointFacts {
  const endpoint = member(answer, "vpcEndpoint");
  const one = (name: string) => textOf(member(endpoint, name)) ?? textOf(member(request, name));
  const all = (name: string) => {
    const found = textsIn(endpoint, name);
    return found.length === 0 ? textsIn(request, name) : found;
  };
  const type = TYPES.find((name) => name === one("vpcEndpointType"));
  const policy = policyIn(endpoint) ?? policyIn(request);
  return {
    id,
    ...told({ vpc: one("vpcId"), service: one("serviceName"), type, policy, tags: tagsFrom(endpoint, request, "vpc-endpoint") }),
    routeTables: all("routeTableId"),
    subnets: all("subnetId"),
    ...(policy === undefined && { partial: true }),
  };
}

// The policy is JSON as text, which a record may hold unpacked.
function policyIn(place: unknown): string | undefined {
  const policy = member(place, "policyDocument");
  return textOf(policy) ?? (isFields(policy) ? JSON.stringify(policy) : undefined);
}
