import type { RouteTableFacts } from "../../model/facts.ts";
import { type TargetKind, targetKind } from "../../model/route.ts";
import { count } from "../summary.ts";
import { linesOf } from "./compare.ts";
import type { Tone } from "./data.ts";
import type { GroupSight, Network } from "./network.ts";
import type { SceneEdge, SceneNode } from "./scene.ts";
import type { Teller } from "./teller.ts";
import { INTERNET, isOutbound, openBoxOf, openIngress, SOME_GATEWAY, SOMEWHERE, targetsOf } from "./ways.ts";

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

function outerBox(id: string, { teller, nats, peerings, vpc, troubles }: Network): SceneNode {
  if (id === INTERNET) return { id, kind: "internet", title: "Internet", lines: [], exposed: false };
  if (id === SOME_GATEWAY) return { id, kind: "unknown", title: "Gateway", lines: [{ text: teller.words.ofIt }], exposed: false };
  const peering = peerings.find((one) => one.id === id);
  const other = [peering?.requester, peering?.accepter].find((side) => side?.vpc !== undefined && side.vpc !== vpc?.id)?.vpc;
  const trouble = troubles.get(id)?.worst;
  const lines = [
    ...known(id, teller),
    ...(isOutbound(id) ? ["outbound only"] : []),
    ...(nats.find((one) => one.id === id)?.connectivity === "private" ? ["private"] : []),
    ...(other === undefined ? [] : [teller.nameOf(other)]),
    ...openLines([id], teller),
  ];
  return {
    id,
    kind: "gateway",
    title: GATEWAYS[targetKind(id)] ?? "Gateway",
    ...named(id, teller),
    lines: lines.map((text) => ({ text })),
    exposed: false,
    ...(trouble !== undefined && { trouble }),
  };
}

// What it is called, and what a plan makes of it.
function named(id: string, { nameOf, markOf }: Teller): Pick<SceneNode, "name" | "mark"> {
  const mark = markOf(id);
  return { name: nameOf(id), ...(mark !== undefined && { mark }) };
}

function known(id: string, { idOf }: Teller): string[] {
  const own = idOf(id);
  return own === undefined ? [] : [own];
}

/** What of these is known after apply only, and is drawn: whose it is stands beside it, and tags are no part of a drawing. */
export function openPaths(ids: readonly string[], { openOf }: Teller): string[] {
  const paths = ids.flatMap((id) => openOf(id)).map((path) => path.replace(/ (?:of |\().*/, ""));
  return [...new Set(paths)].filter((path) => !/^tags/i.test(path));
}

function openLines(ids: readonly string[], teller: Teller): string[] {
  const open = openPaths(ids, teller);
  return open.length === 0 ? [] : [`known after apply: ${open.join(", ")}`];
}

export function subnetBox({ facts, table }: Network["subnets"][number], { teller, troubles }: Network): SceneNode {
  const trouble = (troubles.get(facts.id) ?? troubles.get(table?.id ?? ""))?.worst;
  const place = [facts.cidr, facts.zone].filter((part) => part !== undefined).join(" · ");
  const way = `${wayOf(table)}${facts.autoPublicIp === true ? ", public addresses" : ""}`;
  const open = openLines([facts.id, ...(table === undefined ? [] : [table.id])], teller);
  return {
    id: facts.id,
    kind: "subnet",
    title: facts.tags?.Name ?? "Subnet",
    ...named(facts.id, teller),
    lines: [...known(facts.id, teller), place, way, ...open].filter((text) => text !== "").map((text) => ({ text })),
    exposed: false,
    ...(trouble !== undefined && { trouble }),
  };
}

function wayOf(table: RouteTableFacts | undefined): string {
  if (table === undefined) return "route table not told";
  if (targetsOf(table).some((id) => targetKind(id) === "internet-gateway")) return "public";
  return table.partial === true ? "private, as far as known" : "private";
}

/** For groups of which nothing tells where they are used. */
export function somewhereBox(network: Network): SceneNode {
  const [title, text] = somewhereTexts(network);
  return { id: SOMEWHERE, kind: "unknown", title, lines: [{ text }], exposed: false };
}

function somewhereTexts({ teller: { words }, subnets, nowhere, unknown }: Network): readonly [title: string, text: string] {
  if (nowhere === true) return ["Some network", words.ofIt];
  if (subnets.length > 0) return ["Some subnet, or none", words.which];
  return unknown.includes("subnet") ? ["Subnets", words.ofThem] : ["No subnet", words.asFar];
}

/** A group, what it admits and should not, what else it admits, and what it may admit that is not known yet. */
export function groupBoxes({ facts, admits, forbidden, fromInternet }: GroupSight, { teller, troubles, placements }: Network): SceneNode[] {
  const trouble = troubles.get(facts.id)?.worst;
  const rest = admits.difference(forbidden);
  const open = openIngress(facts.id, teller);
  const users = placements.filter(({ groups }) => groups.includes(facts.id)).map(({ address }) => address);
  const lines = [
    ...known(facts.id, teller),
    ...usedBy([...new Set(users)]),
    ...(facts.partial && open.length === 0 ? ["known in part"] : []),
    ...(admits.isEmpty() && open.length === 0 ? ["lets nobody in"] : []),
  ];
  const box = (id: string, title: string, all: readonly string[], tone: Tone): SceneNode[] => {
    if (all.length === 0) return [];
    const isBanned = tone === "forbidden";
    const exposed = isBanned && fromInternet;
    const texts = shortened(all).map((text) => ({ text: teller.nameOf(text), tone }));
    const kind = tone === "unknown" ? "open" : "ports";
    return [
      {
        id,
        kind,
        title,
        of: teller.nameOf(facts.id),
        lines: texts,
        exposed,
        ...(isBanned && !exposed && { trouble: trouble ?? "medium" }),
      },
    ];
  };
  return [
    {
      id: facts.id,
      kind: "group",
      title: facts.name ?? "Security group",
      ...named(facts.id, teller),
      lines: lines.map((text) => ({ text })),
      exposed: fromInternet,
      ...(trouble !== undefined && { trouble }),
    },
    ...box(`${facts.id} forbidden`, "Forbidden", linesOf(forbidden), "forbidden"),
    ...box(`${facts.id} lawful`, "Admitted", linesOf(rest), "kept"),
    ...box(openBoxOf(facts.id), "Known after apply", open, "unknown"),
  ];
}

function usedBy([first, ...others]: readonly string[]): string[] {
  if (first === undefined) return [];
  return [`of ${first}${others.length === 0 ? "" : ` and ${count(others.length, "other")}`}`];
}

function shortened(all: readonly string[]): readonly string[] {
  if (all.length <= MOST_LINES) return all;
  return [...all.slice(0, MOST_LINES - 1), `and ${count(all.length - MOST_LINES + 1, "line")} more`];
}
