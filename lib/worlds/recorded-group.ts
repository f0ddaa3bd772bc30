import type { Claim, ModifiedRule } from "../model/change.ts";
import type { SecurityGroupFacts } from "../model/facts.ts";
import { ruleKey, type SecurityGroupRule, valueKey } from "../model/security-group-rule.ts";
import { Second } from "./second.ts";

/** What records tell about one security group. Its rules are kept by value; a rule id only finds a value. */
export class RecordedGroup {
  private about: Omit<SecurityGroupFacts, "rules">;
  private readonly rules = new Map<string, SecurityGroupRule>();
  private readonly keys = new Map<string, string>();
  private readonly undirected = new Map<string, ModifiedRule>();
  private snapshot: SecurityGroupFacts | undefined;
  private readonly second = new Second();
  // Ids of rules that a remedy took. The calls that were recorded still know them, and they were ingress.
  private readonly remedied = new Set<string>();

  private constructor(about: Omit<SecurityGroupFacts, "rules">) {
    this.about = about;
  }

  /** A group first met in the middle of its life: it may have rules that no record tells. */
  static inMidLife(id: string): RecordedGroup {
    return new RecordedGroup({ id, partial: true });
  }

  /** Folds a claim about this moment; returns the keys (ruleKey) of the rules that it brought or gave another value. */
  apply(claim: Exclude<Claim, { kind: "group-deleted" | "effects" }>, at: string): ReadonlySet<string> {
    this.snapshot = undefined;
    this.second.begin(at);
    if ("groupName" in claim && claim.groupName !== undefined) this.about = { ...this.about, name: claim.groupName };
    switch (claim.kind) {
      case "group-created":
        return this.create(claim.group);
      case "rules-granted":
        for (const rule of claim.rules) this.grant(rule);
        return new Set(claim.rules.map(ruleKey));
      case "rules-revoked":
        for (const rule of claim.rules) this.revoke(rule);
        for (const id of claim.ruleIds) this.takeById(id, claim.rules.length > 0);
        return new Set();
      case "rules-modified":
        return this.modify(claim.rules);
      case "rules-described":
        // A rule that could be described exists, whether or not a record told of it before.
        for (const rule of claim.rules) this.redescribe(this.rules.get(ruleKey(rule)) ?? rule, rule.description);
        for (const { ruleId, description } of claim.descriptions) this.describe(ruleId, description);
        return new Set();
    }
  }

  /** Takes and gives rules by value, as EC2 does: a value that is not there is no error. */
  exchange(revoke: readonly SecurityGroupRule[], authorize: readonly SecurityGroupRule[]): void {
    this.snapshot = undefined;
    for (const rule of authorize) this.put(rule);
    for (const rule of revoke) {
      const id = this.rules.get(ruleKey(rule))?.id;
      if (id !== undefined) this.remedied.add(id);
      this.take(rule);
    }
    this.second.forget();
  }

  /**
   * The group as rules judge it. A rule whose direction no record tells counts as ingress: an open door must not be
   * missed, and revoking it by value does nothing if it was egress.
   */
  current(): SecurityGroupFacts {
    this.snapshot ??= { ...this.about, rules: [...this.rules.values(), ...this.directionUnknown()] };
    return this.snapshot;
  }

  /** The rules of `current` that are ingress by assumption only. */
  directionUnknown(): SecurityGroupRule[] {
    const assumed = [...this.undirected.values()].map((rule): SecurityGroupRule => ({ ...rule, direction: "ingress" }));
    return assumed.filter((rule) => !this.rules.has(ruleKey(rule)));
  }

  // Records of one second have no order: what was seen before the creation came after it.
  private create({ rules, ...about }: SecurityGroupFacts): ReadonlySet<string> {
    const { partial: _, ...known } = this.about;
    this.about = { ...known, ...about };
    const brought = rules.filter((rule) => !this.rules.has(ruleKey(rule)));
    for (const rule of brought) this.put(rule);
    return new Set(brought.map(ruleKey));
  }

  private grant(rule: SecurityGroupRule): void {
    const key = ruleKey(rule);
    if (this.second.hasRevoked(rule.id)) return;
    if (this.second.add(key, 1, this.rules.has(key)) > 0) this.put(rule);
  }

  private revoke(rule: SecurityGroupRule): void {
    const key = ruleKey(rule);
    // What is revoked from a group known in part may have stood unseen.
    const stood = this.rules.has(key) || this.about.partial === true;
    if (this.second.add(key, -1, stood) <= 0) this.take(rule);
  }

  private put(rule: SecurityGroupRule): void {
    const key = ruleKey(rule);
    const replaced = this.rules.get(key)?.id;
    if (replaced !== undefined && replaced !== rule.id) this.keys.delete(replaced);
    if (rule.id !== undefined) {
      this.keys.set(rule.id, key);
      this.undirected.delete(rule.id);
    }
    this.rules.set(key, rule);
  }

  private take(rule: SecurityGroupRule): void {
    const key = ruleKey(rule);
    const taken = this.rules.get(key);
    if (taken !== undefined) {
      this.rules.delete(key);
      if (taken.id !== undefined) this.keys.delete(taken.id);
      return;
    }
    const value = valueKey(rule);
    for (const [id, other] of this.undirected) if (valueKey(other) === value) this.undirected.delete(id);
  }

  private takeById(id: string, valuesTold: boolean): void {
    if (this.undirected.delete(id)) return;
    const rule = this.find(id);
    if (rule !== undefined) this.revoke(rule);
    else if (!valuesTold) {
      // Some rule is gone, and nobody can tell which.
      this.about = { ...this.about, partial: true };
      this.second.noteRevoked(id);
    }
  }

  private modify(modified: readonly ModifiedRule[]): ReadonlySet<string> {
    const before = modified.map(({ id }) => ({ old: this.find(id), direction: this.directionOf(id), assumed: this.undirected.get(id) }));
    // Rules may swap their values in one call, so all old values go before any new one comes.
    for (const { old } of before) if (old !== undefined) this.revoke(old);
    const introduced = new Set<string>();
    for (const [i, value] of modified.entries()) {
      const { old, direction, assumed } = before[i] ?? {};
      if (direction === undefined) this.undirected.set(value.id, value);
      else this.grant({ ...value, direction, ...(old?.tags !== undefined && { tags: old.tags }) });
      // The value that it had before may still be held for a rule of its own.
      if (old === undefined && !this.remedied.has(value.id)) this.about = { ...this.about, partial: true };
      const same = old ?? assumed;
      // A new description is no new value.
      if (same === undefined || valueKey(same) !== valueKey(value))
        introduced.add(ruleKey({ ...value, direction: direction ?? "ingress" }));
    }
    return introduced;
  }

  // The rule of this id. Where all rules are known and only one has no known id, an unknown id must be that one's:
  // most often it is the egress rule with which every group is created.
  private find(id: string): SecurityGroupRule | undefined {
    const key = this.keys.get(id);
    if (key !== undefined) return this.rules.get(key);
    const [candidate, another] = this.nameless(id);
    return another === undefined ? candidate : undefined;
  }

  private directionOf(id: string): SecurityGroupRule["direction"] | undefined {
    const found = this.find(id);
    if (found !== undefined) return found.direction;
    if (this.remedied.has(id)) return "ingress";
    const [first, ...others] = this.nameless(id);
    return others.every(({ direction }) => direction === first?.direction) ? first?.direction : undefined;
  }

  private nameless(id: string): SecurityGroupRule[] {
    if (this.about.partial === true || this.undirected.has(id)) return [];
    return [...this.rules.values()].filter((rule) => rule.id === undefined);
  }

  private describe(id: string, description: string): void {
    const rule = this.find(id);
    if (rule !== undefined) this.redescribe(rule, description);
  }

  private redescribe({ description: _, ...rule }: SecurityGroupRule, description: string | undefined): void {
    this.put({ ...rule, ...(description !== undefined && description !== "" && { description }) });
  }
}
