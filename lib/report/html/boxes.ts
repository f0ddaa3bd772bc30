import type { RouteTableFacts } from "../../model/facts.ts";
import { type TargetKind, targetKind } from "../../model/route.ts";
import type { TrafficSet } from "../../model/traffic.ts";
import { count } from "../summary.ts";
import { linesOf } from "./compare.ts";
import type { Tone } from "./data.ts";
import type { GroupSight, Network } from "./network.ts";
import type { SceneEdge, SceneNode } from "./scene.ts";
import { INTERNET, isOutbound, SOME_GATEWAY, SOMEWHERE, targetsOf } from "./ways.ts";

const MOST_LINES = 4;
const GATEWAYS: Readonly<Partial<Record<TargetKind, string>>> = {
  "internet-gateway": "Internet gateway",
  "egress-only-internet-gateway": "Egress-only gateway",
  "nat-gateway": "NAT gateway",
  peering: "Peering",
  "transit-gateway": "Transit gateway",
  "vpn-gateway": "VPN gateway",
  endpoint: "VPC endpoint",
};

/** The internet, and all gateways that a way leads through. */
export function outerBoxes(network: Network, edges: readonly SceneEdge[]): SceneNode[] {
  const within = new Set([SOMEWHERE, ...network.subnets.map(({ facts }) => facts.id)]);
  const ids = [...new Set(edges.flatMap(({ from, to }) => [from, ...(from === INTERNET ? [to] : [])]))];
  return ids.filter((id) => !within.has(id)).map((id) => outerBox(id, network));
}

function outerBox(id: string, { nats, peerings, vpc, troubles }: Network): SceneNode {
  if (id === INTERNET) return { id, kind: "internet", title: "Internet", lines: [], exposed: false };
  if (id === SOME_GATEWAY) return { id, kind: "unknown", title: "Gateway", lines: [{ text: "no record tells of it" }], exposed: false };
  const peering = peerings.find((one) => one.id === id);
  const other = [peering?.requester, peering?.accepter].find((side) => side?.vpc !== undefined && side.vpc !== vpc?.id)?.vpc;
  const trouble = troubles.get(id)?.worst;
  const lines = [
    ...(isOutbound(id) ? ["outbound only"] : []),
    ...(nats.find((one) => one.id === id)?.connectivity === "private" ? ["private"] : []),
    ...(other === undefined ? [] : [other]),
  ];
  return {
    id,
    kind: "gateway",
    title: GATEWAYS[targetKind(id)] ?? "Gateway",
    name: id,
    lines: lines.map((text) => ({ text })),
    exposed: false,
    ...(trouble !== undefined && { trouble }),
  };
}

export function subnetBox({ facts, table }: Network["subnets"][number], { troubles }: Network): SceneNode {
  const trouble = (troubles.get(facts.id) ?? troubles.get(table?.id ?? ""))?.worst;
  const place = [facts.cidr, facts.zone].filter((part) => part !== undefined).join(" · ");
  const way = `${wayOf(table)}${facts.autoPublicIp === true ? ", public addresses" : ""}`;
  return {
    id: facts.id,
    kind: "subnet",
    title: facts.tags?.Name ?? "Subnet",
    name: facts.id,
    lines: [place, way].filter((text) => text !== "").map((text) => ({ text })),
    exposed: false,
    ...(trouble !== undefined && { trouble }),
  };
}

function wayOf(table: RouteTableFacts | undefined): string {
  if (table === undefined) return "route table not told";
  if (targetsOf(table).some((id) => targetKind(id) === "internet-gateway")) return "public";
  return table.partial === true ? "private, as far as known" : "private";
}

/** For groups of which no record tells where they are used. */
export function somewhereBox(network: Network): SceneNode {
  const [title, text] = somewhereTexts(network);
  return { id: SOMEWHERE, kind: "unknown", title, lines: [{ text }], exposed: false };
}

function somewhereTexts({ subnets, nowhere, unknown }: Network): readonly [title: string, text: string] {
  if (nowhere === true) return ["Some network", "no record tells of it"];
  if (subnets.length > 0) return ["Some subnet, or none", "no record tells which"];
  return unknown.includes("subnet") ? ["Subnets", "no record tells of them"] : ["No subnet", "as far as the records tell"];
}

/** A group, what it admits and should not, and what else it admits. */
export function groupBoxes({ facts, admits, forbidden, fromInternet }: GroupSight, { troubles }: Network): SceneNode[] {
  const trouble = troubles.get(facts.id)?.worst;
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
    ...portsBox(`${facts.id} forbidden`, "Forbidden", forbidden, "forbidden"),
    ...portsBox(`${facts.id} lawful`, "Admitted", rest, "kept"),
  ];
}

function portsBox(id: string, title: string, traffic: TrafficSet, tone: Tone): SceneNode[] {
  if (traffic.isEmpty()) return [];
  const all = linesOf(traffic);
  const shown = all.slice(0, all.length > MOST_LINES ? MOST_LINES - 1 : MOST_LINES);
  const more = all.length > shown.length ? [`and ${count(all.length - shown.length, "line")} more`] : [];
  return [{ id, kind: "ports", title, lines: [...shown, ...more].map((text) => ({ text, tone })), exposed: tone === "forbidden" }];
}
