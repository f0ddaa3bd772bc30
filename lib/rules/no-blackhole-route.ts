import * as z from "zod/mini";
import type { Route, RouteTableFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { hasEnded } from "../model/peering.ts";
import { formatRoute, type TargetKind, targetKind } from "../model/route.ts";
import { isUnknown, type World } from "../model/world.ts";
import { defineRule, type NoteUnjudged } from "./rule.ts";
import { routeRemedies } from "./terms/route-findings.ts";

// What EC2 calls peering connections that carry nothing any more and never will.

export const noBlackholeRoute = defineRule({
  meta: {
    id: "no-blackhole-route",
    title: "Every route leads to a target that exists and can take its traffic",
    resource: "route-table",
    severity: "low",
    finds:
      "Routes that EC2 reports as `blackhole`, and routes to a peering connection, NAT gateway, internet gateway, endpoint or network interface that is gone: deleted, a peering that was rejected or expired, an internet gateway that is not attached to the table's VPC. Routes that a virtual private gateway propagates are told and never deleted. Targets that a world cannot look up are left to what EC2 reports.",
    rationale:
      "Traffic to such a destination is dropped without a word, and what was meant to go there fails by timeout. Who makes a gateway anew later may find old routes leading to it.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html",
    avoid: "aws ec2 delete-nat-gateway --nat-gateway-id nat-... before the routes to it",
    prefer: "aws ec2 delete-route --route-table-id rtb-... --destination-cidr-block <its destination>",
    remedies: ["delete-route"],
    remedy: "none",
    enabled: false,
    calls: [
      "DeleteEgressOnlyInternetGateway",
      "DeleteInternetGateway",
      "DeleteNatGateway",
      "DeleteNetworkInterface",
      "DeleteTransitGatewayVpcAttachment",
      "DeleteVpcEndpoints",
      "DeleteVpcPeeringConnection",
      "DeleteVpnGateway",
      "DetachInternetGateway",
      "DetachVpnGateway",
      "RejectVpcPeeringConnection",
    ],
  },
  options: () => z.strictObject({}),

  prepare: () => undefined,

  check: async ({ facts }, world, _, unjudged) => {
    const found: RuleFinding[] = [];
    for (const route of facts.routes) {
      const reason = await whyNowhere(route, facts, world, unjudged);
      if (reason === undefined) continue;
      const { remedies, ...offer } = routeRemedies(facts.id, route, () => false);
      const advice = remedies.length > 0 ? "delete the route, or give it a target that exists" : "it goes with what put it there";
      found.push({
        parts: [route.destination, route.target],
        message: `${formatRoute(route)} leads nowhere: ${reason}; ${advice}`,
        remedies,
        ...offer,
      });
    }
    return found;
  },
});

async function whyNowhere(route: Route, table: RouteTableFacts, world: World, unjudged: NoteUnjudged): Promise<string | undefined> {
  if (route.state === "blackhole") return "EC2 reports it as a blackhole";
  // EC2 sees targets that this account may not, those of a shared VPC.
  if (route.state === "active") return undefined;
  return LOOK[targetKind(route.target)]?.(route.target, table, world, unjudged);
}

type Look = (target: string, table: RouteTableFacts, world: World, unjudged: NoteUnjudged) => Promise<string | undefined>;

/** How to see whether a target can take traffic, for the kinds that a world looks up; the answer says why not. */
const LOOK: { readonly [Kind in TargetKind]?: Look } = {
  peering: async (target, _, world) => {
    const peering = await world.get("peering", target);
    if (peering === undefined) return goneText(target);
    if (isUnknown(peering)) return undefined;
    return hasEnded(peering.status) ? `${target} is ${peering.status}` : undefined;
  },
  "nat-gateway": async (target, _, world) => {
    const gateway = await world.get("nat-gateway", target);
    if (gateway === undefined) return goneText(target);
    return !isUnknown(gateway) && gateway.state === "failed" ? `${target} has failed` : undefined;
  },
  "internet-gateway": async (target, { id, vpc }, world, unjudged) => {
    const gateway = await world.get("internet-gateway", target);
    if (gateway === undefined) return goneText(target);
    if (isUnknown(gateway)) return undefined;
    if (gateway.vpc === undefined) return gateway.partial === true ? undefined : `${target} is attached to no VPC`;
    if (vpc === undefined) unjudged(`the VPC of ${id}`);
    return vpc === undefined || gateway.vpc === vpc ? undefined : `${target} is attached to ${gateway.vpc} and not to ${vpc}`;
  },
  "egress-only-internet-gateway": async (target, _, world) => {
    return (await world.get("internet-gateway", target)) === undefined ? goneText(target) : undefined;
  },
  endpoint: async (target, _, world) => ((await world.get("endpoint", target)) === undefined ? goneText(target) : undefined),
  "network-interface": async (target, _, world) =>
    (await world.get("network-interface", target)) === undefined ? goneText(target) : undefined,
};

function goneText(target: string): string {
  return `${target} does not exist`;
}
