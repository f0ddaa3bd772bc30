import { isOfEgress } from "../../guard/reviewing/review-plan.ts";
import type { RouteTableFacts } from "../../model/facts.ts";
import { targetKind } from "../../model/route.ts";
import type { GroupSight, Network } from "./network.ts";
import type { SceneEdge } from "./scene.ts";
import type { Teller } from "./teller.ts";

export const INTERNET = "internet";
/** Where what has no known place stands for. */
export const SOMEWHERE = "somewhere";
export const SOME_GATEWAY = "some-gateway";

type Subnets = Network["subnets"];

/** From the internet and other networks to the subnets, by their routes. */
export function waysIn({ unknown, gateways }: Network, subnets: Subnets): SceneEdge[] {
  const attached = gateways.filter(({ egressOnly }) => egressOnly !== true);
  const ways = subnets.flatMap(({ facts, table }): SceneEdge[] => {
    const to = facts.id;
    if (table !== undefined)
      return targetsOf(table).map((from) => ({ from, to, exposed: false, kind: isOutbound(from) ? "outbound" : "open" }));
    const from = attached[0]?.id ?? (unknown.includes("internet-gateway") ? SOME_GATEWAY : undefined);
    return from === undefined ? [] : [{ from, to, exposed: false, kind: "doubtful" }];
  });
  const outer = new Set([...ways.map(({ from }) => from), ...attached.map(({ id }) => id)]);
  return [...[...outer].flatMap(wayFromOutside), ...ways];
}

function wayFromOutside(id: string): SceneEdge[] {
  if (id === SOME_GATEWAY) return [{ from: INTERNET, to: id, exposed: false, kind: "doubtful" }];
  if (targetKind(id) === "internet-gateway") return [{ from: INTERNET, to: id, exposed: false, kind: "open" }];
  return isOutbound(id) ? [{ from: INTERNET, to: id, exposed: false, kind: "outbound" }] : [];
}

/** What the routes of a table lead to, outside of the VPC. */
export function targetsOf({ routes }: RouteTableFacts): string[] {
  const away = routes.filter(({ target, state }) => state !== "blackhole" && !["local", "network-interface"].includes(targetKind(target)));
  return [...new Set(away.map(({ target }) => target))];
}

/** Whether it lets connections out, and none in. */
export function isOutbound(id: string): boolean {
  return ["nat-gateway", "egress-only-internet-gateway"].includes(targetKind(id));
}

/** From the subnets where its interfaces are to a group, or from somewhere. */
export function waysTo({ facts }: GroupSight, places: ReadonlySet<string>, subnets: Subnets): SceneEdge[] {
  const known = subnets.filter((subnet) => places.has(subnet.facts.id));
  if (known.length === 0) return [{ from: SOMEWHERE, to: facts.id, exposed: false, kind: "doubtful" }];
  return known.map((subnet) => ({ from: subnet.facts.id, to: facts.id, exposed: false, kind: "open" }));
}

export function waysToSomewhere({ gateways, unknown, nowhere }: Network): SceneEdge[] {
  const doubtful = { exposed: false, kind: "doubtful" } as const;
  if (nowhere === true) return [{ ...doubtful, from: INTERNET, to: SOMEWHERE }];
  const gateway = gateways.find(({ egressOnly }) => egressOnly !== true);
  if (gateway !== undefined) return [{ ...doubtful, from: gateway.id, to: SOMEWHERE }];
  if (!unknown.includes("internet-gateway")) return [];
  return [
    { ...doubtful, from: INTERNET, to: SOME_GATEWAY },
    { ...doubtful, from: SOME_GATEWAY, to: SOMEWHERE },
  ];
}

/** The box of what a group may let in, once that is known. */
export function openBoxOf(group: string): string {
  return `${group} open`;
}

/** What a group lets in and is known after apply only, by path. */
export function openIngress(group: string, { openOf }: Teller): readonly string[] {
  return openOf(group).filter((path) => !isOfEgress(path));
}

export function portEdges({ facts, forbidden, admits, fromInternet }: GroupSight, teller: Teller): SceneEdge[] {
  const edge = { from: facts.id, kind: "open" } as const;
  return [
    ...(forbidden.isEmpty() ? [] : [{ ...edge, to: `${facts.id} forbidden`, exposed: fromInternet }]),
    ...(admits.difference(forbidden).isEmpty() ? [] : [{ ...edge, to: `${facts.id} lawful`, exposed: false }]),
    ...(openIngress(facts.id, teller).length === 0
      ? []
      : [{ from: facts.id, to: openBoxOf(facts.id), exposed: false, kind: "doubtful" as const }]),
  ];
}

/** The same ways, each once, those exposed on which the internet may come to a group that lets it in; and what stands on them. */
export function withExposure(all: readonly SceneEdge[], groups: readonly GroupSight[]): { nodes: ReadonlySet<string>; edges: SceneEdge[] } {
  const unique = [...new Map(all.map((edge) => [`${edge.from} ${edge.to}`, edge])).values()];
  const inward = unique.filter(({ kind }) => kind !== "outbound");
  const near = closure(
    new Set([INTERNET]),
    inward.map(({ from, to }) => [from, to]),
  );
  const open = groups.filter(({ fromInternet }) => fromInternet).map(({ facts }) => facts.id);
  const passable = inward.filter(({ from }) => near.has(from));
  const nodes = closure(
    new Set(open),
    passable.map(({ from, to }) => [to, from]),
  );
  const edges = new Set(passable.filter(({ to }) => nodes.has(to)));
  return {
    nodes: new Set([...nodes].filter((id) => id !== INTERNET)),
    edges: unique.map((edge) => ({ ...edge, exposed: edges.has(edge) })),
  };
}

// All that can be reached from here.
function closure(reached: Set<string>, steps: readonly (readonly [from: string, to: string])[]): ReadonlySet<string> {
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const [from, to] of steps) if (reached.has(from)) reached.add(to);
  }
  return reached;
}
