import { type Change, type Claim, nounOf, type Subject, type SubjectKind } from "../../model/change.ts";
import { type Effect, type EffectKind, isEffectOn } from "../../model/effect.ts";
import { isKind, type Kind, type NetworkFacts } from "../../model/facts.ts";
import { hasEnded } from "../../model/peering.ts";
import { isUnknown, type Where, type World } from "../../model/world.ts";
import type { Interests } from "../../policy/policy.ts";

/** The resources that a change reaches, each as a change to it. */
export interface Touched {
  readonly changes: readonly Change[];
  /** What else it may have reached, and could not be found. */
  readonly unreached: readonly string[];
}

type Look = Pick<World, "get" | "list">;

/**
 * The changes to the resources that rules judge: the change itself, and one for each resource that it reaches through what it
 * changed - a prefix list's new version touches every group and route table that names it. Only what `interests` asks for is
 * looked for. A review asks before it carries the change out, so that what is deleted still tells where it was.
 */
export async function touchedBy(change: Change, world: Look, { kinds, calls }: Interests): Promise<Touched> {
  const { subject } = change;
  const changes: Change[] = [];
  const unreached: string[] = [];
  if (calls.has(change.call.name) || (isKind(subject.kind) && kinds.has(subject.kind))) changes.push(change);
  const wanted: Look = {
    get: (kind, id) => world.get(kind, id),
    list: async (kind, where) => (kinds.has(kind) || SPRINGBOARDS.has(kind) ? world.list(kind, where) : []),
  };
  const mayReach = REACHES[subject.kind].some((kind) => kinds.has(kind) && (kind !== subject.kind || kind === "security-group"));
  for (const { to, possible } of mayReach ? await REACH[subject.kind](change, wanted) : []) {
    if (isUnknown(to)) {
      unreached.push(to.unknown);
      continue;
    }
    for (const reached of to) {
      if (!kinds.has(reached.kind) || isSame(reached, subject)) continue;
      if (changes.some((one) => isSame(one.subject, reached))) continue;
      changes.push({ ...change, subject: reached, via: subject, ...(possible && { possible }) });
    }
  }
  return { changes, unreached };
}

/** Why a change that touches nothing makes no decision, for people. */
export function whyUntouched({ subject: { kind } }: Change): string {
  if (kind === "prefix-list") return "no known group or route table names the prefix list";
  return `no rule of the policy judges what a change to ${describe(kind)} can bring about`;
}

/** The kinds of resource that a change to a subject of each kind can reach, itself among them. */
export const REACHES: Readonly<Record<SubjectKind, readonly Kind[]>> = {
  "security-group": ["security-group"],
  "group-association": ["group-association"],
  "prefix-list": ["prefix-list", "security-group", "route-table"],
  vpc: ["vpc", "route-table"],
  subnet: ["subnet", "route-table"],
  "route-table": ["route-table", "db-subnet-group"],
  "route-table-association": ["route-table"],
  "internet-gateway": ["internet-gateway", "vpc", "route-table"],
  "nat-gateway": ["nat-gateway", "route-table"],
  peering: ["peering", "vpc", "route-table", "security-group"],
  endpoint: ["endpoint", "vpc", "route-table"],
  "endpoint-service": ["endpoint-service"],
  "network-acl": ["network-acl"],
  "flow-log": ["flow-log", "vpc"],
  "network-interface": ["network-interface", "security-group", "route-table"],
  instance: ["network-interface", "security-group"],
  "db-subnet-group": ["db-subnet-group"],
  "firewall-association": ["vpc"],
  "block-public-access": ["block-public-access"],
  account: [],
  address: [],
  "instance-connect-endpoint": [],
  "transit-gateway-attachment": ["route-table"],
  "transit-gateway-route-table": [],
  "vpn-connection": [],
  "vpn-gateway": ["route-table"],
  "guard-part": [],
};

// Kinds that are listed on the way to others, whoever judges them.
const SPRINGBOARDS: ReadonlySet<Kind> = new Set<Kind>(["network-interface"]);

/** Where a change leads: resources, or why they could not be found. `possible`: no record tells which of them it was. */
interface Reached {
  readonly to: readonly (Subject & { kind: Kind })[] | { readonly unknown: string };
  readonly possible?: true;
}
type Reach = (change: Change, world: Look) => Promise<readonly Reached[]>;

const nothing: Reach = async () => [];
const REACH: Readonly<Record<SubjectKind, Reach>> = {
  "security-group": async ({ subject, claim }, world) =>
    claim?.kind === "group-deleted" ? [await listed(world, "security-group", { references: subject.id })] : [],
  "group-association": nothing,
  "prefix-list": async ({ subject: { id } }, world) => [
    await listed(world, "security-group", { prefixList: id }),
    await listed(world, "route-table", { prefixList: id }),
  ],
  // A gateway that is attached or detached, and a new family of addresses, change what the routes of the VPC mean.
  vpc: async ({ subject: { id } }, world) => [await listed(world, "route-table", { vpc: id })],
  subnet: async (change, world) => {
    const own = await listed(world, "route-table", { subnet: change.subject.id });
    if (isUnknown(own.to) || own.to.length > 0) return [own];
    const subnet = await known("subnet", change, world);
    return subnet?.vpc === undefined ? [] : [await listed(world, "route-table", { vpc: subnet.vpc, main: true })];
  },
  "route-table": async (change, world) => {
    const table = await known("route-table", change, world);
    if (table?.vpc === undefined) return [];
    return [await listed(world, "db-subnet-group", { vpc: table.vpc })];
  },
  "route-table-association": async ({ subject }, world) => {
    const tables = await world.list("route-table", { association: subject.id });
    const [table] = isUnknown(tables) ? [] : tables;
    // EC2 knows the association no more: its subnet fell back on the main table of some VPC.
    if (table?.vpc === undefined) return [{ ...(await listed(world, "route-table", { main: true })), possible: true }];
    return [{ to: [{ kind: "route-table", id: table.id }] }, await listed(world, "route-table", { vpc: table.vpc, main: true })];
  },
  "internet-gateway": async (change, world) => [
    vpcOf(await known("internet-gateway", change, world)),
    await listed(world, "route-table", { target: change.subject.id }),
  ],
  "nat-gateway": async ({ subject: { id } }, world) => [await listed(world, "route-table", { target: id })],
  peering: async (change, world) => {
    const { subject, claim } = change;
    const tables = await listed(world, "route-table", { target: subject.id });
    const peering = await known("peering", change, world);
    const vpcs = [peering?.requester.vpc, peering?.accepter.vpc].filter((vpc) => vpc !== undefined);
    const sides: Reached = { to: vpcs.map((id) => ({ kind: "vpc" as const, id })) };
    if (!endsPeering(claim)) return [tables, sides];
    return [tables, ...(await Promise.all(vpcs.map((vpc) => listed(world, "security-group", { vpc }))))];
  },
  endpoint: async (change, world) => {
    const endpoint = await known("endpoint", change, world);
    if (endpoint !== undefined) {
      const tables = endpoint.routeTables.map((table) => ({ kind: "route-table" as const, id: table }));
      return [{ to: endpoint.vpc === undefined ? [] : [{ kind: "vpc", id: endpoint.vpc }] }, { to: tables }];
    }
    return [{ ...(await listed(world, "vpc", {})), possible: true }];
  },
  "endpoint-service": nothing,
  "network-acl": nothing,
  "flow-log": async (change, world) => {
    const log = await known("flow-log", change, world);
    if (log?.resource === undefined) return [{ ...(await listed(world, "vpc", {})), possible: true }];
    return [{ to: log.resource.startsWith("vpc-") ? [{ kind: "vpc", id: log.resource }] : [] }];
  },
  "network-interface": async (change, world) => {
    const told = change.claim?.kind === "effects" ? change.claim.effects.flatMap(groupsIn) : [];
    const groups = told.length > 0 ? told : ((await known("network-interface", change, world))?.groups ?? []);
    const to = { to: groups.map(groupSubject) };
    return isDeletion(change) ? [to, await listed(world, "route-table", { target: change.subject.id })] : [to];
  },
  instance: async ({ subject: { id } }, world) => {
    const interfaces = await world.list("network-interface", { instance: id });
    if (isUnknown(interfaces)) return [{ to: interfaces }];
    const own = interfaces.map((one) => ({ kind: "network-interface" as const, id: one.id }));
    return [{ to: own }, { to: interfaces.flatMap(({ groups }) => groups.map(groupSubject)) }];
  },
  "db-subnet-group": nothing,
  "firewall-association": async (change, world) => [vpcOf(await known("firewall-association", change, world))],
  "block-public-access": nothing,
  account: nothing,
  address: nothing,
  "instance-connect-endpoint": nothing,
  "transit-gateway-attachment": async ({ details = {} }, world) =>
    details.vpcId === undefined ? [] : [await listed(world, "route-table", { vpc: details.vpcId })],
  "transit-gateway-route-table": nothing,
  "vpn-connection": nothing,
  "vpn-gateway": async ({ subject: { id } }, world) => [await listed(world, "route-table", { target: id })],
  "guard-part": nothing,
};

async function listed(world: Look, kind: Kind, where: Where): Promise<Reached> {
  const found = await world.list(kind, where);
  return { to: isUnknown(found) ? found : found.map(({ id }) => ({ kind, id })) };
}

// What the change itself tells of a new resource, or the world of one that stands.
async function known<K extends EffectKind>(kind: K, { subject, claim }: Change, world: Look): Promise<NetworkFacts[K] | undefined> {
  for (const effect of claim?.kind === "effects" ? claim.effects : []) {
    if (isEffectOn(kind, effect) && effect.op === "create" && effect.id === subject.id) return effect.facts;
  }
  const found = await world.get(kind, subject.id);
  return found === undefined || isUnknown(found) ? undefined : found;
}

function isDeletion({ claim }: Change): boolean {
  return claim?.kind === "effects" && claim.effects.some(({ op }) => op === "delete");
}

// EC2 shows a connection that ended for hours, so a record of its end is told as a new status.
function endsPeering(claim: Claim | undefined): boolean {
  if (claim?.kind !== "effects") return false;
  return claim.effects.some(
    (effect) => effect.op === "delete" || (effect.kind === "peering" && effect.op === "update" && hasEnded(effect.facts.status)),
  );
}

function vpcOf(facts: { readonly vpc?: string } | undefined): Reached {
  return { to: facts?.vpc === undefined ? [] : [{ kind: "vpc", id: facts.vpc }] };
}

function groupsIn(effect: Effect): readonly string[] {
  if (effect.kind !== "network-interface") return [];
  if (effect.op === "create") return effect.facts.groups;
  return (effect.op === "set" || effect.op === "add") && effect.list === "groups" ? effect.items : [];
}

function groupSubject(id: string): Subject & { kind: "security-group" } {
  return { kind: "security-group", id };
}

function isSame(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && a.id === b.id;
}

function describe(kind: SubjectKind): string {
  const noun = nounOf(kind);
  return /^[aeiouA]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}
