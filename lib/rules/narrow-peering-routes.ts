import * as z from "zod/mini";
import { AddressSet } from "../model/address-set.ts";
import type { PeeringFacts, PeeringSide, Route, RouteTableFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { destinationOf, formatRoute, targetKind } from "../model/route.ts";
import { isUnknown, type World } from "../model/world.ts";
import { defineRule, type NoteUnjudged } from "./rule.ts";
import { nameFew } from "./terms/name-few.ts";

export const narrowPeeringRoutes = defineRule({
  meta: {
    id: "narrow-peering-routes",
    title: "Routes to peerings and transit gateways are no wider than the networks on the other side",
    resource: "route-table",
    severity: "low",
    finds:
      "Routes to a peering connection for addresses that are not in the CIDRs of the VPC on the other side, and routes to a transit gateway for addresses that are not in `transit_gateway`; without that option, routes to transit gateways are left alone. Prefix lists count by their addresses. Where the other side's CIDRs cannot be read, as those of another account, nothing is found and the route is noted as not judged.",
    rationale:
      "A route that is wider than its network takes the addresses of the next one that is connected, and whatever the other side adds later is reachable before anybody decided so.",
    source: "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html",
    controls: ["CIS AWS Foundations Benchmark 3.0.0, 5.5"],
    avoid: "10.0.0.0/8 to pcx-..., where the other VPC is 10.2.0.0/16",
    prefer: "10.2.0.0/16 to pcx-..., or only the subnets that are meant",
    remedies: [],
    remedy: "none",
    enabled: false,
  },
  options: () =>
    z.strictObject({
      transit_gateway: z._default(
        z
          .array(z.string("expected a CIDR or the name of a network"), "expected a list of CIDRs and names of networks")
          .check(z.describe("The networks behind transit gateways. Without any, routes to transit gateways are not judged.")),
        [],
      ),
    }),

  prepare: ({ transit_gateway }, networks) => ({
    names: nameFew(transit_gateway),
    behind: transit_gateway.length === 0 ? undefined : AddressSet.union(transit_gateway.map((name) => networks.resolve(name))),
  }),

  check: async ({ facts }, world, { names, behind }, unjudged) => {
    const found: RuleFinding[] = [];
    for (const route of facts.routes) {
      // A blackhole carries nothing, and a connection that has ended tells no CIDRs; no-blackhole-route is about those.
      if (route.state === "blackhole") continue;
      const kind = targetKind(route.target);
      if (kind === "peering") found.push(...(await throughPeering(route, facts, world, unjudged)));
      else if (kind === "transit-gateway" && behind !== undefined) {
        const addresses = await destinationOf(route, world);
        if (addresses !== undefined && !behind.covers(addresses)) found.push(tooWide(route, `the networks behind it (${names})`));
      }
    }
    return found;
  },
});

async function throughPeering(route: Route, table: RouteTableFacts, world: World, unjudged: NoteUnjudged): Promise<RuleFinding[]> {
  const peering = await world.get("peering", route.target);
  if (peering === undefined || isUnknown(peering) || peering.partial === true) return [];
  const side = otherSide(peering, table);
  if (side === undefined) {
    unjudged(`which side of ${peering.id} the VPC of ${table.id} is`);
    return [];
  }
  if (side.cidrs.length === 0) {
    unjudged(`the CIDRs of ${sideText(side)}, the other side of ${peering.id}`);
    return [];
  }
  const addresses = await destinationOf(route, world);
  if (addresses === undefined || AddressSet.of(...side.cidrs).covers(addresses)) return [];
  const { requester, accepter } = peering;
  const crosses = requester.region !== undefined && accepter.region !== undefined && requester.region !== accepter.region;
  return [tooWide(route, `${sideText(side)} (${nameFew(side.cidrs)})`, crosses ? " This one crosses regions." : "")];
}

function otherSide({ requester, accepter }: PeeringFacts, { vpc }: RouteTableFacts): PeeringSide | undefined {
  if (vpc === undefined) return undefined;
  if (requester.vpc === vpc) return accepter;
  return accepter.vpc === vpc ? requester : undefined;
}

function sideText({ vpc, account }: PeeringSide): string {
  if (vpc === undefined) return account === undefined ? "the VPC" : `the VPC of account ${account}`;
  return account === undefined ? vpc : `${vpc} of account ${account}`;
}

function tooWide(route: Route, network: string, remark = ""): RuleFinding {
  return {
    parts: [route.destination, route.target],
    message: `${formatRoute(route)} is wider than ${network}: route only the addresses that are meant. What it carries between availability zones or regions is billed per GB in both directions.${remark}`,
  };
}
