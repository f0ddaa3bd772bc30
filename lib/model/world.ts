import { KINDS, type Kind, type NetworkFacts } from "./facts.ts";

/** What a world cannot tell, and why: rules then leave the matter open and the decision lists it as not judged. */
export interface Unknown {
  readonly unknown: string;
}

export function isUnknown(answer: object | undefined): answer is Unknown {
  return answer !== undefined && "unknown" in answer;
}

/** Which resources of a kind; every condition given must hold, and each kind answers to those that it has (isMet). */
export interface Where {
  /** Of this VPC; gateways attached to it, peerings of which it is a side. */
  readonly vpc?: string;
  /** Network interfaces and associations of this security group. */
  readonly group?: string;
  /** Security groups with a rule that names this group. */
  readonly references?: string;
  /** Security groups with a rule, or route tables with a route, that names this prefix list. */
  readonly prefixList?: string;
  /** Route tables and network ACLs that this subnet is associated with. */
  readonly subnet?: string;
  /** Route tables with a route to this target. */
  readonly target?: string;
  /** The main route tables (true). */
  readonly main?: true;
  /** Route tables with this association. */
  readonly association?: string;
  /** Network interfaces of this instance. */
  readonly instance?: string;
  /** Flow logs of this resource. */
  readonly resource?: string;
}

/**
 * What rules may ask about the network of one account and region, be it live, recorded or planned.
 * Reads are lazy and memoized for one judgement.
 */
export interface World {
  /** One resource by its id; `undefined` when it does not exist. */
  get<K extends Kind>(kind: K, id: string): Promise<NetworkFacts[K] | Unknown | undefined>;
  /** All resources of a kind that meet the conditions, every page. */
  list<K extends Kind>(kind: K, where: Where): Promise<readonly NetworkFacts[K][] | Unknown>;
}

/** How a world looks up one kind of resource. */
export interface Lookup<K extends Kind> {
  get(id: string): Promise<NetworkFacts[K] | Unknown | undefined>;
  list(where: Where): Promise<readonly NetworkFacts[K][] | Unknown>;
}
export type Lookups = { readonly [K in Kind]: Lookup<K> };

/** The world of these look-ups. */
export function worldOf(lookups: Lookups): World {
  return {
    get: (kind, id) => lookups[kind].get(id),
    list: (kind, where) => lookups[kind].list(where),
  };
}

/** What is asked when a resource is read, for people: `the entries of pl-0abc`. */
export function askedOf(kind: Kind, id: string): string {
  return `${KINDS[kind].asks} ${id}`;
}

type Conditions<K extends Kind> = { readonly [C in keyof Where]-?: (facts: NetworkFacts[K], wanted: string) => boolean };

const byVpc = (facts: { readonly vpc?: string }, vpc: string) => facts.vpc === vpc;
// The conditions that each kind knows; of a condition that a kind lacks, no resource of it can be meant.
const CONDITIONS: { readonly [K in Kind]: Partial<Conditions<K>> } = {
  "security-group": {
    vpc: byVpc,
    references: ({ id, rules }, group) => id !== group && rules.some(({ peer }) => peer.kind === "group" && peer.id === group),
    prefixList: ({ rules }, list) => rules.some(({ peer }) => peer.kind === "prefix-list" && peer.id === list),
  },
  "group-association": { vpc: byVpc, group: (facts, group) => facts.group === group },
  "prefix-list": {},
  vpc: { vpc: ({ id }, vpc) => id === vpc },
  subnet: { vpc: byVpc, subnet: ({ id }, subnet) => id === subnet },
  "route-table": {
    vpc: byVpc,
    prefixList: ({ routes }, list) => routes.some(({ destination }) => destination === list),
    subnet: ({ associations }, id) => associations.some(({ subnet }) => subnet === id),
    target: ({ routes }, id) => routes.some(({ target }) => target === id),
    main: ({ associations }) => associations.some(({ main }) => main === true),
    association: ({ associations }, wanted) => associations.some(({ id }) => id === wanted),
  },
  "internet-gateway": { vpc: byVpc },
  "nat-gateway": { vpc: byVpc, subnet: (facts, subnet) => facts.subnet === subnet },
  peering: { vpc: ({ requester, accepter }, vpc) => requester.vpc === vpc || accepter.vpc === vpc },
  endpoint: { vpc: byVpc },
  "endpoint-service": {},
  "network-acl": { vpc: byVpc, subnet: ({ subnets }, subnet) => subnets.includes(subnet) },
  "flow-log": { resource: (facts, resource) => facts.resource === resource, vpc: ({ resource }, vpc) => resource === vpc },
  "network-interface": {
    vpc: byVpc,
    group: ({ groups }, group) => groups.includes(group),
    subnet: (facts, subnet) => facts.subnet === subnet,
    instance: (facts, instance) => facts.instance === instance,
  },
  "db-subnet-group": { vpc: byVpc, subnet: ({ subnets }, subnet) => subnets.includes(subnet) },
  "firewall-association": { vpc: byVpc },
  "block-public-access": {},
};

/** Whether a resource meets all the conditions. */
export function isMet<K extends Kind>(kind: K, facts: NetworkFacts[K], where: Where): boolean {
  const conditions: Partial<Conditions<K>> = CONDITIONS[kind];
  const known: Readonly<Record<string, ((facts: NetworkFacts[K], wanted: string) => boolean) | undefined>> = conditions;
  return Object.entries(where).every(([name, wanted]) => wanted === undefined || known[name]?.(facts, String(wanted)) === true);
}
