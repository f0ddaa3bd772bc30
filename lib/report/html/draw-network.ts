import type { RouteTableFacts } from "../../model/facts.ts";
import { targetKind } from "../../model/route.ts";
import type { TrafficSet } from "../../model/traffic.ts";
import { count } from "../summary.ts";
import { linesOf } from "./compare.ts";
import type { Tone } from "./data.ts";
import { type GroupSight, type Network, nounsOf } from "./network.ts";
import type { Scene, SceneEdge, SceneNode } from "./scene.ts";

const MOST_GROUPS = 12;
const MOST_SUBNETS = 12;
const MOST_LINES = 4;
const INTERNET = "internet";
const SOMEWHERE = "somewhere";
const SOME_GATEWAY = "some-gateway";

/** The drawing of a network: internet, gateways, subnets, groups, ports. What is known is drawn; what is not, is said. */
export function sceneOf(network: Network): Scene {
  const groups = shownGroups(network);
  const places = new Map(groups.map(({ facts }) => [facts.id, placesOf(facts.id, network)]));
  const subnets = network.subnets.filter(
    ({ facts }) => [...places.values()].some((ids) => ids.has(facts.id)) || network.subnets.length <= MOST_SUBNETS,
  );
  const shownSubnets = subnets.slice(0, MOST_SUBNETS);
  const edges = [...waysIn(network, shownSubnets), ...groups.flatMap((group) => waysTo(group, places.get(group.facts.id), shownSubnets))];
  const lost = edges.some(({ from }) => from === SOMEWHERE);
  if (lost) edges.push(...waysToSomewhere(network));
  const reached = exposing(edges, groups);
  const nodes = [
    ...outerNodes(network, edges),
    ...shownSubnets.map(({ facts, table }) => subnetNode(facts, table, network)),
    ...(lost ? [somewhereNode(network)] : []),
    ...groups.flatMap((group) => groupNodes(group, network)),
  ];
  const used = new Set(edges.flatMap(({ from, to }) => [from, to]));
  return {
    ...(network.vpc !== undefined && { vpc: network.vpc.id }),
    cidrs: [...(network.vpc?.cidrs ?? []), ...(network.vpc?.ipv6Cidrs ?? [])],
    nodes: nodes
      .filter(({ id, kind }) => used.has(id) || kind === "group" || kind === "ports" || kind === "subnet")
      .map((node) => ({ ...node, exposed: node.exposed || reached.nodes.has(node.id) })),
    edges: [...reached.edges, ...groups.flatMap(portEdges)],
    notes: notesOf(network, groups.length, shownSubnets.length),
  };
}

// Those that say something: forbidden first, then what is used or admits anything.
function shownGroups({ groups, interfaces, troubles }: Network): readonly GroupSight[] {
  const used = new Set(interfaces.flatMap((one) => one.groups));
  const weight = ({ facts, forbidden, fromInternet }: GroupSight) =>
    (fromInternet ? 8 : 0) + (forbidden.isEmpty() ? 0 : 4) + (troubles.has(facts.id) ? 2 : 0) + (used.has(facts.id) ? 1 : 0);
  return groups
    .filter(({ facts, admits }) => used.has(facts.id) || !admits.isEmpty() || troubles.has(facts.id))
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, MOST_GROUPS);
}

function placesOf(group: string, { interfaces }: Network): ReadonlySet<string> {
  return new Set(interfaces.flatMap(({ groups, subnet }) => (groups.includes(group) && subnet !== undefined ? [subnet] : [])));
}

type Subnets = Network["subnets"];

function waysIn({ unknown, gateways }: Network, subnets: Subnets): SceneEdge[] {
  const attached = gateways.filter(({ egressOnly }) => egressOnly !== true);
  const ways = subnets.flatMap(({ facts, table }): SceneEdge[] => {
    const to = facts.id;
    if (table === undefined) {
      const [gateway] = attached;
      const from = gateway?.id ?? (unknown.includes("internet-gateway") ? SOME_GATEWAY : undefined);
      return from === undefined ? [] : [{ from, to, exposed: false, kind: "doubtful" }];
    }
    return targetsOf(table).map((from) => ({ from, to, exposed: false, kind: isOutbound(from) ? "outbound" : "open" }));
  });
  const outer = new Set([...ways.map(({ from }) => from), ...attached.map(({ id }) => id)]);
  return [...[...outer].flatMap(wayFromOutside), ...ways];
}

function wayFromOutside(id: string): SceneEdge[] {
  const kind = targetKind(id);
  if (id === SOME_GATEWAY) return [{ from: INTERNET, to: id, exposed: false, kind: "doubtful" }];
  if (kind === "internet-gateway") return [{ from: INTERNET, to: id, exposed: false, kind: "open" }];
  return isOutbound(id) ? [{ from: INTERNET, to: id, exposed: false, kind: "outbound" }] : [];
}

function targetsOf({ routes }: RouteTableFacts): string[] {
  const away = routes.filter(
    ({ target, state }) => target !== "local" && state !== "blackhole" && targetKind(target) !== "network-interface",
  );
  return [...new Set(away.map(({ target }) => target))];
}

function isOutbound(id: string): boolean {
  return ["nat-gateway", "egress-only-internet-gateway"].includes(targetKind(id));
}

function waysTo({ facts }: GroupSight, places: ReadonlySet<string> | undefined, subnets: Subnets): SceneEdge[] {
  const known = subnets.filter((subnet) => places?.has(subnet.facts.id));
  const froms = known.length > 0 ? known.map((subnet) => subnet.facts.id) : [SOMEWHERE];
  return froms.map((from) => ({ from, to: facts.id, exposed: false, kind: from === SOMEWHERE ? "doubtful" : "open" }));
}

function waysToSomewhere({ gateways, unknown }: Network): SceneEdge[] {
  const [gateway] = gateways.filter(({ egressOnly }) => egressOnly !== true);
  if (gateway !== undefined) return [{ from: gateway.id, to: SOMEWHERE, exposed: false, kind: "doubtful" }];
  if (!unknown.includes("internet-gateway")) return [];
  return [
    { from: INTERNET, to: SOME_GATEWAY, exposed: false, kind: "doubtful" },
    { from: SOME_GATEWAY, to: SOMEWHERE, exposed: false, kind: "doubtful" },
  ];
}

// From a group that lets the internet in, back along every way on which it may come.
function exposing(all: readonly SceneEdge[], groups: readonly GroupSight[]): { nodes: ReadonlySet<string>; edges: readonly SceneEdge[] } {
  const unique = [...new Map(all.map((edge) => [`${edge.from} ${edge.to}`, edge])).values()];
  const inward = unique.filter(({ kind }) => kind !== "outbound");
  const fromInternet = new Set([INTERNET]);
  for (let size = 0; size !== fromInternet.size; ) {
    size = fromInternet.size;
    for (const { from, to } of inward) if (fromInternet.has(from)) fromInternet.add(to);
  }
  const nodes = new Set(groups.filter(({ fromInternet: open }) => open).map(({ facts }) => facts.id));
  const edges = new Set<SceneEdge>();
  for (let size = -1; size !== edges.size; ) {
    size = edges.size;
    for (const edge of inward) {
      if (!nodes.has(edge.to) || !fromInternet.has(edge.from)) continue;
      edges.add(edge);
      nodes.add(edge.from);
    }
  }
  nodes.delete(INTERNET);
  return { nodes, edges: unique.map((edge) => ({ ...edge, exposed: edges.has(edge) })) };
}

const GATEWAYS: Readonly<Partial<Record<ReturnType<typeof targetKind>, string>>> = {
  "internet-gateway": "Internet gateway",
  "egress-only-internet-gateway": "Egress-only gateway",
  "nat-gateway": "NAT gateway",
  peering: "Peering",
  "transit-gateway": "Transit gateway",
  "vpn-gateway": "VPN gateway",
  endpoint: "VPC endpoint",
};

function outerNodes({ nats, peerings, vpc, troubles }: Network, edges: readonly SceneEdge[]): SceneNode[] {
  const ids = [...new Set(edges.map(({ from }) => from))].filter((id) => !id.startsWith("subnet-") && id !== SOMEWHERE);
  const box = { exposed: false, lines: [] };
  return ids.map((id): SceneNode => {
    if (id === INTERNET) return { ...box, id, kind: "internet", title: "Internet" };
    if (id === SOME_GATEWAY) return { ...box, id, kind: "unknown", title: "Gateway", lines: [{ text: "no record tells of it" }] };
    const nat = nats.find((one) => one.id === id);
    const peering = peerings.find((one) => one.id === id);
    const other = [peering?.requester, peering?.accepter].find((side) => side?.vpc !== undefined && side.vpc !== vpc?.id)?.vpc;
    const trouble = troubles.get(id)?.worst;
    const lines = [
      ...(isOutbound(id) ? ["outbound only"] : []),
      ...(nat?.connectivity === "private" ? ["private"] : []),
      ...(other === undefined ? [] : [other]),
    ];
    return {
      ...box,
      id,
      kind: "gateway",
      title: GATEWAYS[targetKind(id)] ?? "Gateway",
      name: id,
      lines: lines.map((text) => ({ text })),
      ...(trouble !== undefined && { trouble }),
    };
  });
}

function subnetNode(facts: Subnets[number]["facts"], table: RouteTableFacts | undefined, { troubles }: Network): SceneNode {
  const way =
    table === undefined
      ? "route table not told"
      : targetsOf(table).some((id) => targetKind(id) === "internet-gateway")
        ? "public"
        : "private";
  const trouble = (troubles.get(facts.id) ?? troubles.get(table?.id ?? ""))?.worst;
  const lines = [
    [facts.cidr, facts.zone].filter((part) => part !== undefined).join(" · "),
    facts.autoPublicIp === true ? `${way}, public addresses` : way,
  ];
  return {
    id: facts.id,
    kind: "subnet",
    title: facts.tags?.Name ?? "Subnet",
    name: facts.id,
    lines: lines.filter((text) => text !== "").map((text) => ({ text })),
    exposed: false,
    ...(trouble !== undefined && { trouble }),
  };
}

function somewhereNode({ subnets }: Network): SceneNode {
  const text = subnets.length === 0 ? "no record tells of them" : "no record tells which";
  return {
    id: SOMEWHERE,
    kind: "unknown",
    title: subnets.length === 0 ? "Subnets" : "Some subnet, or none",
    lines: [{ text }],
    exposed: false,
  };
}

function groupNodes(group: GroupSight, { troubles }: Network): SceneNode[] {
  const { facts, admits, forbidden, fromInternet } = group;
  const trouble = troubles.get(facts.id)?.worst;
  const box = { kind: "ports", exposed: false } as const;
  const rest = admits.difference(forbidden);
  return [
    {
      id: facts.id,
      kind: "group",
      title: facts.name ?? "Security group",
      name: facts.id,
      lines: [...(facts.partial ? [{ text: "known in part" }] : []), ...(admits.isEmpty() ? [{ text: "lets nobody in" }] : [])],
      exposed: fromInternet,
      ...(trouble !== undefined && { trouble }),
    },
    ...(forbidden.isEmpty()
      ? []
      : [{ ...box, id: `${facts.id} forbidden`, title: "Forbidden", lines: shortLines(forbidden, "forbidden"), exposed: true }]),
    ...(rest.isEmpty() ? [] : [{ ...box, id: `${facts.id} lawful`, title: "Admitted", lines: shortLines(rest, "kept") }]),
  ];
}

function shortLines(traffic: TrafficSet, tone: Tone): SceneNode["lines"] {
  const all = linesOf(traffic);
  const shown = all.slice(0, all.length > MOST_LINES ? MOST_LINES - 1 : MOST_LINES);
  return [...shown, ...(all.length > shown.length ? [`and ${count(all.length - shown.length, "line")} more`] : [])].map((text) => ({
    text,
    tone,
  }));
}

function portEdges({ facts, forbidden, admits, fromInternet }: GroupSight): SceneEdge[] {
  const edge = { from: facts.id, kind: "open" } as const;
  return [
    ...(forbidden.isEmpty() ? [] : [{ ...edge, to: `${facts.id} forbidden`, exposed: fromInternet }]),
    ...(admits.difference(forbidden).isEmpty() ? [] : [{ ...edge, to: `${facts.id} lawful`, exposed: false }]),
  ];
}

function notesOf({ unknown, groups, subnets, vpc, gateways }: Network, shownGroups: number, shownSubnets: number): string[] {
  const more = [
    ...(subnets.length > shownSubnets ? [count(subnets.length - shownSubnets, "subnet")] : []),
    ...(groups.length > shownGroups ? [count(groups.length - shownGroups, "security group")] : []),
  ];
  const none = unknown.includes("internet-gateway") || gateways.some(({ egressOnly }) => egressOnly !== true);
  return [
    ...(vpc?.partial ? ["The records met this VPC in mid-life: it may have more than is drawn."] : []),
    ...(unknown.length === 0 ? [] : [`Not told by any record: ${unknown.map(nounsOf).join(", ")}.`]),
    ...(none ? [] : ["No internet gateway is attached, as far as the records tell."]),
    ...(more.length === 0 ? [] : [`Not drawn: ${more.join(" and ")}, which admit or hold nothing that is told of here.`]),
  ];
}
