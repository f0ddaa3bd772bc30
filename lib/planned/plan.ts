import type { Change } from "../model/change.ts";
import type { Kind, NetworkFacts } from "../model/facts.ts";

/** What a plan does to a resource; `none` for what stays as it is and is context. */
export type PlannedAct = "create" | "update" | "replace" | "delete" | "none";

/** Where nobody told the account or the region: no scope of a policy can mean it. */
export const NOWHERE = "unknown";

/** Whether a plan makes the resource, anew or in the place of one that stood. */
export function isMade({ act }: { readonly act: PlannedAct }): boolean {
  return act === "create" || act === "replace";
}

/** Whether a change is one that a plan is about to make, and none that was made. */
export function isPlanned({ call }: Change): boolean {
  return call.source === "terraform" || call.source === "cloudformation";
}

/** Where in the files that people write something stands; lines count from 1. */
export interface Location {
  readonly file: string;
  readonly line?: number;
}

export interface PlannedOf<K extends Kind> {
  readonly kind: K;
  /**
   * As the plan leaves it; of what is deleted, as it stood. Ids that are known after apply only are the address; `partial` where a
   * value is not known yet.
   */
  readonly facts: NetworkFacts[K];
  /** As it stood before, where it did and the plan tells. */
  readonly before?: NetworkFacts[K];
  /** `module.web.aws_security_group.this["a"]`, or the logical id in a template, `Stack/Web`. */
  readonly address: string;
  readonly act: PlannedAct;
  /** What of it is known after apply only, for people: `ingress[0].cidr_blocks`. */
  readonly unknown: readonly string[];
  readonly location?: Location;
  /** Where it is, as far as that is told and another place than that of the plan. */
  readonly account?: string;
  readonly region?: string;
}
/** A resource of the network as a plan leaves it. */
export type PlannedResource = { readonly [K in Kind]: PlannedOf<K> }[Kind];

/** Where something stands that is no resource of the network, but used in it: an instance, a load balancer, a database. */
export interface Placement {
  readonly address: string;
  /** Ids of its security groups and subnets, as far as they are told. */
  readonly groups: readonly string[];
  readonly subnets: readonly string[];
  /** The DB subnet group that has its subnets. */
  readonly subnetGroup?: string;
}

/** A planned change, whatever tool wrote it, as the network that it leaves. */
export interface Plan {
  readonly source: "terraform" | "cloudformation";
  /** Where it is to be applied, as far as the plan tells. */
  readonly account?: string;
  readonly region?: string;
  readonly resources: readonly PlannedResource[];
  /** Who uses the network, for people: no rule asks for it. */
  readonly placements?: readonly Placement[];
  /** What could not be read: never to be taken for clean. */
  readonly notJudged: readonly NotPlanned[];
}

/** Something that a plan leaves open: which resource, and what would have to be known of it. */
export interface NotPlanned {
  readonly address: string;
  /** What kind of resource it is, where that is known. */
  readonly kind?: Kind;
  readonly needs: string;
  readonly location?: Location;
}
