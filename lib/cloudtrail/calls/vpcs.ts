import type { Effect } from "../../model/effect.ts";
import type { VpcFacts } from "../../model/facts.ts";
import { flagOf, listOf, member, tagsFrom, textOf, told, UnreadableError } from "../fields.ts";
import type { Call } from "../record.ts";
import { deletionShape, effectsShape, readCidr, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

/** CreateVpc and CreateDefaultVpc: everything is in the answer. */
const create: Shape = effectsShape("vpc", "the VPC with its CIDR blocks and tags", {
  subject: ({ answer }) => member(member(answer, "vpc"), "vpcId"),
  effects: (call, id) => [{ op: "create", kind: "vpc", id, facts: factsOf(call, id) }],
});

/** AssociateVpcCidrBlock. What AWS or an address pool provides is often not told, since it is chosen later. */
const associateCidr: Shape = effectsShape("vpc", "the CIDR block that it adds, where told", {
  subject: ({ request, answer }) => member(request, "vpcId") ?? member(answer, "vpcId"),
  effects: (call, id) => {
    const { v4, v6 } = associated(call);
    const effects = [...changed("add", id, "cidrs", v4.cidr), ...changed("add", id, "ipv6Cidrs", v6.cidr)];
    if (effects.length > 0) return effects;
    if (v6.told || asksForIpv6(call.request)) return [{ op: "forget", kind: "vpc", id, list: "ipv6Cidrs" }];
    if (v4.told || textOf(member(call.request, "ipv4IpamPoolId")) !== undefined) return [{ op: "forget", kind: "vpc", id, list: "cidrs" }];
    throw new UnreadableError("it names no CIDR block, neither in its request nor in its answer");
  },
});

/** DisassociateVpcCidrBlock: the request holds the id of an association, only the answer tells whose and which block. */
const disassociateCidr: Shape = effectsShape("vpc", "the CIDR block that it takes, where told", {
  subject: ({ answer }) => member(answer, "vpcId"),
  effects: ({ answer }, id) => {
    const { v4, v6 } = associated({ answer, request: {} });
    const effects = [...changed("remove", id, "cidrs", v4.cidr), ...changed("remove", id, "ipv6Cidrs", v6.cidr)];
    if (effects.length > 0) return effects;
    const forget = (list: "cidrs" | "ipv6Cidrs"): Effect => ({ op: "forget", kind: "vpc", id, list });
    // The id of an association does not tell the family.
    if (v4.told === v6.told) return [forget("cidrs"), forget("ipv6Cidrs")];
    return [forget(v4.told ? "cidrs" : "ipv6Cidrs")];
  },
});

export const vpcCalls = watch(EC2, {
  CreateVpc: create,
  CreateDefaultVpc: create,
  DeleteVpc: deletionShape("vpc", "that the VPC is gone", ({ request }) => member(request, "vpcId")),
  AssociateVpcCidrBlock: associateCidr,
  DisassociateVpcCidrBlock: disassociateCidr,
});

function factsOf({ request, answer }: Call, id: string): VpcFacts {
  const vpc = member(answer, "vpc");
  const v4 = blocks(member(vpc, "cidrBlockAssociationSet"), "cidrBlock");
  const cidr = textOf(member(vpc, "cidrBlock"));
  const cidrs = v4.cidrs.length === 0 && cidr !== undefined ? [readCidr(cidr)] : v4.cidrs;
  const v6 = blocks(member(vpc, "ipv6CidrBlockAssociationSet"), "ipv6CidrBlock");
  // A block of IPv6 that AWS provides is chosen after the answer.
  const missing = cidrs.length === 0 || v4.missing || v6.missing || (v6.cidrs.length === 0 && asksForIpv6(request));
  return {
    id,
    cidrs,
    ipv6Cidrs: v6.cidrs,
    ...told({ isDefault: flagOf(member(vpc, "isDefault")), tags: tagsFrom(vpc, request, "vpc") }),
    ...(missing && { partial: true }),
  };
}

function blocks(set: unknown, name: string): { cidrs: string[]; missing: boolean } {
  const found = listOf(set).map((association) => textOf(member(association, name)));
  return { cidrs: found.flatMap((cidr) => (cidr === undefined ? [] : [readCidr(cidr)])), missing: found.includes(undefined) };
}

interface Association {
  readonly cidr: string | undefined;
  /** Whether the answer says that the association is of this family. */
  readonly told: boolean;
}

function associated({ request, answer }: Pick<Call, "request" | "answer">): { v4: Association; v6: Association } {
  const read = (association: string, name: string): Association => {
    const found = member(answer, association);
    const cidr = textOf(member(found, name)) ?? textOf(member(request, name));
    return { cidr: cidr === undefined ? undefined : readCidr(cidr), told: textOf(member(found, "associationId")) !== undefined };
  };
  return { v4: read("cidrBlockAssociation", "cidrBlock"), v6: read("ipv6CidrBlockAssociation", "ipv6CidrBlock") };
}

function changed(op: "add" | "remove", id: string, list: "cidrs" | "ipv6Cidrs", cidr: string | undefined): Effect[] {
  return cidr === undefined ? [] : [{ op, kind: "vpc", id, list, items: [cidr] }];
}

function asksForIpv6(request: unknown): boolean {
  if (textOf(member(request, "amazonProvidedIpv6CidrBlock")) === "true") return true;
  return ["ipv6CidrBlock", "ipv6Pool", "ipv6IpamPoolId"].some((name) => textOf(member(request, name)) !== undefined);
}
