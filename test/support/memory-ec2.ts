import { type Ec2, Ec2Error, type RevokeAnswer } from "../../lib/guard/ports.ts";
import type { Kind, NetworkFacts, NetworkInterfaceFacts, PrefixListFacts, SecurityGroupFacts } from "../../lib/model/facts.ts";
import { parseRule, ruleKey, type SecurityGroupRule } from "../../lib/model/security-group-rule.ts";
import type { Where } from "../../lib/model/world.ts";
import { isGroupWith, isInterfaceWith } from "./network.ts";

type Readers = {
  readonly [K in Kind]: { get(id: string): Promise<NetworkFacts[K] | undefined>; list(where: Where): Promise<NetworkFacts[K][]> };
};

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
  private readonly lists = new Map<string, PrefixListFacts>();
  private readonly interfaces: NetworkInterfaceFacts[] = [];
  private stale: { reads: number; groups: Map<string, SecurityGroupFacts | undefined> } | undefined;
  private made = 0;
  private readonly readers: Readers = {
    "security-group": {
      get: (id) => this.answer("DescribeSecurityGroup", () => this.readGroup(id)),
      list: (where) => this.answer("DescribeSecurityGroups", () => this.groupsWith(where)),
    },
    "prefix-list": {
      get: (id) =>
        this.answer("GetManagedPrefixListEntries", () => {
          const list = this.lists.get(id);
          if (list === undefined)
            throw new Ec2Error("denied", "InvalidPrefixListID.NotFound", `EC2 shows no prefix list ${id} to this account`);
          return list;
        }),
      list: async () => [...this.lists.values()],
    },
    vpc: { get: async () => undefined, list: async () => [] },
    "network-interface": {
      get: async (id) => this.interfaces.find((facts) => facts.id === id),
      list: (where) => this.answer("DescribeNetworkInterfaces", () => this.interfaces.filter((facts) => isInterfaceWith(facts, where))),
    },
  };

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
    this.lists.set(id, { id, cidrs });
    return this;
  }

  /** Makes a network interface in vpc-1 that uses these groups. */
  createInterface(id: string, ...groups: string[]): this {
    this.interfaces.push({ id, vpc: "vpc-1", groups, addresses: [] });
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

  get<K extends Kind>(kind: K, id: string): Promise<NetworkFacts[K] | undefined> {
    return this.readers[kind].get(id);
  }

  list<K extends Kind>(kind: K, where: Where): Promise<readonly NetworkFacts[K][]> {
    return this.readers[kind].list(where);
  }

  async revoke(id: string, rules: readonly SecurityGroupRule[]): Promise<RevokeAnswer> {
    return this.answer(`Revoke${callOn(rules)}`, () => {
      const group = this.require(id);
      const missing = rules.find((rule) => !group.rules.has(ruleKey(rule)));
      if (missing !== undefined) {
        throw new Ec2Error("rule-not-found", "InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
      }
      for (const rule of rules) group.rules.delete(ruleKey(rule));
      return { revoked: rules, unknown: [] };
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

  private readGroup(id: string): SecurityGroupFacts | undefined {
    if (this.stale === undefined || this.stale.reads === 0) return this.factsOf(id);
    this.stale.reads--;
    return this.stale.groups.get(id);
  }

  private groupsWith(where: Where): SecurityGroupFacts[] {
    return [...this.groups.keys()].flatMap((id) => this.factsOf(id) ?? []).filter((facts) => isGroupWith(facts, where));
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
