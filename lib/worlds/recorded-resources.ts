import { afterEffect, type Effect, type EffectKind, isEffectOn } from "../model/effect.ts";
import type { NetworkFacts } from "../model/facts.ts";
import { askedOf, isMet, type Unknown, type Where } from "../model/world.ts";

/** What is known of the resources of one kind, and which of them are gone. */
class Shelf<K extends EffectKind> {
  readonly known = new Map<string, NetworkFacts[K]>();
  readonly deleted = new Set<string>();
  readonly kind: K;
  /** What is known of a resource that is first met in the middle of its life: next to nothing. */
  private readonly met: (id: string) => NetworkFacts[K];

  constructor(kind: K, met: (id: string) => NetworkFacts[K]) {
    this.kind = kind;
    this.met = met;
  }

  fold(effect: Effect): void {
    if (!isEffectOn(this.kind, effect)) return;
    const { id } = effect;
    if (effect.op === "delete") {
      this.known.delete(id);
      this.deleted.add(id);
      return;
    }
    this.deleted.delete(id);
    this.known.set(id, afterEffect(this.known.get(id) ?? this.met(id), effect));
  }
}

/** What records tell about the resources other than security groups, one effect after the other in the order of their times. */
export class RecordedResources {
  private readonly shelves: { readonly [K in EffectKind]: Shelf<K> } = {
    "group-association": new Shelf("group-association", (id) => ({ id, partial: true })),
    "prefix-list": new Shelf("prefix-list", (id) => ({ id, cidrs: [], partial: true })),
    vpc: new Shelf("vpc", (id) => ({ id, cidrs: [], ipv6Cidrs: [], partial: true })),
    subnet: new Shelf("subnet", (id) => ({ id, ipv6Cidrs: [], partial: true })),
    "route-table": new Shelf("route-table", (id) => ({ id, routes: [], associations: [], propagating: [], partial: true })),
    "internet-gateway": new Shelf("internet-gateway", (id) => ({ id, partial: true })),
    "nat-gateway": new Shelf("nat-gateway", (id) => ({ id, partial: true })),
    peering: new Shelf("peering", (id) => ({ id, requester: { cidrs: [] }, accepter: { cidrs: [] }, partial: true })),
    endpoint: new Shelf("endpoint", (id) => ({ id, routeTables: [], subnets: [], partial: true })),
    "endpoint-service": new Shelf("endpoint-service", (id) => ({ id, principals: [], partial: true })),
    "network-acl": new Shelf("network-acl", (id) => ({ id, entries: [], subnets: [], partial: true })),
    "flow-log": new Shelf("flow-log", (id) => ({ id, partial: true })),
    "network-interface": new Shelf("network-interface", (id) => ({ id, groups: [], addresses: [], partial: true })),
    "db-subnet-group": new Shelf("db-subnet-group", (id) => ({ id, subnets: [], zones: [], partial: true })),
    "firewall-association": new Shelf("firewall-association", (id) => ({ id, partial: true })),
    "block-public-access": new Shelf("block-public-access", (id) => ({ id, exclusions: [], partial: true })),
  };

  fold(effect: Effect): void {
    this.shelves[effect.kind].fold(effect);
  }

  get<K extends EffectKind>(kind: K, id: string): NetworkFacts[K] | Unknown | undefined {
    const { known, deleted }: Shelf<K> = this.shelves[kind];
    if (deleted.has(id)) return undefined;
    return known.get(id) ?? { unknown: `${askedOf(kind, id)}, which no record tells` };
  }

  /** All that records told of; whether there are more, see isComplete. */
  list<K extends EffectKind>(kind: K, where: Where): readonly NetworkFacts[K][] {
    const { known }: Shelf<K> = this.shelves[kind];
    return [...known.values()].filter((facts) => isMet(kind, facts, where));
  }

  /**
   * Whether the records must have told of every resource of the kind that meets the conditions: those of a VPC whose own
   * creation they told, but for what EC2 makes with a VPC and for interfaces that services make.
   */
  isComplete(kind: EffectKind, { vpc, resource }: Where): boolean {
    const place = this.shelves.vpc.known.get(vpc ?? resource ?? "");
    if (place === undefined || place.partial === true || WITHOUT_RECORD.has(kind)) return false;
    if (place.isDefault === true && MADE_WITH_DEFAULT_VPC.has(kind)) return false;
    // Of several flow logs that one call made, no record tells which is whose.
    return kind !== "flow-log" || [...this.shelves["flow-log"].known.values()].every((log) => log.resource !== undefined);
  }
}

const WITHOUT_RECORD: ReadonlySet<EffectKind> = new Set<EffectKind>(["route-table", "network-acl", "network-interface"]);
const MADE_WITH_DEFAULT_VPC: ReadonlySet<EffectKind> = new Set<EffectKind>(["subnet", "internet-gateway"]);
