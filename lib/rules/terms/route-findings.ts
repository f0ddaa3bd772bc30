import { PUBLIC_ADDRESSES } from "../../model/address-set.ts";
import type { Route, RouteTableFacts } from "../../model/facts.ts";
import type { NetworkRemedy } from "../../model/remedy.ts";
import { destinationOf, formatRoute, targetKind } from "../../model/route.ts";
import type { World } from "../../model/world.ts";

/** Whether the route is one that a gateway endpoint keeps: it leads to an AWS service, and goes with the endpoint only. */
export function isOfGatewayEndpoint({ destination, target }: Route): boolean {
  return destination.startsWith("pl-") && targetKind(target) === "endpoint";
}

/** The routes that lead public addresses to an internet gateway, and those that may: nobody knows what their target is. */
export async function internetRoutes(
  { routes }: RouteTableFacts,
  world: Pick<World, "get">,
): Promise<{ readonly sure: readonly Route[]; readonly open: readonly Route[] }> {
  const sure: Route[] = [];
  const open: Route[] = [];
  for (const route of routes) {
    const kind = targetKind(route.target);
    if (kind !== "internet-gateway" && kind !== "other") continue;
    const addresses = await destinationOf(route, world);
    if (addresses?.overlaps(PUBLIC_ADDRESSES)) (kind === "other" ? open : sure).push(route);
  }
  return { sure, open };
}

/** What would have to be known of a route whose target is of no known kind. */
export function targetOf(route: Route, table: string): string {
  return `what ${route.target} is, where ${formatRoute(route)} of ${table} leads`;
}

/** What a finding about a route offers. */
interface Offer {
  readonly remedies: readonly NetworkRemedy[];
  readonly remedy?: "none";
}

/** The remedies of a route: to delete it and, where its target was a lawful one before, to lead it back there. */
export function routeRemedies(table: string, route: Route, isLawful: (target: string) => boolean): Offer {
  const { destination, target, previous, origin } = route;
  // What a gateway propagates comes back by itself, and the route that a table is born with cannot be deleted.
  const deletable = origin !== "propagated" && origin !== "table" && !isOfGatewayEndpoint(route);
  const restorable = origin !== "propagated" && previous !== undefined && isLawful(previous);
  const remedies: NetworkRemedy[] = [
    ...(deletable ? [{ kind: "delete-route" as const, table, route: { destination, target } }] : []),
    ...(restorable ? [{ kind: "restore-route" as const, table, destination, from: target, to: previous }] : []),
  ];
  return remedies.length > 0 ? { remedies } : { remedies, remedy: "none" };
}
