import type { Effect } from "../../model/effect.ts";
import type { PeeringFacts, PeeringSide } from "../../model/facts.ts";
import { accountOf, flagOf, listOf, member, tagsFrom, textOf, told } from "../fields.ts";
import type { Call } from "../record.ts";
import { effectsShape, readCidr, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

const peeringOf = ({ request }: Call) => member(request, "vpcPeeringConnectionId");

/** CreateVpcPeeringConnection: the answer tells the sides, that of another account without its CIDRs. */
const create: Shape = effectsShape("peering", "the connection with its two sides", {
  subject: ({ answer }) => member(member(answer, "vpcPeeringConnection"), "vpcPeeringConnectionId"),
  effects: (call, id) => [{ op: "create", kind: "peering", id, facts: factsOf(call, id) }],
});

/** AcceptVpcPeeringConnection: only the answer tells the sides, and now their CIDRs. */
const accept: Shape = effectsShape("peering", "that the connection is accepted, with its two sides", {
  subject: peeringOf,
  effects: (call, id): Effect[] => {
    const peering = member(call.answer, "vpcPeeringConnection");
    const isWhole = ["requesterVpcInfo", "accepterVpcInfo"].every((side) => textOf(member(member(peering, side), "vpcId")) !== undefined);
    if (isWhole) return [{ op: "create", kind: "peering", id, facts: factsOf(call, id) }];
    return [{ op: "update", kind: "peering", id, facts: { status: statusOf(peering) ?? "active" } }];
  },
});

/** RejectVpcPeeringConnection. */
const reject: Shape = effectsShape("peering", "that the connection is rejected", {
  subject: peeringOf,
  effects: (_, id) => [{ op: "update", kind: "peering", id, facts: { status: "rejected" } }],
});

/** DeleteVpcPeeringConnection: EC2 goes on showing the connection for hours, as deleted. */
const remove: Shape = effectsShape("peering", "that the connection is deleted", {
  subject: peeringOf,
  effects: (_, id) => [{ op: "update", kind: "peering", id, facts: { status: "deleted" } }],
});

/** ModifyVpcPeeringConnectionOptions: a setting of one side or of both, and not who stands there. */
const modify: Shape = effectsShape("peering", "whether a side resolves names of the other", {
  subject: peeringOf,
  effects: ({ request }, id) => {
    const resolving = (side: "requester" | "accepter") => {
      const resolvesDns = flagOf(member(member(request, `${side}PeeringConnectionOptions`), "allowDnsResolutionFromRemoteVpc"));
      return resolvesDns === undefined ? undefined : { resolvesDns };
    };
    const facts = told({ requester: resolving("requester"), accepter: resolving("accepter") });
    return Object.keys(facts).length === 0 ? [] : [{ op: "update", kind: "peering", id, facts }];
  },
});

export const peeringCalls = watch(EC2, {
  CreateVpcPeeringConnection: create,
  AcceptVpcPeeringConnection: accept,
  RejectVpcPeeringConnection: reject,
  DeleteVpcPeeringConnection: remove,
  ModifyVpcPeeringConnectionOptions: modify,
});

function factsOf({ request, answer, account, region }: Call, id: string): PeeringFacts {
  const peering = member(answer, "vpcPeeringConnection");
  const requester = sideOf(member(peering, "requesterVpcInfo"), {
    vpc: textOf(member(request, "vpcId")),
    account: undefined,
    region: undefined,
  });
  const accepter = sideOf(member(peering, "accepterVpcInfo"), {
    vpc: textOf(member(request, "peerVpcId")),
    account: accountOf(member(request, "peerOwnerId")),
    region: textOf(member(request, "peerRegion")),
  });
  // Whoever asks is the requester, and what it does not name is its own.
  const own = member(request, "peerVpcId") === undefined ? {} : { account, region };
  return {
    id,
    ...told({ status: statusOf(peering), tags: tagsFrom(peering, request, "vpc-peering-connection") }),
    requester: { ...own, ...requester },
    accepter: { ...own, ...accepter },
  };
}

function sideOf(info: unknown, asked: Record<"vpc" | "account" | "region", string | undefined>): PeeringSide {
  const blocks = (set: string, name: string) => listOf(member(info, set)).flatMap((item) => textOf(member(item, name)) ?? []);
  const v4 = blocks("cidrBlockSet", "cidrBlock");
  const cidr = textOf(member(info, "cidrBlock"));
  const cidrs = [...(v4.length === 0 && cidr !== undefined ? [cidr] : v4), ...blocks("ipv6CidrBlockSet", "ipv6CidrBlock")];
  return {
    ...told({
      vpc: textOf(member(info, "vpcId")) ?? asked.vpc,
      account: accountOf(member(info, "ownerId")) ?? asked.account,
      region: textOf(member(info, "region")) ?? asked.region,
      resolvesDns: flagOf(member(member(info, "peeringOptions"), "allowDnsResolutionFromRemoteVpc")),
    }),
    cidrs: cidrs.map(readCidr),
  };
}

function statusOf(peering: unknown): string | undefined {
  return textOf(member(member(peering, "status"), "code"));
}
