import type { ModifiedRule, RuleDescription, Subject } from "../../model/change.ts";
import { ruleKey, type SecurityGroupRule } from "../../model/security-group-rule.ts";
import type { Direction } from "../../model/traffic.ts";
import { listOf, member, requestedTags, tagsOf, textOf, UnreadableError } from "../fields.ts";
import { enrich, ruleOfRuleRequest, rulesOfAnswer, rulesOfPermission, rulesOfRequest } from "../permissions.ts";
import type { Call } from "../record.ts";
import { type Shape, subjectsOf } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

const kind = "security-group";

/** AuthorizeSecurityGroupIngress and Egress. */
function grant(direction: Direction): Shape {
  return {
    kind,
    tells: `the ${direction} rules that it grants`,
    subjects: groupOf,
    claim: (call) => {
      const owner = { direction, account: call.account };
      const asked = attempt(() => rulesOfRequest(call.request, owner));
      const answered = attempt(() => rulesOfAnswer(member(call.answer, "securityGroupRuleSet"), owner));
      if (answered.rules.length > 0) return { kind: "rules-granted", rules: enrich(answered.rules, asked.rules), ...byName(call) };
      if (asked.rules.length > 0) return { kind: "rules-granted", rules: asked.rules, ...byName(call) };
      throw asked.error ?? answered.error ?? new UnreadableError("it names no rule that it grants");
    },
  };
}

/** RevokeSecurityGroupIngress and Egress, by value or by rule id. */
function revoke(direction: Direction): Shape {
  return {
    kind,
    tells: `the ${direction} rules that it revokes, by value or by id`,
    subjects: groupOf,
    claim: (call) => {
      const owner = { direction, account: call.account };
      const ruleIds = listOf(member(call.request, "securityGroupRuleIds")).flatMap((item) => {
        const id = textOf(member(item, "securityGroupRuleId")) ?? textOf(item);
        return id === undefined ? [] : [id];
      });
      const asked = attempt(() => rulesOfRequest(call.request, owner));
      const answered = attempt(() => rulesOfAnswer(member(call.answer, "revokedSecurityGroupRuleSet"), owner));
      if (answered.rules.length > 0) return { kind: "rules-revoked", rules: enrich(answered.rules, asked.rules), ruleIds, ...byName(call) };
      if (asked.error !== undefined) throw asked.error;
      if (asked.rules.length === 0 && ruleIds.length === 0) throw new UnreadableError("it names no rule that it revokes");
      // EC2 answers "true" to a revoke that matched nothing and lists what it did not know.
      const unmatched = listOf(member(call.answer, "unknownIpPermissionSet")).flatMap((item) => rulesOfPermission(item, owner));
      const unknown = new Set(unmatched.map(ruleKey));
      return { kind: "rules-revoked", rules: asked.rules.filter((rule) => !unknown.has(ruleKey(rule))), ruleIds, ...byName(call) };
    },
  };
}

/** ModifySecurityGroupRules: the record tells the new values, neither the old ones nor the direction. */
const modify: Shape = {
  kind,
  tells: "the new values of rules; neither the old ones nor the direction",
  subjects: groupOf,
  claim: (call) => {
    const rules = listOf(member(call.request, "securityGroupRule")).map((item): ModifiedRule => {
      const id = textOf(member(item, "securityGroupRuleId"));
      if (id === undefined) throw new UnreadableError("a modified rule has no SecurityGroupRuleId");
      const { direction: _unknown, ...value } = ruleOfRuleRequest(member(item, "securityGroupRule"), {
        direction: "ingress",
        account: call.account,
      });
      return { ...value, id };
    });
    if (rules.length === 0) throw new UnreadableError("it names no rule that it modifies");
    return { kind: "rules-modified", rules };
  },
};

/** UpdateSecurityGroupRuleDescriptionsIngress and Egress, by value or by rule id. */
function describe(direction: Direction): Shape {
  return {
    kind,
    tells: `the new descriptions of ${direction} rules`,
    subjects: groupOf,
    claim: (call) => {
      const lists = [member(call.request, "securityGroupRuleDescriptions"), member(call.request, "securityGroupRuleDescription")];
      const descriptions = lists.flatMap(listOf).flatMap((item): RuleDescription[] => {
        const ruleId = textOf(member(item, "securityGroupRuleId"));
        return ruleId === undefined ? [] : [{ ruleId, description: textOf(member(item, "description")) ?? "" }];
      });
      const rules = rulesOfRequest(call.request, { direction, account: call.account });
      if (rules.length === 0 && descriptions.length === 0) throw new UnreadableError("it names no rule that it describes");
      return { kind: "rules-described", rules, descriptions, ...byName(call) };
    },
  };
}

/** CreateSecurityGroup: the id is in the answer, and EC2 lets a new group send everything to IPv4. */
const create: Shape = {
  kind,
  tells: "the group with its name, VPC and tags",
  subjects: (call) => groupFrom(call.answer),
  claim: (call, { id }) => {
    const name = textOf(member(call.request, "groupName"));
    const vpc = textOf(member(call.request, "vpcId"));
    const description = textOf(member(call.request, "groupDescription")) ?? textOf(member(call.request, "description"));
    const tags = tagsOf(member(call.answer, "tagSet")) ?? requestedTags(call.request, "security-group");
    return {
      kind: "group-created",
      group: {
        id,
        ...(name !== undefined && { name }),
        ...(vpc !== undefined && { vpc }),
        ...(description !== undefined && { description }),
        ...(tags !== undefined && { tags }),
        // In a VPC with IPv6, EC2 adds ::/0 too; this record does not tell whether the VPC has it, that of the VPC does.
        rules: [{ direction: "egress", protocol: "-1", peer: { kind: "cidr", cidr: "0.0.0.0/0" } }],
      },
    };
  },
};

/** DeleteSecurityGroup. */
const remove: Shape = {
  kind,
  tells: "that the group is gone",
  subjects: groupOf,
  claim: () => ({ kind: "group-deleted" }),
};

export const securityGroupCalls = watch(EC2, {
  AuthorizeSecurityGroupIngress: grant("ingress"),
  AuthorizeSecurityGroupEgress: grant("egress"),
  RevokeSecurityGroupIngress: revoke("ingress"),
  RevokeSecurityGroupEgress: revoke("egress"),
  ModifySecurityGroupRules: modify,
  CreateSecurityGroup: create,
  DeleteSecurityGroup: remove,
  UpdateSecurityGroupRuleDescriptionsIngress: describe("ingress"),
  UpdateSecurityGroupRuleDescriptionsEgress: describe("egress"),
});

// By group name, which a default VPC permits, only the answer tells the id, and only the answers to some calls do.
function groupOf(call: Call): readonly Subject[] {
  const sets = [member(call.answer, "securityGroupRuleSet"), member(call.answer, "revokedSecurityGroupRuleSet")];
  const places = [call.request, ...sets.flatMap(listOf), call.answer];
  for (const place of places) {
    const group = groupFrom(place);
    if (group.length > 0) return group;
  }
  return [];
}

function byName({ request }: Call): { groupName?: string } {
  const groupName = textOf(member(request, "groupName"));
  return groupName === undefined ? {} : { groupName };
}

function groupFrom(place: unknown): readonly Subject[] {
  return subjectsOf(kind, member(place, "groupId"));
}

function attempt(read: () => SecurityGroupRule[]): { rules: SecurityGroupRule[]; error?: UnreadableError } {
  try {
    return { rules: read() };
  } catch (error) {
    if (error instanceof UnreadableError) return { rules: [], error };
    throw error;
  }
}
