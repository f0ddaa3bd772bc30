import type { Peer } from "../model/peer-set.ts";
import { canonicalRule, type RawRule, ruleKey, type SecurityGroupRule } from "../model/security-group-rule.ts";
import type { Direction } from "../model/traffic.ts";
import { accountOf, listOf, member, requestedTags, scalarOf, tagsOf, textOf, told, UnreadableError, wholeNumberOf } from "./fields.ts";
import { readable, readCidr, subjectOf } from "./shape.ts";

/** Whose rules these are: the direction that the call's name tells, and the account by which others are foreign. */
export interface Owner {
  readonly direction: Direction;
  readonly account: string;
}

interface Found {
  readonly peer: Peer;
  readonly description?: string | undefined;
}

/** The rules of a request: nested under `ipPermissions`, flat beside it, or both. Throws UnreadableError. */
export function rulesOfRequest(request: unknown, owner: Owner): SecurityGroupRule[] {
  const tags = requestedTags(request, "security-group-rule");
  const nested = listOf(member(request, "ipPermissions")).flatMap((permission) => rulesOfPermission(permission, owner));
  return [...nested, ...flatRules(request, owner)].map((rule) => ({ ...rule, ...(tags !== undefined && { tags }) }));
}

/** The rules of one `ipPermissions` item, one for each peer. Throws UnreadableError. */
export function rulesOfPermission(permission: unknown, owner: Owner): SecurityGroupRule[] {
  return peersOf(permission, owner.account).map((found) => readRule(permission, owner, found));
}

/** The rules of a `securityGroupRuleSet` or `revokedSecurityGroupRuleSet`: canonical, with ids. Throws UnreadableError. */
export function rulesOfAnswer(set: unknown, owner: Owner): SecurityGroupRule[] {
  return listOf(set).map((item) => ({
    ...readRule(item, owner, { peer: peerOfRule(item, owner.account), description: textOf(member(item, "description")) }),
    ...told({ id: textOf(member(item, "securityGroupRuleId")), tags: tagsOf(member(item, "tagSet")) }),
  }));
}

/** The new value in a ModifySecurityGroupRules request (`SecurityGroupRuleRequest`). Throws UnreadableError. */
export function ruleOfRuleRequest(value: unknown, owner: Owner): SecurityGroupRule {
  return readRule(value, owner, { peer: peerOfRule(value, owner.account), description: textOf(member(value, "description")) });
}

/**
 * The answered rules with what only the request told: descriptions, tags, and the account of a referenced group, which
 * the answer to a revoke leaves out.
 */
export function enrich(answered: readonly SecurityGroupRule[], asked: readonly SecurityGroupRule[]): SecurityGroupRule[] {
  const byValue = new Map(asked.map((rule) => [looseKey(rule), rule]));
  return answered.map((rule) => {
    const twin = byValue.get(looseKey(rule));
    return {
      ...rule,
      ...(twin?.peer.kind === "group" && rule.peer.kind === "group" && { peer: { ...twin.peer, ...rule.peer } }),
      ...told({ description: rule.description ?? twin?.description, tags: rule.tags ?? twin?.tags }),
    };
  });
}

function looseKey(rule: SecurityGroupRule): string {
  return ruleKey(rule.peer.kind === "group" ? { ...rule, peer: { kind: "group", id: rule.peer.id } } : rule);
}

function readRule(fields: unknown, { direction }: Owner, { peer, description }: Found): SecurityGroupRule {
  const protocol = scalarIn(fields, "ipProtocol");
  if (protocol === undefined) throw new UnreadableError("a permission has no ipProtocol");
  const [fromPort, toPort] = [wholeNumberOf(member(fields, "fromPort"), "fromPort"), wholeNumberOf(member(fields, "toPort"), "toPort")];
  // One alone would be read as a single port, which may be less than was granted.
  if ((fromPort === undefined) !== (toPort === undefined)) {
    throw new UnreadableError(
      `a permission has a ${fromPort === undefined ? "toPort and no fromPort" : "fromPort and no toPort"}: expected both or neither`,
    );
  }
  return canonical({
    direction,
    protocol,
    fromPort,
    toPort,
    peer,
    description,
  });
}

/** canonicalRule, with EC2's refusals as UnreadableError. */
function canonical(raw: RawRule): SecurityGroupRule {
  return readable(() => canonicalRule(raw));
}

function cidrPeer(text: string): Peer {
  return { kind: "cidr", cidr: readCidr(text) };
}

// A group of a default VPC may be given by name alone, and only the answer tells its id. Without an answer the name
// stands for the id: that still keeps the permission's other peers and says truly that this one is a group. A name may look
// like a CIDR or a list, so it is written as no other peer can be.
function groupPeer(id: string | undefined, name: string | undefined, owner: string | undefined, account: string): Peer {
  const group = subjectOf("security-group", id)?.id ?? (name && `sg-named:${encodeURIComponent(name.toWellFormed())}`);
  if (group === undefined) throw new UnreadableError("a group reference has neither groupId nor groupName");
  if (owner === undefined || owner === account) return { kind: "group", id: group };
  // Of an AWS service's group, that of a classic load balancer, the owner is a name: amazon-elb.
  if (!/^(\d+|amazon-[a-z]+)$/.test(owner))
    throw new UnreadableError(`the owner of a group is "${owner}": expected an account such as 111122223333`);
  return { kind: "group", id: group, account: owner };
}

function listPeer(id: string): Peer {
  return { kind: "prefix-list", id: subjectOf("prefix-list", id)?.id ?? id };
}

function scalarIn(fields: unknown, name: string): string | undefined {
  return scalarOf(member(fields, name), name);
}

function peersOf(permission: unknown, account: string): Found[] {
  const peers = (list: string, read: (item: unknown) => Peer) =>
    listOf(member(permission, list)).map((item): Found => ({ peer: read(item), description: textOf(member(item, "description")) }));
  return [
    ...peers("ipRanges", (item) => cidrPeer(required(item, "cidrIp"))),
    ...peers("ipv6Ranges", (item) => cidrPeer(required(item, "cidrIpv6"))),
    ...peers("groups", (item) =>
      groupPeer(scalarIn(item, "groupId"), scalarIn(item, "groupName"), accountOf(member(item, "userId")), account),
    ),
    ...peers("prefixListIds", (item) => listPeer(required(item, "prefixListId"))),
  ];
}

function peerOfRule(item: unknown, account: string): Peer {
  const cidr = scalarIn(item, "cidrIpv4") ?? scalarIn(item, "cidrIpv6");
  if (cidr !== undefined) return cidrPeer(cidr);
  const list = scalarIn(item, "prefixListId");
  if (list !== undefined) return listPeer(list);
  const info = member(item, "referencedGroupInfo");
  const group = scalarIn(info, "groupId") ?? scalarIn(item, "referencedGroupId");
  if (group !== undefined) return groupPeer(group, undefined, accountOf(member(info, "userId")), account);
  throw new UnreadableError("a rule has no peer: expected cidrIpv4, cidrIpv6, prefixListId or a referenced group");
}

// "Creates rules that grant full ICMP, UDP, and TCP access" is what the API says of a source group without protocol
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html).
const ALL_OF_A_GROUP = ["icmp", "tcp", "udp"];

function flatRules(request: unknown, owner: Owner): SecurityGroupRule[] {
  const cidr = scalarIn(request, "cidrIp");
  const name = scalarIn(request, "sourceSecurityGroupName");
  const byCidr = cidr === undefined ? [] : [readRule(request, owner, { peer: cidrPeer(cidr) })];
  if (name === undefined) return byCidr;
  const peer = groupPeer(undefined, name, accountOf(member(request, "sourceSecurityGroupOwnerId")), owner.account);
  if (scalarIn(request, "ipProtocol") !== undefined) return [...byCidr, readRule(request, owner, { peer })];
  return [...byCidr, ...ALL_OF_A_GROUP.map((protocol) => canonical({ direction: owner.direction, protocol, peer }))];
}

function required(item: unknown, name: string): string {
  const text = textOf(member(item, name));
  if (text === undefined) throw new UnreadableError(`a peer has no ${name}`);
  return text;
}
