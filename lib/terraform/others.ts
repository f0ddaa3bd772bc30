import { BLOCK_PUBLIC_ACCESS, type BlockPublicAccessFacts, type FlowLogFacts } from "../model/facts.ts";
import { exchanged, inVpcOfSubnet, ownerOf, type Reader, type Readers, TYPES, told } from "./reading.ts";

const flowLog: Reader = ({ attributes, source, id, network, open }) => {
  const resource =
    attributes.ref("vpc_id", TYPES.vpc) ??
    attributes.ref("subnet_id", TYPES.subnet) ??
    attributes.ref("eni_id", TYPES.interface) ??
    attributes.ref("transit_gateway_id", TYPES.transit);
  const text = attributes.text("traffic_type");
  const trafficType = TRAFFIC.find((name) => name === text);
  network.add("flow-log", { id, ...told({ resource, trafficType, tags: attributes.tags() }) }, source, open);
};
const TRAFFIC: readonly NonNullable<FlowLogFacts["trafficType"]>[] = ["ACCEPT", "REJECT", "ALL"];

const networkInterface: Reader = ({ attributes, source, id, network, open }) => {
  const [attachment] = attributes.blocks("attachment") ?? [];
  const facts = told({
    subnet: attributes.ref("subnet_id", TYPES.subnet),
    description: attributes.text("description"),
    instance: attachment?.ref("instance", TYPES.instance),
  });
  const groups = attributes.refs("security_groups", TYPES.group);
  network.add("network-interface", { ...facts, id, groups, addresses: attributes.texts("private_ips") }, source, open);
  network.fold("network-interface", id, { ...source, act: "none" }, [], inVpcOfSubnet(network));
};

const interfaceGroup: Reader = (reading) => {
  const { attributes, source, network, open, way } = reading;
  const owner = ownerOf(attributes, "network_interface_id", TYPES.interface);
  const group = attributes.ref("security_group_id", TYPES.group);
  const own = group === undefined ? [] : [group];
  network.fold("network-interface", owner, source, open, (facts) => ({ ...facts, groups: exchanged(facts.groups, String, way, own) }));
};

// Its zones are those of its subnets, which are known when everything is.
const dbSubnetGroup: Reader = ({ attributes, source, id, network, open }) => {
  const name = attributes.text("name") ?? id;
  const subnets = attributes.refs("subnet_ids", TYPES.subnet);
  const vpc = attributes.ref("vpc_id", TYPES.vpc);
  network.add("db-subnet-group", { id: name, subnets, zones: [], ...told({ vpc }) }, source, open);
  network.fold("db-subnet-group", name, { ...source, act: "none" }, [], (facts) => {
    const all = facts.subnets.map((subnet) => network.get("subnet", subnet));
    const zones = [...new Set(all.flatMap((subnet) => subnet?.zone ?? []))];
    const known = facts.vpc ?? all.find((subnet) => subnet?.vpc !== undefined)?.vpc;
    const untold = all.some((subnet) => subnet?.zone === undefined);
    return { ...facts, zones, ...told({ vpc: known }), ...(untold && { partial: true }) };
  });
};

const firewallAssociation: Reader = ({ attributes, source, id, network, open }) => {
  const facts = told({ vpc: attributes.ref("vpc_id", TYPES.vpc), ruleGroup: attributes.ref("firewall_rule_group_id", TYPES.firewall) });
  network.add("firewall-association", { id, ...facts }, source, open);
};

const publicAccess: Reader = ({ attributes, source, network, open }) => {
  const text = attributes.text("internet_gateway_block_mode");
  const mode = MODES.find((name) => name === text);
  network.add("block-public-access", { id: BLOCK_PUBLIC_ACCESS, exclusions: [], ...told({ mode }) }, source, open);
};
const MODES: readonly NonNullable<BlockPublicAccessFacts["mode"]>[] = ["off", "block-bidirectional", "block-ingress"];

const exclusion: Reader = ({ attributes, source, id, network, open, way }) => {
  const resource = attributes.ref("vpc_id", TYPES.vpc) ?? attributes.ref("subnet_id", TYPES.subnet);
  const own = { id, ...told({ resource, mode: attributes.text("internet_gateway_exclusion_mode") }) };
  network.fold("block-public-access", BLOCK_PUBLIC_ACCESS, source, open, (facts) => ({
    ...facts,
    exclusions: exchanged(facts.exclusions, (one) => one.id, way, [own]),
  }));
};

export const OTHER_READERS: Readers = {
  aws_flow_log: flowLog,
  aws_network_interface: networkInterface,
  aws_db_subnet_group: dbSubnetGroup,
  aws_route53_resolver_firewall_rule_group_association: firewallAssociation,
  aws_vpc_block_public_access_options: publicAccess,
};
export const OTHER_PART_READERS: Readers = {
  aws_network_interface_sg_attachment: interfaceGroup,
  aws_vpc_block_public_access_exclusion: exclusion,
};
