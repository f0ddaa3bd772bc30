import { type Attributes, UnreadableValueError } from "./attributes.ts";
import type { Network, Source } from "./network.ts";

/** How values are taken: into a network, or - what a changing part was - out of that which the plan leaves. */
export type Way = "in" | "out";

/** A resource of the configuration while it is read. */
export interface Reading {
  readonly attributes: Attributes;
  readonly source: Source;
  /** Its id, or its address where that is known after apply only. */
  readonly id: string;
  readonly network: Network;
  /** What stays open, by path; attributes note it here. */
  readonly open: string[];
  readonly way: Way;
}

/** Takes a resource of one type into the network. Throws UnreadableValueError and the errors of canonicalRule and canonicalCidr. */
export type Reader = (reading: Reading) => void;
/** Readers by type of resource. */
export type Readers = Readonly<Record<string, Reader>>;

/** The types whose ids a reference to each kind of resource can mean. */
export const TYPES = {
  group: ["aws_security_group", "aws_default_security_group"],
  list: ["aws_ec2_managed_prefix_list", "aws_prefix_list"],
  vpc: ["aws_vpc", "aws_default_vpc"],
  subnet: ["aws_subnet", "aws_default_subnet"],
  table: ["aws_route_table", "aws_default_route_table"],
  acl: ["aws_network_acl", "aws_default_network_acl"],
  gateway: ["aws_internet_gateway", "aws_vpn_gateway"],
  internet: ["aws_internet_gateway"],
  egressOnly: ["aws_egress_only_internet_gateway"],
  nat: ["aws_nat_gateway"],
  peering: ["aws_vpc_peering_connection", "aws_vpc_peering_connection_accepter"],
  endpoint: ["aws_vpc_endpoint"],
  service: ["aws_vpc_endpoint_service"],
  interface: ["aws_network_interface"],
  instance: ["aws_instance"],
  transit: ["aws_ec2_transit_gateway"],
  vpn: ["aws_vpn_gateway"],
  local: ["aws_ec2_local_gateway"],
  carrier: ["aws_ec2_carrier_gateway"],
  core: ["aws_networkmanager_core_network"],
  firewall: ["aws_route53_resolver_firewall_rule_group"],
} as const;

type Told<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };
/** Facts without those that nothing told. */
export function told<T extends object>(facts: T): Told<T>;
export function told(facts: object): object {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/** A list without some items, and with others at its end, each key once. */
export function exchanged<T>(list: readonly T[], keyOf: (item: T) => string, way: Way, items: readonly T[]): T[] {
  const keys = new Set(items.map(keyOf));
  const rest = list.filter((item) => !keys.has(keyOf(item)));
  return way === "out" ? rest : [...rest, ...items];
}

/** The resource of which this is a part. Throws UnreadableValueError where nobody knows which. */
export function ownerOf(attributes: Attributes, name: string, types: readonly string[]): string {
  const owner = attributes.ref(name, types);
  if (owner === undefined) throw new UnreadableValueError(`${name}, known after apply`);
  return owner;
}

/** What stands in a subnet is in the VPC of it, which is known when everything is. */
export function inVpcOfSubnet(network: Network) {
  return <F extends { readonly vpc?: string; readonly subnet?: string }>(facts: F): F => {
    const vpc = facts.vpc ?? (facts.subnet === undefined ? undefined : network.get("subnet", facts.subnet)?.vpc);
    return { ...facts, ...told({ vpc }) };
  };
}
