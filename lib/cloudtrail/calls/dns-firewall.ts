import { member, textOf, told, UnreadableError } from "../fields.ts";
import type { Call } from "../record.ts";
import { effectsShape, type Shape, subjectOf } from "../shape.ts";
import { watch } from "../watched.ts";

const kind = "firewall-association";
const associationIn = ({ answer }: Call) => member(answer, "firewallRuleGroupAssociation");
const vpcOf = (call: Call) => member(associationIn(call), "vpcId") ?? member(call.request, "vpcId");

/** AssociateFirewallRuleGroup: the id of the association is in the answer. */
const associate: Shape = effectsShape("vpc", "the DNS Firewall rule group that guards the VPC", {
  subject: vpcOf,
  effects: (call, vpc) => {
    const id = idOf(call);
    return [{ op: "create", kind, id, facts: { id, vpc, ...told({ ruleGroup: ruleGroupOf(call) }) } }];
  },
});

/** UpdateFirewallRuleGroupAssociation: priority and protection, not whom it guards. */
const update: Shape = effectsShape("vpc", "that a DNS Firewall rule group guards the VPC otherwise than before", {
  subject: vpcOf,
  effects: (call, vpc) => [{ op: "update", kind, id: idOf(call), facts: { vpc, ...told({ ruleGroup: ruleGroupOf(call) }) } }],
});

/** DisassociateFirewallRuleGroup: only the answer tells the VPC. */
const disassociate: Shape = effectsShape("vpc", "the DNS Firewall rule group that guards the VPC no more", {
  subject: vpcOf,
  effects: (call) => [{ op: "delete", kind, id: idOf(call) }],
});

/** DNS Firewall of Route 53 Resolver. */
export const dnsFirewallCalls = watch("route53resolver.amazonaws.com", {
  AssociateFirewallRuleGroup: associate,
  UpdateFirewallRuleGroupAssociation: update,
  DisassociateFirewallRuleGroup: disassociate,
});

function idOf(call: Call): string {
  const found = subjectOf(kind, member(associationIn(call), "id") ?? member(call.request, "firewallRuleGroupAssociationId"));
  if (found === undefined) throw new UnreadableError("it names no id of a firewall association, neither in its request nor in its answer");
  return found.id;
}

function ruleGroupOf(call: Call): string | undefined {
  return textOf(member(associationIn(call), "firewallRuleGroupId")) ?? textOf(member(call.request, "firewallRuleGroupId"));
}
