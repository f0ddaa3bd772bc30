import type { Kind } from "../model/facts.ts";
import { CONNECTION_PART_READERS, CONNECTION_READERS } from "./connections.ts";
import { GROUP_PART_READERS, GROUP_READERS } from "./groups.ts";
import { ACL_PART_READERS, ACL_READERS } from "./network-acls.ts";
import { OTHER_PART_READERS, OTHER_READERS } from "./others.ts";
import type { Readers } from "./reading.ts";
import { ROUTE_PART_READERS, ROUTE_READERS } from "./routes.ts";
import { VPC_PART_READERS, VPC_READERS } from "./vpcs.ts";

/** How the types of the AWS provider are read that are resources of the network. */
export const RESOURCE_READERS: Readers = {
  ...GROUP_READERS,
  ...ROUTE_READERS,
  ...VPC_READERS,
  ...ACL_READERS,
  ...CONNECTION_READERS,
  ...OTHER_READERS,
};
/** And those that are parts of them. */
export const PART_READERS: Readers = {
  ...GROUP_PART_READERS,
  ...ROUTE_PART_READERS,
  ...VPC_PART_READERS,
  ...ACL_PART_READERS,
  ...CONNECTION_PART_READERS,
  ...OTHER_PART_READERS,
};

/** The kind of resource that each type is, or is a part of. */
export const KIND_OF_TYPE: Readonly<Record<string, Kind>> = {
  aws_security_group: "security-group",
  aws_default_security_group: "security-group",
  aws_security_group_rule: "security-group",
  aws_vpc_security_group_ingress_rule: "security-group",
  aws_vpc_security_group_egress_rule: "security-group",
  aws_vpc_security_group_vpc_association: "group-association",
  aws_ec2_managed_prefix_list: "prefix-list",
  aws_ec2_managed_prefix_list_entry: "prefix-list",
  aws_route_table: "route-table",
  aws_default_route_table: "route-table",
  aws_route: "route-table",
  aws_route_table_association: "route-table",
  aws_main_route_table_association: "route-table",
  aws_vpn_gateway_route_propagation: "route-table",
  aws_vpc: "vpc",
  aws_default_vpc: "vpc",
  aws_vpc_ipv4_cidr_block_association: "vpc",
  aws_vpc_ipv6_cidr_block_association: "vpc",
  aws_subnet: "subnet",
  aws_default_subnet: "subnet",
  aws_internet_gateway: "internet-gateway",
  aws_internet_gateway_attachment: "internet-gateway",
  aws_egress_only_internet_gateway: "internet-gateway",
  aws_nat_gateway: "nat-gateway",
  aws_network_acl: "network-acl",
  aws_default_network_acl: "network-acl",
  aws_network_acl_rule: "network-acl",
  aws_network_acl_association: "network-acl",
  aws_vpc_peering_connection: "peering",
  aws_vpc_peering_connection_accepter: "peering",
  aws_vpc_endpoint: "endpoint",
  aws_vpc_endpoint_route_table_association: "endpoint",
  aws_vpc_endpoint_subnet_association: "endpoint",
  aws_vpc_endpoint_service: "endpoint-service",
  aws_vpc_endpoint_service_allowed_principal: "endpoint-service",
  aws_flow_log: "flow-log",
  aws_network_interface: "network-interface",
  aws_network_interface_sg_attachment: "network-interface",
  aws_db_subnet_group: "db-subnet-group",
  aws_route53_resolver_firewall_rule_group_association: "firewall-association",
  aws_vpc_block_public_access_options: "block-public-access",
  aws_vpc_block_public_access_exclusion: "block-public-access",
};
