import type { Actor, Change, Subject } from "./change.ts";
import type { Kind, NetworkFacts, Tags } from "./facts.ts";
import { SecurityGroup } from "./security-group.ts";

/** A resource as rules see it: a security group with its sets, anything else by its facts. */
type ResourceOf<K extends Kind> = K extends "security-group"
  ? SecurityGroup
  : { readonly kind: K; readonly id: string; readonly facts: NetworkFacts[K] };

/** A call as rules see it that judge what somebody did and not what stands. */
export interface CallResource {
  readonly kind: "call";
  /** CloudTrail's eventID. */
  readonly id: string;
  readonly name: string;
  /** CloudTrail's eventSource, `ec2.amazonaws.com`. */
  readonly source: string;
  readonly account: string;
  readonly region: string;
  readonly actor: Actor;
  readonly subject: Subject;
  readonly details: Readonly<Record<string, string>>;
}

/** What rules judge, by kind. */
export type Resources = { readonly [K in Kind]: ResourceOf<K> } & { readonly call: CallResource };
export type ResourceKind = keyof Resources;
export type Resource = Resources[ResourceKind];
/** A resource that stands in a world. */
export type Standing = { readonly [K in Kind]: ResourceOf<K> }[Kind];

type Makers = { readonly [K in Kind]: (facts: NetworkFacts[K]) => Resources[K] };
const plain =
  <K extends Exclude<Kind, "security-group">>(kind: K) =>
  (facts: NetworkFacts[K]) => ({ kind, id: facts.id, facts });
const MAKERS: Makers = {
  "security-group": (facts) => new SecurityGroup(facts),
  "group-association": plain("group-association"),
  "prefix-list": plain("prefix-list"),
  vpc: plain("vpc"),
  subnet: plain("subnet"),
  "route-table": plain("route-table"),
  "internet-gateway": plain("internet-gateway"),
  "nat-gateway": plain("nat-gateway"),
  peering: plain("peering"),
  endpoint: plain("endpoint"),
  "endpoint-service": plain("endpoint-service"),
  "network-acl": plain("network-acl"),
  "flow-log": plain("flow-log"),
  "network-interface": plain("network-interface"),
  "db-subnet-group": plain("db-subnet-group"),
  "firewall-association": plain("firewall-association"),
  "block-public-access": plain("block-public-access"),
};

/** The resource of these facts. */
export function resourceOf<K extends Kind>(kind: K, facts: NetworkFacts[K]): Resources[K] {
  return MAKERS[kind](facts);
}

/** The call of a change. */
export function callOf({ id, call, account, region, actor, subject, details = {} }: Change): CallResource {
  return { kind: "call", id, ...call, account, region, actor, subject, details };
}

/** Where a resource is and what it is tagged, as far as a scope may ask. A VPC is in itself. */
export function placeOf(resource: Standing): { readonly vpc?: string; readonly tags: Tags } {
  const { facts } = resource;
  const vpc = resource.kind === "vpc" ? facts.id : "vpc" in facts ? facts.vpc : undefined;
  const tags = "tags" in facts ? facts.tags : undefined;
  return { tags: tags ?? {}, ...(vpc !== undefined && { vpc }) };
}
