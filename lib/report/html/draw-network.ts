import type { SecurityGroupFacts } from "../../model/facts.ts";
import { count } from "../summary.ts";
import { groupBoxes, openPaths, outerBoxes, somewhereBox, subnetBox } from "./boxes.ts";
import { type GroupSight, type Network, nounsOf } from "./network.ts";
import type { Scene } from "./scene.ts";
import { portEdges, SOMEWHERE, waysIn, waysTo, waysToSomewhere, withExposure } from "./ways.ts";

const MOST_GROUPS = 10;
const MOST_HOMELESS = 5;
const MOST_SUBNETS = 12;

/** The drawing of a network: internet, gateways, subnets, groups, ports. What is known is drawn; what is not, is said. */
export function sceneOf(network: Network): Scene {
  const groups = shownGroups(network);
  const used = new Set(groups.flatMap(({ facts }) => [...placesOf(facts.id, network)]));
  // Those that hold something first.
  const subnets = network.subnets.toSorted((a, b) => Number(used.has(b.facts.id)) - Number(used.has(a.facts.id))).slice(0, MOST_SUBNETS);
  const inner = groups.flatMap((group) => waysTo(group, placesOf(group.facts.id, network), subnets));
  const lost = inner.some(({ from }) => from === SOMEWHERE);
  const { nodes: reached, edges } = withExposure(
    [...waysIn(network, subnets), ...inner, ...(lost ? waysToSomewhere(network) : [])],
    groups,
  );
  const nodes = [
    ...outerBoxes(network, edges),
    ...subnets.map((subnet) => subnetBox(subnet, network)),
    ...(lost ? [somewhereBox(network)] : []),
    ...groups.flatMap((group) => groupBoxes(group, network)),
  ];
  return {
    ...(network.vpc !== undefined && { vpc: network.vpc.id }),
    nothing: network.teller.words.nothing,
    cidrs: [...(network.vpc?.cidrs ?? []), ...(network.vpc?.ipv6Cidrs ?? [])],
    nodes: nodes.map((node) => ({ ...node, exposed: node.exposed || reached.has(node.id) })),
    edges: [...edges, ...groups.flatMap((group) => portEdges(group, network.teller))],
    notes: notesOf(network, groups.length, subnets.length),
  };
}

// Those that say something: forbidden first, then what is used or admits anything.
function shownGroups({ teller, groups, interfaces, troubles, nowhere }: Network): readonly GroupSight[] {
  const used = new Set(interfaces.flatMap((one) => one.groups));
  const isPlanned = ({ id }: SecurityGroupFacts) => teller.markOf(id) !== undefined;
  const weight = ({ facts, forbidden, fromInternet }: GroupSight) =>
    (fromInternet ? 8 : 0) +
    (forbidden.isEmpty() ? 0 : 4) +
    (troubles.has(facts.id) ? 2 : 0) +
    (isPlanned(facts) ? 1 : 0) +
    (used.has(facts.id) ? 1 : 0);
  return groups
    .filter(
      ({ facts, admits }) => nowhere === true || used.has(facts.id) || !admits.isEmpty() || troubles.has(facts.id) || isPlanned(facts),
    )
    .toSorted((a, b) => weight(b) - weight(a))
    .slice(0, nowhere === true ? MOST_HOMELESS : MOST_GROUPS);
}

function placesOf(group: string, { interfaces }: Network): ReadonlySet<string> {
  return new Set(interfaces.flatMap(({ groups, subnet }) => (groups.includes(group) && subnet !== undefined ? [subnet] : [])));
}

function notesOf(network: Network, shownGroups: number, shownSubnets: number): string[] {
  const { teller, unknown, groups, subnets, vpc, gateways, nowhere } = network;
  const { words } = teller;
  const more = [
    ...(subnets.length > shownSubnets ? [count(subnets.length - shownSubnets, "subnet")] : []),
    ...(groups.length > shownGroups ? [count(groups.length - shownGroups, "security group")] : []),
  ];
  const isAttached = gateways.some(({ egressOnly }) => egressOnly !== true);
  return [
    ...(nowhere !== true && teller.isPart(vpc) ? [words.partial] : []),
    ...(vpc === undefined ? [] : openPaths([vpc.id], teller).map((path) => `Known after apply: ${path}.`)),
    ...(unknown.length === 0 ? [] : [words.notTold(unknown.map(nounsOf).join(", "))]),
    ...(isAttached || unknown.includes("internet-gateway") ? [] : [`No internet gateway is attached, ${words.asFar}.`]),
    ...(more.length === 0 ? [] : [`Not drawn: ${more.join(" and ")}.`]),
  ];
}
