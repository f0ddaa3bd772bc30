import type { Applied, RecordedHistory, RecordedPlace } from "../guard/review.ts";
import type { Change } from "../model/change.ts";
import type { PrefixList, Unknown } from "../model/prefix-list.ts";
import type { Remedy } from "../model/remedy.ts";
import type { SecurityGroup } from "../model/security-group.ts";
import type { SecurityGroupRule } from "../model/security-group-rule.ts";
import { RecordedGroup } from "./recorded-group.ts";

const NOTHING: Applied = { introduced: new Set() };

/**
 * The networks of many accounts and regions as records of changes tell them, one change after the other in the order of
 * their times. A group first met in the middle of its life is `partial`; what is known of it can be judged.
 */
export class RecordedWorld implements RecordedHistory {
  private readonly places = new Map<string, Place>();

  /** Folds one change into the world and tells what it introduced. A failed call changed nothing. */
  apply(change: Change): Applied {
    if (change.failed !== undefined || change.subject.kind !== "security-group") return NOTHING;
    return this.at(change.account, change.region).apply(change);
  }

  /** The world of one place; it keeps up with later changes. */
  at(account: string, region: string): Place {
    const key = `${account}/${region}`;
    const place = this.places.get(key) ?? new Place();
    this.places.set(key, place);
    return place;
  }

  /** Leaves the world as this remedy would. */
  carryOut(account: string, region: string, remedy: Remedy): void {
    this.at(account, region).carryOut(remedy);
  }
}

class Place implements RecordedPlace {
  private readonly groups = new Map<string, RecordedGroup>();
  private readonly deletedAt = new Map<string, string>();

  apply({ at, subject, claim }: Change): Applied {
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
    return claim === undefined ? NOTHING : { introduced: group.apply(claim, at) };
  }

  carryOut({ group, revoke, authorize }: Remedy): void {
    this.groups.get(group)?.exchange(revoke, authorize);
  }

  async securityGroup(id: string): Promise<SecurityGroup | Unknown | undefined> {
    if (this.deletedAt.has(id)) return undefined;
    return this.groups.get(id)?.current() ?? { unknown: `the rules of ${id}, which no record tells` };
  }

  async prefixList(id: string): Promise<PrefixList | Unknown> {
    return { unknown: `the entries of ${id}, which no record tells` };
  }

  directionUnknown(id: string): readonly SecurityGroupRule[] {
    return this.groups.get(id)?.directionUnknown() ?? [];
  }
}
