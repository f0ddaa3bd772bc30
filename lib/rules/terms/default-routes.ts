import type { AddressSet } from "../../model/address-set.ts";
import type { Route, RouteTableFacts } from "../../model/facts.ts";
import { destinationOf, type TargetKind, targetKind } from "../../model/route.ts";
import type { World } from "../../model/world.ts";
import { type Family, INTERNET } from "./internet.ts";
import { isOfGatewayEndpoint } from "./route-findings.ts";

/** The routes that are a default, by the kind of their targets; `open` where the addresses of some route are not known. */
interface DefaultRoutes {
  readonly byKind: Readonly<Record<Family, ReadonlyMap<TargetKind, readonly Route[]>>>;
  readonly open: boolean;
}

/** The routes that lead the whole internet of a family somewhere, one alone or several together: halves are a default too. */
export async function defaultRoutes({ routes }: RouteTableFacts, world: Pick<World, "get">): Promise<DefaultRoutes> {
  const leading: Leading[] = [];
  let open = false;
  for (const route of routes) {
    if (route.target === "local" || isOfGatewayEndpoint(route)) continue;
    const addresses = await destinationOf(route, world);
    if (addresses === undefined) open = true;
    else leading.push({ route, addresses, kind: targetKind(route.target) });
  }
  return { byKind: { 4: defaultsOf(leading, INTERNET[4]), 6: defaultsOf(leading, INTERNET[6]) }, open };
}

interface Leading {
  readonly route: Route;
  readonly addresses: AddressSet;
  readonly kind: TargetKind;
}

function defaultsOf(leading: readonly Leading[], internet: AddressSet): Map<TargetKind, Route[]> {
  const taking = leading.filter(({ addresses }) => addresses.overlaps(internet));
  const kinds = Map.groupBy(taking, ({ kind }) => kind);
  const whole = [...kinds].filter(([, some]) => coverTogether(some, internet));
  if (whole.length > 0) return new Map(whole.map(([kind, some]) => [kind, needed(some, internet)]));
  return coverTogether(taking, internet) ? new Map([...kinds].map(([kind, some]) => [kind, some.map(({ route }) => route)])) : new Map();
}

function coverTogether(some: readonly Leading[], internet: AddressSet): boolean {
  return some.reduce((left, { addresses }) => left.difference(addresses), internet).isEmpty();
}

// Beside a route for everything, those for parts of it say nothing more.
function needed(some: readonly Leading[], internet: AddressSet): Route[] {
  const alone = some.filter(({ addresses }) => addresses.covers(internet));
  return (alone.length > 0 ? alone : some).map(({ route }) => route);
}
