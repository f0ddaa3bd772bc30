import type { SubnetFacts } from "../../model/facts.ts";
import { flagOf, listOf, member, tagsFrom, textOf, told } from "../fields.ts";
import type { Call } from "../record.ts";
import { deletionShape, effectsShape, readCidr, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

/** CreateSubnet and CreateDefaultSubnet: everything is in the answer. */
const create: Shape = effectsShape("subnet", "the subnet with its CIDR blocks, zone and tags", {
  subject: ({ answer }) => member(member(answer, "subnet"), "subnetId"),
  effects: (call, id) => [{ op: "create", kind: "subnet", id, facts: factsOf(call, id) }],
});

/** ModifySubnetAttribute: one attribute a call; only whether it gives public addresses is told of. */
const modify: Shape = effectsShape("subnet", "whether it gives public addresses from now on, where that changes", {
  subject: ({ request }) => member(request, "subnetId"),
  effects: ({ request }, id) => {
    const autoPublicIp = flagOf(member(request, "mapPublicIpOnLaunch"));
    return autoPublicIp === undefined ? [] : [{ op: "update", kind: "subnet", id, facts: { autoPublicIp } }];
  },
});

/** AssociateSubnetCidrBlock and DisassociateSubnetCidrBlock: what an address pool provides is not told. */
const changeCidrs = (op: "add" | "remove", verb: string): Shape =>
  effectsShape("subnet", `the IPv6 CIDR block that it ${verb}, where told`, {
    subject: ({ request, answer }) => member(answer, "subnetId") ?? member(request, "subnetId"),
    effects: ({ request, answer }, id) => {
      const told = textOf(member(member(answer, "ipv6CidrBlockAssociation"), "ipv6CidrBlock"));
      const cidr = told ?? textOf(member(request, "ipv6CidrBlock"));
      if (cidr === undefined) return [{ op: "forget", kind: "subnet", id, list: "ipv6Cidrs" }];
      return [{ op, kind: "subnet", id, list: "ipv6Cidrs", items: [readCidr(cidr)] }];
    },
  });

export const subnetCalls = watch(EC2, {
  CreateSubnet: create,
  CreateDefaultSubnet: create,
  DeleteSubnet: deletionShape("subnet", "that the subnet is gone", ({ request }) => member(request, "subnetId")),
  ModifySubnetAttribute: modify,
  AssociateSubnetCidrBlock: changeCidrs("add", "adds"),
  DisassociateSubnetCidrBlock: changeCidrs("remove", "takes"),
});

function factsOf({ request, answer }: Call, id: string): SubnetFacts {
  const subnet = member(answer, "subnet");
  const cidr = textOf(member(subnet, "cidrBlock"));
  const ipv6Cidrs = listOf(member(subnet, "ipv6CidrBlockAssociationSet")).flatMap((item) => textOf(member(item, "ipv6CidrBlock")) ?? []);
  const asksForIpv6 = ["ipv6CidrBlock", "ipv6IpamPoolId", "ipv6NetmaskLength"].some((name) => member(request, name) !== undefined);
  const autoPublicIp = flagOf(member(subnet, "mapPublicIpOnLaunch"));
  const missing = (cidr === undefined && ipv6Cidrs.length === 0) || (asksForIpv6 && ipv6Cidrs.length === 0);
  return {
    id,
    ...told({ vpc: textOf(member(subnet, "vpcId")), cidr: cidr === undefined ? undefined : readCidr(cidr) }),
    ipv6Cidrs: ipv6Cidrs.map(readCidr),
    ...told({ zone: textOf(member(subnet, "availabilityZone")), autoPublicIp, tags: tagsFrom(subnet, request, "subnet") }),
    ...(missing && { partial: true }),
  };
}
