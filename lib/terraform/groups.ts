import type { Peer } from "../model/peer-set.ts";
import { canonicalRule, ruleKey, type SecurityGroupRule } from "../model/security-group-rule.ts";
import type { Direction } from "../model/traffic.ts";
import { type Attributes, UnreadableValueError } from "./attributes.ts";
import { exchanged, ownerOf, type Reader, type Readers, type Reading, TYPES, told } from "./reading.ts";

const group: Reader = (reading) => {
  const { attributes, source, id, network, open } = reading;
  // A group without a VPC is in the default one, whose id no plan tells.
  const vpc = attributes.isGiven("vpc_id") ? attributes.ref("vpc_id", TYPES.vpc) : attributes.text("vpc_id");
  const rules = (["ingress", "egress"] as const).flatMap((direction) => inlineRules(direction, reading));
  const facts = told({ name: attributes.text("name"), vpc, description: attributes.text("description"), tags: attributes.tags() });
  network.add("security-group", { ...facts, id, rules: distinct(rules) }, source, open);
};

const defaultGroup: Reader = (reading) => {
  const { attributes, source, id, network, open } = reading;
  const rules = (["ingress", "egress"] as const).flatMap((direction) => inlineRules(direction, reading));
  const facts = told({ vpc: attributes.ref("vpc_id", TYPES.vpc), tags: attributes.tags() });
  network.add("security-group", { ...facts, id, name: "default", rules: distinct(rules) }, source, open);
};

// What a group lets in or out is `true` in after_unknown where its configuration has no blocks, or blocks for each of what is not
// known yet. Rules that are resources of their own say that it has none.
function inlineRules(direction: Direction, { attributes, source, id, network }: Reading): SecurityGroupRule[] {
  const blocks = attributes.blocks(direction);
  if (blocks !== undefined) return blocks.flatMap((block) => rulesOfBlock(block, direction, id));
  if (!network.hasNoBlocks("security-group", id, source)) attributes.note(direction);
  return [];
}

function rulesOfBlock(block: Attributes, direction: Direction, group: string): SecurityGroupRule[] {
  return rulesFor(block, direction, [
    ...cidrPeers(block),
    ...block.refs("security_groups", TYPES.group).map(groupPeer),
    ...(block.flag("self") === true ? [groupPeer(group)] : []),
  ]);
}

const groupRule: Reader = (reading) => {
  const { attributes, open } = reading;
  const owner = ownerOf(attributes, "security_group_id", TYPES.group);
  const type = attributes.text("type");
  if (type !== "ingress" && type !== "egress")
    throw new UnreadableValueError(`type, of which ${type} was found and ingress or egress expected`);
  const peers = [...cidrPeers(attributes), ...(attributes.flag("self") === true ? [groupPeer(owner)] : [])];
  // Plans call the source unknown of rules that name none too. Without the configuration, other peers say that there is none.
  const isNoise = !attributes.isConfigured && attributes.isUnknown("source_security_group_id") && (peers.length > 0 || open.length > 0);
  const named = isNoise ? undefined : attributes.ref("source_security_group_id", TYPES.group);
  const all = [...peers, ...(named === undefined ? [] : [groupPeer(named)])];
  if (all.length === 0 && open.length === 0) attributes.note("source_security_group_id");
  putRules(reading, owner, type, rulesFor(attributes, type, all));
};

const ruleIn =
  (direction: Direction): Reader =>
  (reading) => {
    const { attributes } = reading;
    const owner = ownerOf(attributes, "security_group_id", TYPES.group);
    const peers: Peer[] = [
      ...["cidr_ipv4", "cidr_ipv6"].flatMap((name) => attributes.text(name) ?? []).map((cidr) => ({ kind: "cidr" as const, cidr })),
      ...[attributes.ref("prefix_list_id", TYPES.list)].flatMap((id) => (id === undefined ? [] : [{ kind: "prefix-list" as const, id }])),
      ...[attributes.ref("referenced_security_group_id", TYPES.group)].flatMap((id) => (id === undefined ? [] : [groupPeer(id)])),
    ];
    putRules(reading, owner, direction, rulesFor(attributes, direction, peers, "ip_protocol"));
  };

function rulesFor(attributes: Attributes, direction: Direction, peers: readonly Peer[], protocolName = "protocol"): SecurityGroupRule[] {
  const protocol = attributes.text(protocolName);
  const [fromPort, toPort] = [attributes.number("from_port"), attributes.number("to_port")];
  if (protocol === undefined) {
    if (!attributes.isUnknown(protocolName)) attributes.lack(protocolName, "one such as tcp");
    attributes.note(protocolName);
    return [];
  }
  const description = attributes.text("description");
  // "all" is the provider's other word for -1.
  const name = protocol.toLowerCase() === "all" ? "-1" : protocol;
  return peers.map((peer) => canonicalRule({ direction, protocol: name, fromPort, toPort, peer, description }));
}

function putRules(reading: Reading, owner: string, direction: Direction, rules: readonly SecurityGroupRule[]): void {
  const { network, source, open, way } = reading;
  network.fold("security-group", owner, { ...source, direction }, open, (facts) => ({
    ...facts,
    rules: exchanged(facts.rules, ruleKey, way, rules),
  }));
}

function cidrPeers(attributes: Attributes): Peer[] {
  const cidrs = [...attributes.texts("cidr_blocks"), ...attributes.texts("ipv6_cidr_blocks")];
  const lists = attributes.refs("prefix_list_ids", TYPES.list);
  return [...cidrs.map((cidr) => ({ kind: "cidr" as const, cidr })), ...lists.map((id) => ({ kind: "prefix-list" as const, id }))];
}

// A group of another account is written with it: `111122223333/sg-0abc`.
function groupPeer(id: string): Peer {
  const [account, name] = /^\d{12}\//.test(id) ? id.split("/") : [undefined, id];
  return { kind: "group", id: name ?? id, ...(account !== undefined && { account }) };
}

function distinct(rules: readonly SecurityGroupRule[]): SecurityGroupRule[] {
  return [...new Map(rules.map((rule) => [ruleKey(rule), rule])).values()];
}

const groupAssociation: Reader = ({ attributes, source, network, open }) => {
  const [owner, vpc] = [attributes.ref("security_group_id", TYPES.group), attributes.ref("vpc_id", TYPES.vpc)];
  network.add("group-association", { id: `${owner ?? source.address}/${vpc ?? ""}`, ...told({ group: owner, vpc }) }, source, open);
};

const prefixList: Reader = ({ attributes, source, id, network, open }) => {
  const entries = attributes.blocks("entry");
  if (entries === undefined && !network.hasNoBlocks("prefix-list", id, source)) attributes.note("entry");
  const cidrs = (entries ?? []).flatMap((entry) => entry.text("cidr") ?? []);
  network.add("prefix-list", { ...told({ name: attributes.text("name") }), id, cidrs }, source, open);
};

const prefixListEntry: Reader = (reading) => {
  const { attributes, source, network, open, way } = reading;
  const list = ownerOf(attributes, "prefix_list_id", TYPES.list);
  const cidr = attributes.text("cidr");
  network.fold("prefix-list", list, source, open, (facts) => ({
    ...facts,
    cidrs: exchanged(facts.cidrs, String, way, cidr === undefined ? [] : [cidr]),
  }));
};

export const GROUP_READERS: Readers = {
  aws_security_group: group,
  aws_default_security_group: defaultGroup,
  aws_vpc_security_group_vpc_association: groupAssociation,
  aws_ec2_managed_prefix_list: prefixList,
};
export const GROUP_PART_READERS: Readers = {
  aws_security_group_rule: groupRule,
  aws_vpc_security_group_ingress_rule: ruleIn("ingress"),
  aws_vpc_security_group_egress_rule: ruleIn("egress"),
  aws_ec2_managed_prefix_list_entry: prefixListEntry,
};
