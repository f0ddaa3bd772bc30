import { canonicalCidr } from "../model/cidr.ts";
import { type Reader, type Readers, told } from "./reading.ts";

// A data source tells of a resource that stands, made by somebody else: it is context.

const group: Reader = ({ attributes, source, id, network }) => {
  const facts = told({ name: attributes.text("name"), vpc: attributes.text("vpc_id"), tags: attributes.tags() });
  // Not what it lets in.
  network.add("security-group", { ...facts, id, rules: [], partial: true }, source, []);
};

const vpc: Reader = ({ attributes, source, id, network }) => {
  const [v4, v6] = [attributes.text("cidr_block"), attributes.text("ipv6_cidr_block")];
  const more = (attributes.blocks("cidr_block_associations") ?? []).flatMap((block) => block.text("cidr_block") ?? []);
  const cidrs = [...new Set([...(v4 === undefined ? [] : [v4]), ...more].map(canonicalCidr))];
  const facts = told({ isDefault: attributes.flag("default"), tags: attributes.tags() });
  network.add("vpc", { ...facts, id, cidrs, ipv6Cidrs: v6 === undefined ? [] : [canonicalCidr(v6)] }, source, []);
};

const subnet: Reader = ({ attributes, source, id, network }) => {
  const [v4, v6] = [attributes.text("cidr_block"), attributes.text("ipv6_cidr_block")];
  const facts = told({
    vpc: attributes.text("vpc_id"),
    cidr: v4 === undefined ? undefined : canonicalCidr(v4),
    zone: attributes.text("availability_zone"),
    autoPublicIp: attributes.flag("map_public_ip_on_launch"),
    tags: attributes.tags(),
  });
  network.add("subnet", { ...facts, id, ipv6Cidrs: v6 === undefined ? [] : [canonicalCidr(v6)] }, source, []);
};

const managedList: Reader = ({ attributes, source, id, network }) => {
  const cidrs = (attributes.blocks("entries") ?? []).flatMap((entry) => entry.text("cidr") ?? []);
  network.add("prefix-list", { ...told({ name: attributes.text("name") }), id, cidrs }, source, []);
};

const prefixList: Reader = ({ attributes, source, id, network }) => {
  network.add("prefix-list", { ...told({ name: attributes.text("name") }), id, cidrs: attributes.texts("cidr_blocks") }, source, []);
};

const gateway: Reader = ({ attributes, source, id, network }) => {
  const [attachment] = attributes.blocks("attachments") ?? [];
  network.add("internet-gateway", { id, ...told({ vpc: attachment?.text("vpc_id"), tags: attributes.tags() }) }, source, []);
};

/** How data sources of the AWS provider are read. */
export const DATA_READERS: Readers = {
  aws_security_group: group,
  aws_vpc: vpc,
  aws_subnet: subnet,
  aws_ec2_managed_prefix_list: managedList,
  aws_prefix_list: prefixList,
  aws_internet_gateway: gateway,
};
