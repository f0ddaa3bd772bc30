import type { Change } from "../../lib/model/change.ts";
import { parseRule, type SecurityGroupRule } from "../../lib/model/security-group-rule.ts";

export const AT = "2026-11-02T10:15:30Z";
let made = 0;

/** A change to sg-1 by a person, unless told otherwise. */
export function change(overrides: Partial<Change> = {}): Change {
  return {
    id: `00000000-0000-4000-8000-${String(++made).padStart(12, "0")}`,
    at: AT,
    account: "111122223333",
    region: "eu-central-1",
    actor: { arn: "arn:aws:iam::111122223333:user/ada", sourceIp: "198.51.100.7", userAgent: "aws-cli/2.31.0" },
    call: { source: "ec2.amazonaws.com", name: "AuthorizeSecurityGroupIngress" },
    subject: { kind: "security-group", id: "sg-1" },
    ...overrides,
  };
}

/** AuthorizeSecurityGroupIngress on sg-1 of these rules, in the notation of parseRule. */
export function granting(...rules: readonly (string | SecurityGroupRule)[]): Change {
  return change({
    claim: { kind: "rules-granted", rules: rules.map((rule) => (typeof rule === "string" ? parseRule(rule) : rule)) },
  });
}

/** ModifySecurityGroupRules on sg-1, which gave the rule this value. */
export function modifying(id: string, rule: string): Change {
  const { direction: _, ...value } = parseRule(rule);
  return change({
    call: { source: "ec2.amazonaws.com", name: "ModifySecurityGroupRules" },
    claim: { kind: "rules-modified", rules: [{ ...value, id }] },
  });
}
