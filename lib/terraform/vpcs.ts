import { canonicalCidr } from "../model/cidr.ts";
import type { Attributes } from "./attributes.ts";
import { exchanged, inVpcOfSubnet, ownerOf, type Reader, type Readers, TYPES, told } from "./reading.ts";

const vpcWith =
  (known: { readonly isDefault?: true }): Reader =>
  ({ attributes, source, id, network, open }) => {
    const facts = { ...told({ tags: attributes.tags() }), ...known };
    network.add("vpc", { ...facts, id, cidrs: cidrsIn(attributes, "cidr_block"), ipv6Cidrs: ownIpv6(attributes) }, source, open);
  };

// Amazon chooses the block when it is asked for one: then nobody knows which, and everybody that there is one.
function ownIpv6(attributes: Attributes): string[] {
  const asked = attributes.flag("assign_generated_ipv6_cidr_block") === true;
  if (asked && attributes.isUnknown("ipv6_cidr_block")) attributes.note("ipv6_cidr_block");
  return cidrsIn(attributes, "ipv6_cidr_block");
}

function cidrsIn(attributes: Attributes, name: string): string[] {
  const cidr = attributes.text(name);
  return cidr === undefined ? [] : [canonicalCidr(cidr)];
}

const cidrsOf =
  (list: "cidrs" | "ipv6Cidrs", name: string): Reader =>
  (reading) => {
    const { attributes, source, network, open, way } = reading;
    const owner = ownerOf(attributes, "vpc_id", TYPES.vpc);
    const own = cidrsIn(attributes, name);
    if (own.length === 0 && open.length === 0) attributes.note(name);
    network.fold("vpc", owner, source, open, (facts) => ({ ...facts, [list]: exchanged(facts[list], String, way, own) }));
  };

const subnet: Reader = ({ attributes, source, id, network, open }) => {
  const [cidr] = cidrsIn(attributes, "cidr_block");
  const facts = told({
    vpc: attributes.ref("vpc_id", TYPES.vpc),
    cidr,
    zone: attributes.text("availability_zone"),
    autoPublicIp: attributes.flag("map_public_ip_on_launch"),
    tags: attributes.tags(),
  });
  network.add("subnet", { ...facts, id, ipv6Cidrs: cidrsIn(attributes, "ipv6_cidr_block") }, source, open);
};

const internetGateway: Reader = ({ attributes, source, id, network, open }) => {
  network.add("internet-gateway", { id, ...told({ vpc: attributes.ref("vpc_id", TYPES.vpc), tags: attributes.tags() }) }, source, open);
};

const egressOnlyGateway: Reader = ({ attributes, source, id, network, open }) => {
  const facts = told({ vpc: attributes.ref("vpc_id", TYPES.vpc), tags: attributes.tags() });
  network.add("internet-gateway", { id, egressOnly: true, ...facts }, source, open);
};

const attachment: Reader = (reading) => {
  const { attributes, source, network, open, way } = reading;
  const [gateway, vpc] = [ownerOf(attributes, "internet_gateway_id", TYPES.internet), attributes.ref("vpc_id", TYPES.vpc)];
  network.fold("internet-gateway", gateway, source, open, ({ vpc: attached, ...facts }) => {
    if (way === "in") return { ...facts, ...told({ vpc: vpc ?? attached }) };
    return { ...facts, ...(attached !== vpc && told({ vpc: attached })) };
  });
};

const natGateway: Reader = ({ attributes, source, id, network, open }) => {
  const connectivity = attributes.text("connectivity_type");
  const facts = told({
    vpc: attributes.ref("vpc_id", TYPES.vpc),
    subnet: attributes.ref("subnet_id", TYPES.subnet),
    tags: attributes.tags(),
    regional: attributes.text("availability_mode") === "regional" ? true : undefined,
  });
  // "public" unless it says otherwise.
  network.add("nat-gateway", { id, ...facts, connectivity: connectivity === "private" ? "private" : "public" }, source, open);
  network.fold("nat-gateway", id, { ...source, act: "none" }, [], inVpcOfSubnet(network));
};

export const VPC_READERS: Readers = {
  aws_vpc: vpcWith({}),
  aws_default_vpc: vpcWith({ isDefault: true }),
  aws_subnet: subnet,
  aws_default_subnet: subnet,
  aws_internet_gateway: internetGateway,
  aws_egress_only_internet_gateway: egressOnlyGateway,
  aws_nat_gateway: natGateway,
};
export const VPC_PART_READERS: Readers = {
  aws_vpc_ipv4_cidr_block_association: cidrsOf("cidrs", "cidr_block"),
  aws_vpc_ipv6_cidr_block_association: cidrsOf("ipv6Cidrs", "ipv6_cidr_block"),
  aws_internet_gateway_attachment: attachment,
};
