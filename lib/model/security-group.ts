import { AddressSet } from "./address-set.ts";
import { PeerSet } from "./peer-set.ts";
import { isUnknown, type PrefixLists } from "./prefix-list.ts";
import { type SecurityGroupRule, servicesOf } from "./security-group-rule.ts";
import type { ServiceSet } from "./service-set.ts";
import { type Direction, TrafficSet } from "./traffic.ts";

/** What is known about a security group. */
export interface SecurityGroupFacts {
  readonly id: string;
  readonly name?: string;
  readonly vpc?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly rules: readonly SecurityGroupRule[];
  /** True when the group may have rules, or other values, that this world has never seen. */
  readonly partial?: boolean;
}

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
  async admits(lists: PrefixLists, direction: Direction = "ingress"): Promise<Admitted> {
    const rules = this.rules.filter((rule) => rule.direction === direction);
    const byRule = await Promise.all(
      rules.map(async (rule) => ({ rule, services: servicesOf(rule), peers: await resolvePeers(rule, lists) })),
    );
    return new Admitted(byRule, direction);
  }
}

async function resolvePeers({ peer }: SecurityGroupRule, lists: PrefixLists): Promise<PeerSet> {
  if (peer.kind !== "prefix-list") return PeerSet.of(peer);
  const list = await lists.prefixList(peer.id);
  if (isUnknown(list)) return PeerSet.of(peer);
  return new PeerSet(list?.addresses ?? AddressSet.EMPTY, [peer.id]);
}
