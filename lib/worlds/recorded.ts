import type { Applied, RecordedHistory, RecordedPlace } from "../guard/reviewing/review.ts";
import type { Change, Claim } from "../model/change.ts";
import type { Effect, EffectKind } from "../model/effect.ts";
import { KINDS, type Kind, type NetworkFacts, type SecurityGroupFacts } from "../model/facts.ts";
import { isGroupRemedy, type Remedy } from "../model/remedy.ts";
import type { SecurityGroupRule } from "../model/security-group-rule.ts";
import { isMet, isUnknown, type Lookup, type Lookups, type Unknown, type Where } from "../model/world.ts";
import { completedBy, consequencesOf } from "./recorded-consequences.ts";
import { RecordedGroup } from "./recorded-group.ts";
import { RecordedResources } from "./recorded-resources.ts";
import { effectsOf } from "./remedied.ts";

/** What a call did to a group that stands. */
type GroupClaim = Exclude<Claim, { kind: "group-deleted" | "effects" }>;

const EVERYTHING_TO_IPV6: SecurityGroupRule = { direction: "egress", protocol: "-1", peer: { kind: "cidr", cidr: "::/0" } };
const NOTHING: Applied = { introduced: new Set() };

/**
 * The networks of many accounts and regions as records of changes tell them, one change after the other in the order of
 * their times. A group first met in the middle of its life is `partial`; what is known of it can be judged.
 */
export class RecordedWorld implements RecordedHistory {
  private readonly places = new Map<string, Place>();

  /** Folds one change into the world and tells what it introduced. A failed call changed nothing. */
  apply(change: Change): Applied {
    if (change.failed !== undefined) return NOTHING;
    return this.at(change.account, change.region).apply(change);
  }

  /** The world of one place; it keeps up with later changes. */
  at(account: string, region: string): Place {
    const key = `${account}/${region}`;
    const place = this.places.get(key) ?? new Place();
    this.places.set(key, place);
    return place;
  }

  /** Every place that a change told of. */
  all(): { readonly account: string; readonly region: string; readonly world: Place }[] {
    return [...this.places].map(([key, world]) => {
      const [account = "", region = ""] = key.split("/");
      return { account, region, world };
    });
  }

  /** Leaves the world as this remedy would. */
  carryOut(account: string, region: string, remedy: Remedy): void {
    this.at(account, region).carryOut(remedy);
  }
}

class Place implements RecordedPlace {
  private readonly groups = new Map<string, RecordedGroup>();
  private readonly deletedAt = new Map<string, string>();
  private readonly resources = new RecordedResources();
  private readonly lookups: Lookups = {
    "security-group": { get: async (id) => this.group(id), list: async (where) => this.groupsWith(where) },
    "group-association": this.told("group-association"),
    "prefix-list": this.told("prefix-list"),
    vpc: this.told("vpc"),
    subnet: this.told("subnet"),
    "route-table": this.told("route-table"),
    "internet-gateway": this.told("internet-gateway"),
    "nat-gateway": this.told("nat-gateway"),
    peering: this.told("peering"),
    endpoint: this.told("endpoint"),
    "endpoint-service": this.told("endpoint-service"),
    "network-acl": this.told("network-acl"),
    "flow-log": this.told("flow-log"),
    "network-interface": this.told("network-interface"),
    "db-subnet-group": this.told("db-subnet-group"),
    "firewall-association": this.told("firewall-association"),
    "block-public-access": this.told("block-public-access"),
  };

  apply(change: Change): Applied {
    const { at, subject, claim } = change;
    const completing = completedBy(change, this.resources);
    this.fold([...(claim?.kind === "effects" ? claim.effects : []), ...completing]);
    if (claim?.kind === "effects" || subject.kind !== "security-group") return NOTHING;
    if (claim?.kind === "group-deleted") {
      this.groups.delete(subject.id);
      this.deletedAt.set(subject.id, at);
      return NOTHING;
    }
    const deletedAt = this.deletedAt.get(subject.id);
    // Records of one second have no order. EC2 changes no deleted group, so this came before the deletion.
    if (deletedAt !== undefined && at <= deletedAt && claim?.kind !== "group-created") return NOTHING;
    this.deletedAt.delete(subject.id);
    const group = this.groups.get(subject.id) ?? RecordedGroup.inMidLife(subject.id);
    this.groups.set(subject.id, group);
    return claim === undefined ? NOTHING : { introduced: group.apply(this.completed(claim), at) };
  }

  // EC2 lets a new group send everything to IPv6 too where its VPC has IPv6, which only the VPC's own records tell.
  private completed(claim: GroupClaim): GroupClaim {
    if (claim.kind !== "group-created" || claim.group.vpc === undefined) return claim;
    const vpc = this.resources.get("vpc", claim.group.vpc);
    if (vpc === undefined || isUnknown(vpc) || vpc.ipv6Cidrs.length === 0) return claim;
    return { ...claim, group: { ...claim.group, rules: [...claim.group.rules, EVERYTHING_TO_IPV6] } };
  }

  carryOut(remedy: Remedy): void {
    if (isGroupRemedy(remedy)) this.groups.get(remedy.group)?.exchange(remedy.revoke, remedy.authorize);
    else this.fold(effectsOf(remedy));
  }

  private fold(effects: readonly Effect[]): void {
    for (const effect of effects) {
      const following = consequencesOf(effect, this.resources);
      for (const one of [effect, ...following]) this.resources.fold(one);
    }
  }

  get<K extends Kind>(kind: K, id: string): Promise<NetworkFacts[K] | Unknown | undefined> {
    return this.lookups[kind].get(id);
  }

  list<K extends Kind>(kind: K, where: Where): Promise<readonly NetworkFacts[K][] | Unknown> {
    return this.lookups[kind].list(where);
  }

  private group(id: string): SecurityGroupFacts | Unknown | undefined {
    if (this.deletedAt.has(id)) return undefined;
    return this.groups.get(id)?.current() ?? { unknown: `the rules of ${id}, which no record tells` };
  }

  private groupsWith(where: Where): SecurityGroupFacts[] {
    return [...this.groups.values()].map((group) => group.current()).filter((facts) => isMet("security-group", facts, where));
  }

  private told<K extends EffectKind>(kind: K): Lookup<K> {
    const list = async (where: Where) => {
      const found = this.resources.list(kind, where);
      // What stood before the records began is in none of them.
      if (found.length > 0 || this.resources.isComplete(kind, where) || this.hasSeenAllOf(kind, where)) return found;
      const place = where.vpc ?? where.resource ?? where.group;
      return place === undefined ? found : { unknown: `which ${KINDS[kind].noun}s there are for ${place}, which no record tells` };
    };
    return { get: async (id) => this.resources.get(kind, id), list };
  }

  // A group whose creation was recorded is associated with other VPCs by recorded calls alone.
  private hasSeenAllOf(kind: EffectKind, { group, ...others }: Where): boolean {
    if (kind !== "group-association" || group === undefined || Object.keys(others).length > 0) return false;
    const known = this.groups.get(group)?.current();
    return known !== undefined && known.partial !== true;
  }

  directionUnknown(id: string): readonly SecurityGroupRule[] {
    return this.groups.get(id)?.directionUnknown() ?? [];
  }
}
