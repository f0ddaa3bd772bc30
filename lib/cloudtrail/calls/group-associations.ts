import { member, textOf, UnreadableError } from "../fields.ts";
import type { Call } from "../record.ts";
import { effectsShape, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

const kind = "group-association";

/** AssociateSecurityGroupVpc: the group may be used in another VPC too; whose that is, no record tells. */
const associate: Shape = effectsShape(kind, "the other VPC in which the group may be used", {
  subject: idOf,
  effects: (call, id) => [{ op: "create", kind, id, facts: { id, group: named(call, "groupId"), vpc: named(call, "vpcId") } }],
});

/** DisassociateSecurityGroupVpc. */
const disassociate: Shape = effectsShape(kind, "the VPC in which the group may be used no more", {
  subject: idOf,
  effects: (_, id) => [{ op: "delete", kind, id }],
});

export const groupAssociationCalls = watch(EC2, {
  AssociateSecurityGroupVpc: associate,
  DisassociateSecurityGroupVpc: disassociate,
});

function idOf(call: Call): string {
  return `${named(call, "groupId")}/${named(call, "vpcId")}`;
}

function named({ request }: Call, name: string): string {
  const text = textOf(member(request, name));
  if (text === undefined) throw new UnreadableError(`it names no ${name}`);
  return text;
}
