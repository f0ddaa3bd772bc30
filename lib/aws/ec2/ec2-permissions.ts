import type { SecurityGroupRule as Ec2Rule, IpPermission, RevokedSecurityGroupRule, Tag } from "@aws-sdk/client-ec2";
import { Ec2Error } from "../../guard/ports.ts";
import type { Tags } from "../../model/facts.ts";
import type { Peer } from "../../model/peer-set.ts";
import { canonicalRule, isInvalidRule, type RawRule, type SecurityGroupRule } from "../../model/security-group-rule.ts";
import type { Direction } from "../../model/traffic.ts";

/** A rule as DescribeSecurityGroupRules returns it; `owner` is the account of its group. */
export function fromEc2(rule: Ec2Rule, owner: string | undefined): SecurityGroupRule {
  return readRule({
    id: rule.SecurityGroupRuleId,
    direction: rule.IsEgress === true ? "egress" : "ingress",
    protocol: rule.IpProtocol ?? "-1",
    fromPort: rule.FromPort,
    toPort: rule.ToPort,
    peer: peerOf({
      cidr: rule.CidrIpv4 ?? rule.CidrIpv6,
      list: rule.PrefixListId,
      group: rule.ReferencedGroupInfo?.GroupId,
      account: rule.ReferencedGroupInfo?.UserId === owner ? undefined : rule.ReferencedGroupInfo?.UserId,
      peeringStatus: rule.ReferencedGroupInfo?.PeeringStatus,
    }),
    description: rule.Description,
    ...tags(rule.Tags),
  });
}

/** A rule as a revocation names it. */
export function fromRevoked(rule: RevokedSecurityGroupRule): SecurityGroupRule {
  return readRule({
    direction: rule.IsEgress === true ? "egress" : "ingress",
    protocol: rule.IpProtocol ?? "-1",
    fromPort: rule.FromPort,
    toPort: rule.ToPort,
    peer: peerOf({ cidr: rule.CidrIpv4 ?? rule.CidrIpv6, list: rule.PrefixListId, group: rule.ReferencedGroupId }),
    description: rule.Description,
  });
}

/** The rules of a permission, one a peer. */
export function fromPermission(permission: IpPermission, direction: Direction): SecurityGroupRule[] {
  const peers = [
    ...(permission.IpRanges ?? []).map(({ CidrIp }) => peerOf({ cidr: CidrIp })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => peerOf({ cidr: CidrIpv6 })),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId }) => peerOf({ list: PrefixListId })),
    ...(permission.UserIdGroupPairs ?? []).map(({ GroupId }) => peerOf({ group: GroupId })),
  ];
  const { IpProtocol = "-1", FromPort, ToPort } = permission;
  return peers.map((peer) => readRule({ direction, protocol: IpProtocol, fromPort: FromPort, toPort: ToPort, peer }));
}

/** canonicalRule, where what cannot be a rule is an answer that cannot be read. Throws Ec2Error. */
function readRule(raw: RawRule): SecurityGroupRule {
  // One port alone would be read as a range of one, which may be less than stands open.
  if ((raw.fromPort === undefined) !== (raw.toPort === undefined)) {
    throw unreadable(`EC2 returned a security group rule with a ${raw.fromPort === undefined ? "last" : "first"} port alone`);
  }
  try {
    return canonicalRule(raw);
  } catch (error) {
    if (!isInvalidRule(error)) throw error;
    throw unreadable(`EC2 returned a security group rule that is none: ${error.message}`, error);
  }
}

function unreadable(message: string, cause?: Error): Ec2Error {
  return new Ec2Error("other", "UnreadableRule", message, { cause });
}

interface PeerParts {
  cidr?: string | undefined;
  list?: string | undefined;
  group?: string | undefined;
  account?: string | undefined;
  peeringStatus?: string | undefined;
}

function peerOf({ cidr, list, group, account, peeringStatus }: PeerParts): Peer {
  if (cidr !== undefined) return { kind: "cidr", cidr };
  if (list !== undefined) return { kind: "prefix-list", id: list };
  if (group !== undefined)
    return { kind: "group", id: group, ...(account !== undefined && { account }), ...(peeringStatus !== undefined && { peeringStatus }) };
  throw unreadable("EC2 returned a security group rule without a CIDR, prefix list or group");
}

/** One rule as EC2 takes it; IPv6 ranges have a list of their own and are refused among the IPv4 ones. */
export function toPermission({ protocol, fromPort, toPort, peer, description }: SecurityGroupRule): IpPermission {
  const note = description === undefined ? {} : { Description: description };
  const ports = { ...(fromPort !== undefined && { FromPort: fromPort }), ...(toPort !== undefined && { ToPort: toPort }) };
  switch (peer.kind) {
    case "cidr":
      return peer.cidr.includes(":")
        ? { IpProtocol: protocol, ...ports, Ipv6Ranges: [{ CidrIpv6: peer.cidr, ...note }] }
        : { IpProtocol: protocol, ...ports, IpRanges: [{ CidrIp: peer.cidr, ...note }] };
    case "prefix-list":
      return { IpProtocol: protocol, ...ports, PrefixListIds: [{ PrefixListId: peer.id, ...note }] };
    case "group": {
      const owner = peer.account === undefined ? {} : { UserId: peer.account };
      return { IpProtocol: protocol, ...ports, UserIdGroupPairs: [{ GroupId: peer.id, ...owner, ...note }] };
    }
  }
}

/** Tags as facts have them; nothing when there are none. */
export function tags(list: readonly Tag[] | undefined): { tags?: Tags } {
  const entries = (list ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ""] as const]));
  return entries.length === 0 ? {} : { tags: Object.fromEntries(entries) };
}
