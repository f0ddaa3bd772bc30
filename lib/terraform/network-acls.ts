import type { NetworkAclEntry } from "../model/facts.ts";
import { canonicalEntry } from "../model/network-acl.ts";
import type { Direction } from "../model/traffic.ts";
import { type Attributes, UnreadableValueError } from "./attributes.ts";
import { exchanged, ownerOf, type Reader, type Readers, type Reading, TYPES, told } from "./reading.ts";

const aclWith =
  (known: { readonly isDefault?: true }): Reader =>
  (reading) => {
    const { attributes, source, id, network, open } = reading;
    const entries = (["ingress", "egress"] as const).flatMap((direction) => inlineEntries(direction, reading));
    const facts = told({ vpc: attributes.ref("vpc_id", TYPES.vpc), tags: attributes.tags() });
    // What EC2 chooses is which subnets use the default one, and nothing that it lets in.
    const subnets = attributes.refs("subnet_ids", TYPES.subnet);
    network.add("network-acl", { ...facts, ...known, id, entries, subnets }, source, open);
  };

function inlineEntries(direction: Direction, { attributes, source, id, network }: Reading): NetworkAclEntry[] {
  const blocks = attributes.blocks(direction);
  if (blocks === undefined && !network.hasNoBlocks("network-acl", id, source)) attributes.note(direction);
  return (blocks ?? []).flatMap((block) => entriesOf(block, direction, block.number("rule_no"), block.text("action")));
}

const aclRule: Reader = (reading) => {
  const { attributes, source, network, open, way } = reading;
  const owner = ownerOf(attributes, "network_acl_id", TYPES.acl);
  const direction = attributes.flag("egress") === true ? "egress" : "ingress";
  const entries = entriesOf(attributes, direction, attributes.number("rule_number"), attributes.text("rule_action"));
  const keyOf = (entry: NetworkAclEntry) => `${entry.direction}/${entry.number}`;
  network.fold("network-acl", owner, source, open, (facts) => ({ ...facts, entries: exchanged(facts.entries, keyOf, way, entries) }));
};

function entriesOf(block: Attributes, direction: Direction, number: number | undefined, action: string | undefined): NetworkAclEntry[] {
  const cidr = block.text("cidr_block") ?? block.text("ipv6_cidr_block");
  const protocol = block.text("protocol");
  const verb = action?.toLowerCase();
  if (number === undefined || protocol === undefined || cidr === undefined || verb === undefined) {
    if (cidr === undefined) block.note("cidr_block");
    return [];
  }
  if (verb !== "allow" && verb !== "deny") throw new UnreadableValueError(`the action "${action}" was found, allow or deny expected`);
  const name = protocol.toLowerCase() === "all" ? "-1" : protocol;
  const isIcmp = ["icmp", "icmpv6", "1", "58"].includes(name.toLowerCase());
  const [fromPort, toPort] = isIcmp
    ? [block.number("icmp_type"), block.number("icmp_code")]
    : [block.number("from_port"), block.number("to_port")];
  return [canonicalEntry({ direction, number, action: verb, protocol: name, fromPort, toPort, cidr })];
}

const aclAssociation: Reader = (reading) => {
  const { attributes, source, network, open, way } = reading;
  const [owner, subnet] = [ownerOf(attributes, "network_acl_id", TYPES.acl), attributes.ref("subnet_id", TYPES.subnet)];
  network.fold("network-acl", owner, source, open, (facts) => ({
    ...facts,
    subnets: exchanged(facts.subnets, String, way, subnet === undefined ? [] : [subnet]),
  }));
};

export const ACL_READERS: Readers = { aws_network_acl: aclWith({}), aws_default_network_acl: aclWith({ isDefault: true }) };
export const ACL_PART_READERS: Readers = { aws_network_acl_rule: aclRule, aws_network_acl_association: aclAssociation };
