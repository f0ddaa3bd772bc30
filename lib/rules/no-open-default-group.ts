import * as z from "zod/mini";
import type { NetworkInterfaceFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { formatRule, trafficOf } from "../model/security-group-rule.ts";
import { isUnknown, type Unknown } from "../model/world.ts";
import { defineRule } from "./rule.ts";

// EC2 makes one group of this name in every VPC, and lets nobody take the name for another or rename it.
const DEFAULT_GROUP = "default";

export const noOpenDefaultGroup = defineRule({
  meta: {
    id: "no-open-default-group",
    title: "The default security group of a VPC has no rules",
    resource: "security-group",
    severity: "medium",
    finds:
      "Every rule, ingress and egress, of a security group named `default`; EC2 gives that name to one group in each VPC and to no other. The two or three rules with which EC2 makes the group count: a self-reference and all egress. Every new VPC has them, which is why this rule is off by default. Rules are revoked only where the world shows that no network interface uses the group, whatever remedy the policy asks for.",
    rationale:
      "Whatever is launched without naming a group gets the default one. Without rules it isolates what somebody forgot to place; with them, it connects it.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
    controls: ["Security Hub EC2.2", "CIS AWS Foundations Benchmark 3.0.0, 5.4"],
    avoid: "aws ec2 run-instances --image-id ami-... --subnet-id subnet-...    # no group named: it gets the default one",
    prefer: "aws ec2 run-instances --image-id ami-... --subnet-id subnet-... --security-group-ids sg-...",
    remedies: ["revoke-ingress", "revoke-egress"],
    remedy: "none",
    // EC2 makes every default group with rules, so this finds something in every account until those are gone.
    enabled: false,
  },
  options: () => z.strictObject({}),

  prepare: () => undefined,

  check: async (group, world, _, unjudged) => {
    const { id, name, vpc } = group.facts;
    if (group.rules.length === 0) return [];
    if (name === undefined) unjudged(`the name of ${id}, by which a default group is known`);
    if (name !== DEFAULT_GROUP) return [];
    const users = await world.list("network-interface", { group: id });
    // Emptying a group that is in use cuts off live machines: then a person must move them first.
    const unused = !isUnknown(users) && users.length === 0;
    const where = vpc === undefined ? "a default group" : `the default group of ${vpc}`;
    return group.rules.map(
      (rule): RuleFinding => ({
        traffic: trafficOf(rule),
        rules: [rule],
        message: `${formatRule(rule)} stands in ${where}, which should have no rules; ${describeUse(users)}`,
        ...(!unused && { remedy: "none" }),
      }),
    );
  },
});

function describeUse(users: readonly NetworkInterfaceFacts[] | Unknown): string {
  if (isUnknown(users)) return "whether anything uses it is not known, so it is left alone";
  if (users.length === 0) return "no network interface uses it";
  if (users.length === 1) return "1 network interface uses it and needs a group of its own first";
  return `${users.length} network interfaces use it and need groups of their own first`;
}
