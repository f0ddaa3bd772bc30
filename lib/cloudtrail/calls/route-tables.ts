import type { Effect } from "../../model/effect.ts";
import type { Route, RouteTableAssociation, RouteTableFacts } from "../../model/facts.ts";
import { flagOf, listOf, member, tagsFrom, textOf, textsOf, told, UnreadableError } from "../fields.ts";
import type { Call } from "../record.ts";
import { callShape, deletionShape, effectsShape, readCidr, type Shape, subjectOf } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
const DESTINATIONS = ["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"];
const TARGETS = [
  "gatewayId",
  "natGatewayId",
  "transitGatewayId",
  "vpcPeeringConnectionId",
  "vpcEndpointId",
  "egressOnlyInternetGatewayId",
  "networkInterfaceId",
  "instanceId",
  "localGatewayId",
  "carrierGatewayId",
  "coreNetworkArn",
  "odbNetworkArn",
];
const ORIGINS: Readonly<Record<string, NonNullable<Route["origin"]>>> = {
  CreateRouteTable: "table",
  CreateRoute: "created",
  EnableVgwRoutePropagation: "propagated",
};

const tableOf = ({ request }: Call) => member(request, "routeTableId");

/** CreateRoute and ReplaceRoute: one destination, one target. */
const putRoute: Shape = effectsShape("route-table", "the route with its destination and target", {
  subject: tableOf,
  effects: ({ request }, id) => {
    const items = [{ destination: destinationIn(request), target: targetIn(request) }];
    return [{ op: "put", kind: "route-table", id, list: "routes", items }];
  },
});

const dropRoute: Shape = effectsShape("route-table", "the destination of the route that is gone", {
  subject: tableOf,
  effects: ({ request }, id) => [{ op: "drop", kind: "route-table", id, list: "routes", keys: [destinationIn(request)] }],
});

/** CreateRouteTable: everything is in the answer, the local routes too. */
const createTable: Shape = effectsShape("route-table", "the table with its VPC, local routes and tags", {
  subject: ({ answer }) => member(member(answer, "routeTable"), "routeTableId"),
  effects: (call, id) => [{ op: "create", kind: "route-table", id, facts: factsOf(call, id) }],
});

const associate: Shape = effectsShape("route-table", "the subnet or gateway that uses the table", {
  subject: tableOf,
  effects: ({ request, answer }, id) => {
    const subnet = subjectOf("subnet", member(request, "subnetId"))?.id;
    const gateway = textOf(member(request, "gatewayId"));
    return [put(id, { id: newAssociation(answer, "associationId"), ...told({ subnet, gateway }) })];
  },
});

/** ReplaceRouteTableAssociation: whose the association was, and whether it is the main one, only the old one tells. */
const reassociate: Shape = effectsShape("route-table", "the association that moves to the table, and not whose it is", {
  subject: tableOf,
  effects: ({ answer }, id) => [put(id, { id: newAssociation(answer, "newAssociationId") })],
  details: ({ request, answer }) => ({
    associationId: textOf(member(request, "associationId")),
    newAssociationId: textOf(member(answer, "newAssociationId")),
  }),
});

/** DisassociateRouteTable: the request holds the id of the association and nothing else. */
const disassociate: Shape = callShape("route-table-association", "the association that is gone, and not its table", {
  subject: ({ request }) => member(request, "associationId"),
});

const propagate = (op: "add" | "remove"): Shape =>
  effectsShape("route-table", `the virtual private gateway whose routes ${op === "add" ? "come into" : "leave"} the table`, {
    subject: tableOf,
    effects: ({ request }, id) => [
      { op, kind: "route-table", id, list: "propagating", items: textsOf(member(request, "gatewayId"), "gatewayId") },
    ],
  });

export const routeTableCalls = watch(EC2, {
  CreateRoute: putRoute,
  ReplaceRoute: putRoute,
  DeleteRoute: dropRoute,
  CreateRouteTable: createTable,
  DeleteRouteTable: deletionShape("route-table", "that the table is gone", tableOf),
  AssociateRouteTable: associate,
  ReplaceRouteTableAssociation: reassociate,
  DisassociateRouteTable: disassociate,
  EnableVgwRoutePropagation: propagate("add"),
  DisableVgwRoutePropagation: propagate("remove"),
});

function factsOf({ request, answer }: Call, id: string): RouteTableFacts {
  const table = member(answer, "routeTable");
  const routes = member(table, "routeSet");
  return {
    id,
    ...told({ vpc: textOf(member(table, "vpcId")) ?? textOf(member(request, "vpcId")), tags: tagsFrom(table, request, "route-table") }),
    routes: listOf(routes).map(routeOf),
    associations: listOf(member(table, "associationSet")).map(associationOf),
    propagating: textsOf(member(table, "propagatingVgwSet"), "gatewayId"),
    // Every table has the routes inside its VPC.
    ...(routes === undefined && { partial: true }),
  };
}

function routeOf(item: unknown): Route {
  const state = textOf(member(item, "state"));
  return {
    destination: destinationIn(item),
    target: targetIn(item),
    ...(state === "active" || state === "blackhole" ? { state } : {}),
    ...told({ origin: ORIGINS[textOf(member(item, "origin")) ?? ""] }),
  };
}

function associationOf(item: unknown): RouteTableAssociation {
  const id = textOf(member(item, "routeTableAssociationId"));
  if (id === undefined) throw new UnreadableError("an association of the table has no routeTableAssociationId");
  const main = flagOf(member(item, "main"));
  return { id, ...told({ main, subnet: textOf(member(item, "subnetId")), gateway: textOf(member(item, "gatewayId")) }) };
}

function destinationIn(place: unknown): string {
  const [destination] = DESTINATIONS.flatMap((name) => textOf(member(place, name)) ?? []);
  if (destination === undefined) throw new UnreadableError(`a route has no destination: expected one of ${DESTINATIONS.join(", ")}`);
  return destination.startsWith("pl-") ? destination : readCidr(destination);
}

function targetIn(place: unknown): string {
  if (flagOf(member(place, "localTarget")) === true) return "local";
  const [target] = TARGETS.flatMap((name) => textOf(member(place, name)) ?? []);
  if (target === undefined) throw new UnreadableError(`a route has no target: expected one of ${TARGETS.join(", ")}`);
  return target;
}

function newAssociation(answer: unknown, name: string): string {
  const association = subjectOf("route-table-association", member(answer, name));
  if (association === undefined) throw new UnreadableError(`its answer has no ${name}`);
  return association.id;
}

function put(id: string, association: RouteTableAssociation): Effect {
  return { op: "put", kind: "route-table", id, list: "associations", items: [association] };
}
