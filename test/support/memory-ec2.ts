import { type Ec2, Ec2Error, type RevokeAnswer } from "../../lib/guard/ports.ts";
import { type Effect, type EffectKind, isShownBy, keyOf } from "../../lib/model/effect.ts";
import type { Kind, NetworkFacts, SecurityGroupFacts } from "../../lib/model/facts.ts";
import { entryText } from "../../lib/model/network-acl.ts";
import { hasEnded } from "../../lib/model/peering.ts";
import { inverse, isGroupRemedy, type NetworkRemedy } from "../../lib/model/remedy.ts";
import { parseRule, ruleKey, type SecurityGroupRule } from "../../lib/model/security-group-rule.ts";
import { isMet, isUnknown, type Where } from "../../lib/model/world.ts";
import { RecordedResources } from "../../lib/worlds/recorded-resources.ts";
import { effectsOf } from "../../lib/worlds/remedied.ts";

interface Reader<K extends Kind> {
  get(id: string): Promise<NetworkFacts[K] | undefined>;
  list(where: Where): Promise<readonly NetworkFacts[K][]>;
}

/** EC2 in memory, one account and region: rules are kept one per value, and one that is not there fails the whole revoke. */
export class MemoryEc2 implements Ec2 {
  /** Names of the calls in order. */
  readonly calls: string[] = [];
  /** The rule quota of a group (EC2's default is 60 inbound). */
  quota = 60;
  /** Runs before each call with its name; throws to refuse it, or changes the groups behind the guard's back. */
  before: (call: string) => void = () => {};
  /** Runs after a call took effect and before its answer arrives; throws for a time-out whose call went through. */
  after: (call: string) => void = () => {};

  private readonly groups = new Map<string, { facts: SecurityGroupFacts; rules: Map<string, SecurityGroupRule> }>();
  private readonly network = new RecordedResources();
  private stale: { reads: number; groups: Map<string, SecurityGroupFacts | undefined> } | undefined;
  private made = 0;
  /** Makes a group with these rules, in the notation of parseRule. */
  createGroup(id: string, rules: readonly string[] = [], facts: Partial<SecurityGroupFacts> = {}): this {
    this.groups.set(id, { facts: { id, name: id, vpc: "vpc-1", ...facts, rules: [] }, rules: new Map() });
    this.grant(id, ...rules);
    return this;
  }

  deleteGroup(id: string): void {
    this.groups.delete(id);
  }

  createPrefixList(id: string, ...cidrs: string[]): this {
    return this.put("prefix-list", { id, cidrs });
  }

  /** Makes a network interface in vpc-1 that uses these groups. */
  createInterface(id: string, ...groups: string[]): this {
    return this.put("network-interface", { id, vpc: "vpc-1", groups, addresses: [] });
  }

  /** Makes, or remakes, a resource other than a group. */
  put<K extends EffectKind>(kind: K, facts: NetworkFacts[K]): this {
    // The facts are of that kind, which TypeScript cannot tell of the union.
    return this.fold({ op: "create", kind, id: facts.id, facts } as Effect);
  }

  /** Changes a resource as an editor other than the guard. */
  fold(effect: Effect): this {
    this.network.fold(effect);
    return this;
  }

  /** Grants as an editor other than the guard; nothing is recorded in `calls`. */
  grant(group: string, ...rules: readonly (string | SecurityGroupRule)[]): void {
    for (const given of rules) {
      const rule = typeof given === "string" ? parseRule(given) : given;
      this.groups.get(group)?.rules.set(ruleKey(rule), { ...rule, id: rule.id ?? `sgr-${++this.made}` });
    }
  }

  take(group: string, ...rules: readonly string[]): void {
    for (const rule of rules) this.groups.get(group)?.rules.delete(ruleKey(parseRule(rule)));
  }

  /** The rules of a group as they really are, ingress and egress. */
  rules(group: string): SecurityGroupRule[] {
    return [...(this.groups.get(group)?.rules.values() ?? [])];
  }

  /** From now on, this many reads of groups show what there was before. */
  serveStale(reads: number): void {
    this.stale = { reads, groups: new Map([...this.groups.keys()].map((id) => [id, this.factsOf(id)])) };
  }

  /** How many reads show what there was before, and that. */
  get staleness(): readonly unknown[] {
    return this.stale === undefined || this.stale.reads === 0 ? [] : [this.stale.reads, ...this.stale.groups];
  }

  async get<K extends Kind>(kind: K, id: string): Promise<NetworkFacts[K] | undefined> {
    return this.readers[kind].get(id);
  }

  async list<K extends Kind>(kind: K, where: Where): Promise<readonly NetworkFacts[K][]> {
    return this.readers[kind].list(where);
  }

  /** Done where everything stands as the remedy tells it, which is as its inverse would leave it. */
  async carryOut(remedy: NetworkRemedy): Promise<NetworkRemedy | undefined> {
    return this.answer(remedy.kind, () => {
      if (!this.isDue(remedy)) return undefined;
      this.expectFreeNumbers(remedy);
      const done = remedy.kind === "create-flow-logs" ? { ...remedy, ids: [`fl-${++this.made}`] } : remedy;
      for (const effect of effectsOf(done)) this.network.fold(effect);
      return done;
    });
  }

  private isDue(remedy: NetworkRemedy): boolean {
    if (remedy.kind === "create-flow-logs") return this.network.list("flow-log", { resource: remedy.vpc }).length === 0;
    if (remedy.kind === "delete-peering" || remedy.kind === "request-peering") {
      const peering = this.network.get("peering", remedy.peering);
      const stands = peering !== undefined && !isUnknown(peering) && !hasEnded(peering.status);
      return stands === (remedy.kind === "delete-peering");
    }
    if (remedy.kind === "attach-internet-gateway") {
      const gateway = this.network.get("internet-gateway", remedy.gateway);
      return gateway !== undefined && !isUnknown(gateway) && gateway.vpc === undefined;
    }
    if (remedy.kind === "create-acl-entry" || remedy.kind === "deny-acl-traffic")
      return !effectsOf(remedy).every((effect) => this.shows(effect));
    const back = inverse(remedy);
    return isGroupRemedy(back) || effectsOf(back).every((effect) => this.shows(effect));
  }

  private expectFreeNumbers(remedy: NetworkRemedy): void {
    if (remedy.kind !== "create-acl-entry" && remedy.kind !== "deny-acl-traffic") return;
    const facts = this.network.get("network-acl", remedy.acl);
    const taken = new Map(facts === undefined || isUnknown(facts) ? [] : facts.entries.map((entry) => [keyOf(entry), entryText(entry)]));
    const wanted = "entry" in remedy ? [remedy.entry] : remedy.entries;
    if (wanted.every((entry) => (taken.get(keyOf(entry)) ?? entryText(entry)) === entryText(entry))) return;
    throw new Ec2Error("other", "NetworkAclEntryAlreadyExists", "The network acl entry identified by its number already exists.");
  }

  async mayCarryOut(remedy: NetworkRemedy): Promise<void> {
    return this.answer(`${remedy.kind} DryRun`, () => {});
  }

  async revoke(id: string, rules: readonly SecurityGroupRule[]): Promise<RevokeAnswer> {
    return this.answer(`Revoke${callOn(rules)}`, () => {
      const group = this.require(id);
      const missing = rules.find((rule) => !group.rules.has(ruleKey(rule)));
      if (missing !== undefined) {
        throw new Ec2Error("rule-not-found", "InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
      }
      const revoked = rules.map((rule) => {
        const description = group.rules.get(ruleKey(rule))?.description;
        return description === undefined ? rule : { ...rule, description };
      });
      for (const rule of rules) group.rules.delete(ruleKey(rule));
      return { revoked, unknown: [] };
    });
  }

  async authorize(id: string, rules: readonly SecurityGroupRule[]): Promise<void> {
    return this.answer(`Authorize${callOn(rules)}`, () => {
      const group = this.require(id);
      if (rules.some((rule) => group.rules.has(ruleKey(rule)))) {
        throw new Ec2Error("duplicate", "InvalidPermission.Duplicate", "the specified rule already exists");
      }
      if ([...group.rules.values()].filter(({ direction }) => direction === rules[0]?.direction).length + rules.length > this.quota) {
        throw new Ec2Error(
          "limit",
          "RulesPerSecurityGroupLimitExceeded",
          "The maximum number of rules per security group has been reached.",
        );
      }
      this.grant(id, ...rules.map(({ id: _, ...rule }) => rule));
    });
  }

  async mayRevoke(id: string, rules: readonly SecurityGroupRule[]): Promise<void> {
    return this.answer(`Revoke${callOn(rules)} DryRun`, () => {
      this.require(id);
    });
  }

  private async answer<Answer>(call: string, act: () => Answer): Promise<Answer> {
    this.calls.push(call);
    this.before(call);
    const answer = act();
    this.after(call);
    return answer;
  }

  private readonly readers: { readonly [K in Kind]: Reader<K> } = {
    "security-group": {
      get: (id) => this.answer("DescribeSecurityGroup", () => this.readGroup(id)),
      list: (where) => this.answer("DescribeSecurityGroups", () => this.groupsWith(where)),
    },
    "group-association": this.reader("group-association"),
    "prefix-list": this.reader("prefix-list"),
    vpc: this.reader("vpc"),
    subnet: this.reader("subnet"),
    "route-table": this.reader("route-table"),
    "internet-gateway": this.reader("internet-gateway"),
    "nat-gateway": this.reader("nat-gateway"),
    peering: this.reader("peering"),
    endpoint: this.reader("endpoint"),
    "endpoint-service": this.reader("endpoint-service"),
    "network-acl": this.reader("network-acl"),
    "flow-log": this.reader("flow-log"),
    "network-interface": this.reader("network-interface"),
    "db-subnet-group": this.reader("db-subnet-group"),
    "firewall-association": this.reader("firewall-association"),
    "block-public-access": this.reader("block-public-access"),
  };

  private reader<K extends EffectKind>(kind: K): Reader<K> {
    return {
      get: (id) => this.answer(`get ${kind}`, () => this.known(kind, id)),
      list: (where) => this.answer(`list ${kind}`, () => this.network.list(kind, where)),
    };
  }

  private known<K extends EffectKind>(kind: K, id: string): NetworkFacts[K] | undefined {
    const facts = this.network.get(kind, id);
    if (facts !== undefined && !isUnknown(facts)) return facts;
    // EC2 does not tell a list that is gone from one that this account may not see.
    if (kind !== "prefix-list") return undefined;
    throw new Ec2Error("denied", "InvalidPrefixListID.NotFound", `EC2 shows no prefix list ${id} to this account`);
  }

  private shows(effect: Effect): boolean {
    const facts = this.network.get(effect.kind, effect.id);
    return isShownBy(isUnknown(facts) ? undefined : facts, effect);
  }

  private readGroup(id: string): SecurityGroupFacts | undefined {
    if (this.stale === undefined || this.stale.reads === 0) return this.factsOf(id);
    this.stale.reads--;
    return this.stale.groups.get(id);
  }

  private groupsWith(where: Where): SecurityGroupFacts[] {
    return [...this.groups.keys()].flatMap((id) => this.factsOf(id) ?? []).filter((facts) => isMet("security-group", facts, where));
  }

  private factsOf(id: string): SecurityGroupFacts | undefined {
    const group = this.groups.get(id);
    return group && { ...group.facts, rules: [...group.rules.values()] };
  }

  private require(id: string) {
    const group = this.groups.get(id);
    if (group === undefined) throw new Ec2Error("group-not-found", "InvalidGroup.NotFound", `The security group '${id}' does not exist`);
    return group;
  }
}

// EC2 has a call for each direction, and one call holds rules of one.
function callOn(rules: readonly SecurityGroupRule[]): string {
  const [direction, ...others] = new Set(rules.map((rule) => rule.direction));
  if (direction === undefined || others.length > 0) throw new Error(`one call with rules of ${others.length + 1} directions, expected 1`);
  return `SecurityGroup${direction === "ingress" ? "Ingress" : "Egress"}`;
}
