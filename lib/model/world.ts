import type { Kind, NetworkFacts } from "./facts.ts";

/** What a world cannot tell, and why: rules then leave the matter open and the decision lists it as not judged. */
export interface Unknown {
  readonly unknown: string;
}

export function isUnknown(answer: object | undefined): answer is Unknown {
  return answer !== undefined && "unknown" in answer;
}

/** Which resources of a kind; every condition given must hold. */
export interface Where {
  readonly vpc?: string;
  /** Network interfaces that use this security group. */
  readonly group?: string;
  /** Security groups with a rule that names this prefix list. */
  readonly prefixList?: string;
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

/** How a world looks up each kind of resource. */
export type Lookups = {
  readonly [K in Kind]: {
    get(id: string): Promise<NetworkFacts[K] | Unknown | undefined>;
    list(where: Where): Promise<readonly NetworkFacts[K][] | Unknown>;
  };
};

/** The world of these look-ups. */
export function worldOf(lookups: Lookups): World {
  return {
    get: (kind, id) => lookups[kind].get(id),
    list: (kind, where) => lookups[kind].list(where),
  };
}

const ASKED: Readonly<Record<Kind, string>> = {
  "security-group": "the rules of",
  "prefix-list": "the entries of",
  vpc: "the CIDRs of",
  "network-interface": "the groups of",
};

/** What is asked when a resource is read, for people: `the entries of pl-0abc`. */
export function askedOf(kind: Kind, id: string): string {
  return `${ASKED[kind]} ${id}`;
}
