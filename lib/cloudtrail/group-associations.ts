import { member, textOf, UnreadableError } from "./fields.ts";
import type { Call } from "./record.ts";
import { effectsShape, type Shape } from "./shape.ts";
import { EC2, watch } from "./watched.ts";

/** AssociateSecurityGroupVpc: the group may be used in another VPC too; whose that is, no record tells. */
const associate: Shape = effectsShape("security-group", "the other VPC in which the group may be used", {
  subject: ({ request }) => member(request, "groupId"),
  effects: (call, group) => {
    const vpc = vpcOf(call);
    const id = `${group}/${vpc}`;
    return [{ op: "create", kind: "group-association", id, facts: { id, group, vpc } }];
  },
});

/** DisassociateSecurityGroupVpc. */
const disassociate: Shape = effectsShape("security-group", "the VPC in which the group may be used no more", {
  subject: ({ request }) => member(request, "groupId"),
  effects: (call, group) => [{ op: "delete", kind: "group-association", id: `${group}/${vpcOf(call)}` }],
});

export const groupAssociationCalls = watch(EC2, {
  AssociateSecurityGroupVpc: associate,
  DisassociateSecurityGroupVpc: disassociate,
});

function vpcOf({ request }: Call): string {
  const vpc = textOf(member(request, "vpcId"));
  if (vpc === undefined) throw new UnreadableError("it names no vpcId");
  return vpc;
}
