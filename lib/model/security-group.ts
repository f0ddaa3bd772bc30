import { AddressSet } from "./address-set.ts";
import type { SecurityGroupFacts } from "./facts.ts";
import { PeerSet } from "./peer-set.ts";
import { type SecurityGroupRule, servicesOf } from "./security-group-rule.ts";
import type { ServiceSet } from "./service-set.ts";
import { type Direction, TrafficSet } from "./traffic.ts";
import { isUnknown, type World } from "./world.ts";

/** One rule of a group with its prefix list resolved: what it admits by address, and what only by reference. */
export interface AdmittedRule {
  readonly rule: SecurityGroupRule;
  readonly services: ServiceSet;
  readonly peers: PeerSet;
}

/** What a group lets in (or out), rule by rule and as one set. */
export class Admitted {
  readonly byRule: readonly AdmittedRule[];
  readonly direction: Direction;

  constructor(byRule: readonly AdmittedRule[], direction: Direction) {
    this.byRule = byRule;
    this.direction = direction;
  }

  /** All rules as one set: exposure hides in the sum. */
  traffic(): TrafficSet {
    return TrafficSet.of(this.byRule, this.direction);
  }

  /** The rules that admit some of this traffic. */
  rulesAdmitting(traffic: TrafficSet): SecurityGroupRule[] {
    return this.byRule.filter((entry) => TrafficSet.of([entry], this.direction).overlaps(traffic)).map(({ rule }) => rule);
  }
}

/** A security group as a rule sees it. */
export class SecurityGroup {
  readonly kind = "security-group";
  readonly facts: SecurityGroupFacts;

  constructor(facts: SecurityGroupFacts) {
    this.facts = facts;
  }

  get id(): string {
    return this.facts.id;
  }

  get rules(): readonly SecurityGroupRule[] {
    return this.facts.rules;
  }

  /** What the group admits, prefix lists resolved; a list that is not known stays a reference. */
  async admits(world: Pick<World, "get">, direction: Direction = "ingress"): Promise<Admitted> {
    const rules = this.rules.filter((rule) => rule.direction === direction);
    const byRule = await Promise.all(rules.map(async (rule) => admittedBy(rule, world)));
    return new Admitted(byRule, direction);
  }
}

// A rule's value never changes, so what it admits by itself is worked out once for as long as the rule lives.
const byValue = new WeakMap<SecurityGroupRule, AdmittedRule>();

function admittedBy(rule: SecurityGroupRule, world: Pick<World, "get">): AdmittedRule | Promise<AdmittedRule> {
  const { peer } = rule;
  if (peer.kind === "prefix-list") return resolveList(rule, peer.id, world);
  const admitted = byValue.get(rule) ?? { rule, services: servicesOf(rule), peers: PeerSet.of(peer) };
  byValue.set(rule, admitted);
  return admitted;
}

async function resolveList(rule: SecurityGroupRule, id: string, world: Pick<World, "get">): Promise<AdmittedRule> {
  const list = await world.get("prefix-list", id);
  const addresses = list === undefined || isUnknown(list) ? AddressSet.EMPTY : AddressSet.of(...list.cidrs);
  return { rule, services: servicesOf(rule), peers: new PeerSet(addresses, [id]) };
}
