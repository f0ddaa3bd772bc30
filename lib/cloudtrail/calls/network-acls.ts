import type { NetworkAclEntry, NetworkAclFacts } from "../../model/facts.ts";
import { canonicalEntry } from "../../model/network-acl.ts";
import { flagOf, listOf, member, tagsFrom, textOf, textsOf, told, UnreadableError, wholeNumberOf } from "../fields.ts";
import type { Call } from "../record.ts";
import { deletionShape, effectsShape, readable, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

const aclOf = ({ request }: Call) => member(request, "networkAclId");

/** CreateNetworkAcl: everything is in the answer; a new one denies all. */
const create: Shape = effectsShape("network-acl", "the ACL with its VPC and entries", {
  subject: ({ answer }) => member(member(answer, "networkAcl"), "networkAclId"),
  effects: (call, id) => [{ op: "create", kind: "network-acl", id, facts: factsOf(call, id) }],
});

/** CreateNetworkAclEntry and ReplaceNetworkAclEntry: EC2 finds an entry by direction and number. */
const putEntry: Shape = effectsShape("network-acl", "the entry with its number", {
  subject: aclOf,
  effects: ({ request }, id) => [{ op: "put", kind: "network-acl", id, list: "entries", items: [entryOf(request)] }],
});

/** DeleteNetworkAclEntry. */
const dropEntry: Shape = effectsShape("network-acl", "the direction and number of the entry that is gone", {
  subject: aclOf,
  effects: ({ request }, id) => [
    { op: "drop", kind: "network-acl", id, list: "entries", keys: [`${directionOf(request)}/${numberOf(request)}`] },
  ],
});

/** ReplaceNetworkAclAssociation: the record names an association, and not the subnet that it is of. */
const reassociate: Shape = effectsShape("network-acl", "that a subnet uses it from now on, and not which", {
  subject: aclOf,
  effects: (_, id) => [{ op: "forget", kind: "network-acl", id, list: "subnets" }],
  details: ({ request }) => ({ associationId: textOf(member(request, "associationId")) }),
});

export const networkAclCalls = watch(EC2, {
  CreateNetworkAcl: create,
  DeleteNetworkAcl: deletionShape("network-acl", "that the ACL is gone", aclOf),
  CreateNetworkAclEntry: putEntry,
  ReplaceNetworkAclEntry: putEntry,
  DeleteNetworkAclEntry: dropEntry,
  ReplaceNetworkAclAssociation: reassociate,
});

function factsOf({ request, answer }: Call, id: string): NetworkAclFacts {
  const acl = member(answer, "networkAcl");
  const entries = member(acl, "entrySet");
  return {
    id,
    ...told({
      vpc: textOf(member(acl, "vpcId")) ?? textOf(member(request, "vpcId")),
      isDefault: flagOf(member(acl, "default")),
      tags: tagsFrom(acl, request, "network-acl"),
    }),
    entries: listOf(entries).map(entryOf),
    subnets: textsOf(member(acl, "associationSet"), "subnetId"),
    // Every ACL has the entries that deny the rest.
    ...(entries === undefined && { partial: true }),
  };
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
function entryOf(place: unknown): NetworkAclEntry {
  const action = textOf(member(place, "ruleAction"));
  if (action !== "allow" && action !== "deny") throw new UnreadableError(`an entry's ruleAction is "${action}": expected allow or deny`);
  const protocol = textOf(member(place, "aclProtocol")) ?? textOf(member(place, "protocol"));
  const cidr = textOf(member(place, "cidrBlock")) ?? textOf(member(place, "ipv6CidrBlock"));
  if (protocol === undefined || cidr === undefined) throw new UnreadableError("an entry has no protocol or no CIDR block");
  const ports = member(place, "portRange");
  const icmp = member(place, "icmpTypeCode") ?? member(place, "icmp");
  const fromPort = wholeNumberOf(member(icmp, "type") ?? member(ports, "from"), "the first port");
  const toPort = wholeNumberOf(member(icmp, "code") ?? member(ports, "to"), "the last port");
  return readable(() =>
    canonicalEntry({ direction: directionOf(place), number: numberOf(place), action, protocol, fromPort, toPort, cidr }),
  );
}

function directionOf(place: unknown): NetworkAclEntry["direction"] {
  const egress = flagOf(member(place, "egress"));
  if (egress === undefined) throw new UnreadableError("an entry does not tell whether it is egress");
  return egress ? "egress" : "ingress";
}

function numberOf(place: unknown): number {
  const number = wholeNumberOf(member(place, "ruleNumber"), "ruleNumber");
  if (number === undefined) throw new UnreadableError("an entry has no ruleNumber");
  return number;
}
