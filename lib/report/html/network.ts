import { PUBLIC_ADDRESSES } from "../../model/address-set.ts";
import {
  KINDS,
  type Kind,
  type NetworkFacts,
  type RouteTableFacts,
  type SecurityGroupFacts,
  type SubnetFacts,
  type VpcFacts,
} from "../../model/facts.ts";
import type { Severity } from "../../model/finding.ts";
import { SecurityGroup } from "../../model/security-group.ts";
import { TrafficSet } from "../../model/traffic.ts";
import { isUnknown, type World } from "../../model/world.ts";
import type { Placement } from "../../planned/plan.ts";
import { RECORDS, type Teller } from "./teller.ts";

/** What is wrong with a resource now. */
export interface Trouble {
  readonly worst: Severity;
  /** The ingress that is forbidden. */
  readonly forbidden: TrafficSet;
}

export interface GroupSight {
  readonly facts: SecurityGroupFacts;
  readonly admits: TrafficSet;
  readonly forbidden: TrafficSet;
  /** Whether what is forbidden comes from the internet. */
  readonly fromInternet: boolean;
}

/** The parts of a VPC that a world tells of. */
export interface Network {
  readonly teller: Teller;
  readonly vpc?: VpcFacts;
  readonly subnets: readonly { readonly facts: SubnetFacts; readonly table?: RouteTableFacts }[];
  readonly gateways: readonly NetworkFacts["internet-gateway"][];
  readonly nats: readonly NetworkFacts["nat-gateway"][];
  readonly peerings: readonly NetworkFacts["peering"][];
  readonly interfaces: readonly Pick<NetworkFacts["network-interface"], "groups" | "subnet">[];
  /** What is placed in it. */
  readonly placements: readonly Placement[];
  readonly groups: readonly GroupSight[];
  readonly troubles: ReadonlyMap<string, Trouble>;
  /** True for groups of which nothing tells where they are. */
  readonly nowhere?: true;
  /** Kinds of which the world cannot tell whether there are any, or more. */
  readonly unknown: readonly Kind[];
}

/** Who tells of a network, and who is told to use it. */
interface Told {
  readonly teller: Teller;
  readonly placements?: readonly Placement[];
}
const FROM_RECORDS: Told = { teller: RECORDS };

/** Reads what is known of a VPC. Troubles are by the id of the resource. */
export async function networkOf(
  vpc: string,
  world: World,
  troubles: ReadonlyMap<string, Trouble>,
  { teller, placements = [] }: Told = FROM_RECORDS,
): Promise<Network> {
  const unknown: Kind[] = [];
  const list = async <K extends Kind>(kind: K): Promise<readonly NetworkFacts[K][]> => {
    const found = await world.list(kind, { vpc });
    if (!isUnknown(found)) return found;
    unknown.push(kind);
    return [];
  };
  const facts = await world.get("vpc", vpc);
  const tables = await list("route-table");
  const main = tables.find(({ associations }) => associations.some((association) => association.main === true));
  const tableOf = ({ id }: SubnetFacts) => tables.find(({ associations }) => associations.some(({ subnet }) => subnet === id)) ?? main;
  const subnets = (await list("subnet")).map((subnet) => {
    const table = tableOf(subnet);
    return { facts: subnet, ...(table !== undefined && { table }) };
  });
  const groups = await Promise.all((await list("security-group")).map((group) => groupSight(group, world, troubles)));
  const interfaces = await list("network-interface");
  const ids = new Set([...subnets, ...groups].map((one) => one.facts.id));
  const placed = placements.filter((one) => [...one.subnets, ...one.groups].some((id) => ids.has(id)));
  const used = placed.flatMap((one) => one.subnets.map((subnet) => ({ subnet, groups: one.groups })));
  return {
    teller,
    ...(facts !== undefined && !isUnknown(facts) && { vpc: facts }),
    subnets,
    gateways: await list("internet-gateway"),
    nats: await list("nat-gateway"),
    peerings: await list("peering"),
    interfaces: [...interfaces, ...used],
    placements: placed,
    groups,
    troubles,
    // Who uses the network, the plan then tells by what has the interfaces.
    unknown: unknown.filter((kind) => kind !== "network-interface" || placed.length === 0),
  };
}

/** Groups of which nothing tells in which VPC they are. */
export async function networkOfGroups(
  ids: Iterable<string>,
  world: World,
  troubles: ReadonlyMap<string, Trouble>,
  { teller, placements = [] }: Told = FROM_RECORDS,
): Promise<Network> {
  const groups: GroupSight[] = [];
  for (const id of ids) {
    const facts = await world.get("security-group", id);
    if (facts !== undefined && !isUnknown(facts) && facts.vpc === undefined) groups.push(await groupSight(facts, world, troubles));
  }
  const unknown: Kind[] = ["vpc", "internet-gateway", "subnet", "network-interface"];
  const outside = { subnets: [], gateways: [], nats: [], peerings: [], interfaces: [] };
  return { teller, ...outside, placements, groups, troubles, nowhere: true, unknown };
}

/** `subnets`, as people name several of a kind. */
export function nounsOf(kind: Kind): string {
  return `${KINDS[kind].noun}s`;
}

async function groupSight(facts: SecurityGroupFacts, world: World, troubles: ReadonlyMap<string, Trouble>): Promise<GroupSight> {
  const admits = (await new SecurityGroup(facts).admits(world)).traffic();
  const forbidden = (troubles.get(facts.id)?.forbidden ?? TrafficSet.EMPTY).intersection(admits);
  return { facts, admits, forbidden, fromInternet: forbidden.addresses().overlaps(PUBLIC_ADDRESSES) };
}
