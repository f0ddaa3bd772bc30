import type { SecurityGroupRule } from "./security-group-rule.ts";

export type Tags = Readonly<Record<string, string>>;

/** What all facts have: an id, and whether only a part of the resource is known. */
interface Facts {
  readonly id: string;
  /** True when the resource may have values that this world has never seen. */
  readonly partial?: boolean;
}

interface TaggedFacts extends Facts {
  /** Absent where nobody told any; for a resource known in part, that says nothing. */
  readonly tags?: Tags;
}

/** What is known about a security group. */
export interface SecurityGroupFacts extends TaggedFacts {
  readonly name?: string;
  readonly vpc?: string;
  readonly description?: string;
  readonly rules: readonly SecurityGroupRule[];
}

/** A VPC besides its own in which a security group may be used. Its id is `<group>/<vpc>`. */
export interface GroupAssociationFacts extends Facts {
  readonly group?: string;
  readonly vpc?: string;
  /** The account of that VPC, where it is another than that of the group. */
  readonly account?: string;
}

/** A managed prefix list, all pages of it. */
export interface PrefixListFacts extends Facts {
  readonly name?: string;
  readonly cidrs: readonly string[];
}

export interface VpcFacts extends TaggedFacts {
  readonly cidrs: readonly string[];
  readonly ipv6Cidrs: readonly string[];
  readonly isDefault?: boolean;
}

export interface NetworkInterfaceFacts extends Facts {
  readonly vpc?: string;
  readonly subnet?: string;
  /** Ids of its security groups. */
  readonly groups: readonly string[];
  /** Private IPv4 and IPv6 addresses. */
  readonly addresses: readonly string[];
  readonly description?: string;
  /** The instance that it is attached to. */
  readonly instance?: string;
}

/** One route; at most one stands for each destination of a table. */
export interface Route {
  /** A canonical CIDR, or the id of a prefix list. */
  readonly destination: string;
  /** `local`, or the id of a gateway, interface, instance, peering, endpoint or transit gateway; see targetKind in route.ts. */
  readonly target: string;
  readonly state?: "active" | "blackhole";
  /** `propagated` comes from a virtual private gateway and goes with it. */
  readonly origin?: "table" | "created" | "propagated";
  /** The target before ReplaceRoute gave it this one, where the world saw that. */
  readonly previous?: string;
}

/** Which subnet or gateway uses a route table, or that the VPC does wherever no other is named. */
export interface RouteTableAssociation {
  readonly id: string;
  readonly main?: boolean;
  readonly subnet?: string;
  readonly gateway?: string;
}

export interface RouteTableFacts extends TaggedFacts {
  readonly vpc?: string;
  readonly routes: readonly Route[];
  readonly associations: readonly RouteTableAssociation[];
  /** Virtual private gateways whose routes are propagated into it. */
  readonly propagating: readonly string[];
}

export interface SubnetFacts extends TaggedFacts {
  readonly vpc?: string;
  /** Absent for a subnet of IPv6 only. */
  readonly cidr?: string;
  readonly ipv6Cidrs: readonly string[];
  /** The availability zone by name, `eu-west-1a`. */
  readonly zone?: string;
  /** MapPublicIpOnLaunch: whether what is launched gets a public IPv4 address. */
  readonly autoPublicIp?: boolean;
}

/** An internet gateway (`igw-`) or an egress-only one (`eigw-`). */
export interface InternetGatewayFacts extends TaggedFacts {
  /** The VPC that it is attached to. */
  readonly vpc?: string;
  readonly egressOnly?: boolean;
}

export interface NatGatewayFacts extends TaggedFacts {
  readonly vpc?: string;
  readonly subnet?: string;
  readonly connectivity?: "public" | "private";
  /** Absent where it is not told; gone gateways are none. */
  readonly state?: "pending" | "available" | "failed";
  /** True for one that spans the zones of the VPC. */
  readonly regional?: boolean;
}

/** One side of a peering connection. */
export interface PeeringSide {
  readonly vpc?: string;
  readonly account?: string;
  readonly region?: string;
  /** IPv4 and IPv6 CIDRs of its VPC; empty where this account may not know them. */
  readonly cidrs: readonly string[];
  /** Whether it resolves the other side's public names to private addresses. */
  readonly resolvesDns?: boolean;
}

export interface PeeringFacts extends TaggedFacts {
  /** EC2's word: `pending-acceptance`, `active`, `deleted`, ... */
  readonly status?: string;
  readonly requester: PeeringSide;
  readonly accepter: PeeringSide;
}

export interface EndpointFacts extends TaggedFacts {
  readonly vpc?: string;
  /** `com.amazonaws.eu-west-1.s3` */
  readonly service?: string;
  readonly type?: "Gateway" | "Interface" | "GatewayLoadBalancer" | "Resource" | "ServiceNetwork";
  readonly routeTables: readonly string[];
  readonly subnets: readonly string[];
  /** The endpoint policy as JSON text; absent where nobody told it. */
  readonly policy?: string;
}

/** A service that this account offers to others by VPC endpoints (`vpce-svc-`). */
export interface EndpointServiceFacts extends TaggedFacts {
  readonly name?: string;
  readonly acceptanceRequired?: boolean;
  /** Arns that may connect, or `*`. */
  readonly principals: readonly string[];
}

/** One entry of a network ACL, in EC2's canonical form as a security group rule is. */
export interface NetworkAclEntry {
  readonly direction: "ingress" | "egress";
  /** From 1 on, the lowest first; the last, 32767, is the entry that denies everything else. */
  readonly number: number;
  readonly action: "allow" | "deny";
  readonly protocol: string;
  /** First port, or ICMP type; absent when the protocol has no ports. */
  readonly fromPort?: number;
  /** Last port, inclusive, or ICMP code. */
  readonly toPort?: number;
  readonly cidr: string;
}

export interface NetworkAclFacts extends TaggedFacts {
  readonly vpc?: string;
  readonly isDefault?: boolean;
  readonly entries: readonly NetworkAclEntry[];
  readonly subnets: readonly string[];
}

export interface FlowLogFacts extends TaggedFacts {
  /** The VPC, subnet, interface or transit gateway that it watches. */
  readonly resource?: string;
  readonly trafficType?: "ACCEPT" | "REJECT" | "ALL";
  /** False for one that cannot deliver. */
  readonly delivers?: boolean;
}

/** A DB subnet group of RDS; its id is its name. */
export interface DbSubnetGroupFacts extends Facts {
  readonly vpc?: string;
  readonly subnets: readonly string[];
  /** The availability zones of these subnets. */
  readonly zones: readonly string[];
}

/** A DNS Firewall rule group of Route 53 Resolver, associated with a VPC (`rslvr-frgassoc-`). */
export interface FirewallAssociationFacts extends Facts {
  readonly vpc?: string;
  readonly ruleGroup?: string;
}

/** What VPC block public access leaves out. */
export interface BlockPublicAccessExclusion {
  readonly id: string;
  /** The VPC or subnet that is left out. */
  readonly resource?: string;
  /** EC2's word: `allow-bidirectional` or `allow-egress`. */
  readonly mode?: string;
}

/** VPC block public access of an account and region; its id is `BLOCK_PUBLIC_ACCESS`. */
export interface BlockPublicAccessFacts extends Facts {
  readonly mode?: "off" | "block-bidirectional" | "block-ingress";
  readonly exclusions: readonly BlockPublicAccessExclusion[];
}
export const BLOCK_PUBLIC_ACCESS = "block-public-access";

/** The kinds of resource that a world knows, and what it knows of each. Plain data: it goes through JSON as it is. */
export interface NetworkFacts {
  readonly "security-group": SecurityGroupFacts;
  readonly "group-association": GroupAssociationFacts;
  readonly "prefix-list": PrefixListFacts;
  readonly vpc: VpcFacts;
  readonly subnet: SubnetFacts;
  readonly "route-table": RouteTableFacts;
  readonly "internet-gateway": InternetGatewayFacts;
  readonly "nat-gateway": NatGatewayFacts;
  readonly peering: PeeringFacts;
  readonly endpoint: EndpointFacts;
  readonly "endpoint-service": EndpointServiceFacts;
  readonly "network-acl": NetworkAclFacts;
  readonly "flow-log": FlowLogFacts;
  readonly "network-interface": NetworkInterfaceFacts;
  readonly "db-subnet-group": DbSubnetGroupFacts;
  readonly "firewall-association": FirewallAssociationFacts;
  readonly "block-public-access": BlockPublicAccessFacts;
}
export type Kind = keyof NetworkFacts;

/** What people call a kind, and what is asked when one of it is read. */
export const KINDS: Readonly<Record<Kind, { readonly noun: string; readonly asks: string }>> = {
  "security-group": { noun: "security group", asks: "the rules of" },
  "group-association": { noun: "security group association", asks: "the VPC of" },
  "prefix-list": { noun: "prefix list", asks: "the entries of" },
  vpc: { noun: "VPC", asks: "the CIDRs of" },
  subnet: { noun: "subnet", asks: "the CIDRs and tags of" },
  "route-table": { noun: "route table", asks: "the routes of" },
  "internet-gateway": { noun: "internet gateway", asks: "the attachment of" },
  "nat-gateway": { noun: "NAT gateway", asks: "the place of" },
  peering: { noun: "peering connection", asks: "the sides of" },
  endpoint: { noun: "VPC endpoint", asks: "the service and policy of" },
  "endpoint-service": { noun: "endpoint service", asks: "the permissions of" },
  "network-acl": { noun: "network ACL", asks: "the entries of" },
  "flow-log": { noun: "flow log", asks: "the target of" },
  "network-interface": { noun: "network interface", asks: "the groups of" },
  "db-subnet-group": { noun: "DB subnet group", asks: "the subnets of" },
  "firewall-association": { noun: "DNS Firewall association", asks: "the VPC of" },
  "block-public-access": { noun: "VPC block public access", asks: "the mode of" },
};
export const KIND_NAMES = Object.keys(KINDS).filter(isKind);

export function isKind(name: string): name is Kind {
  return Object.hasOwn(KINDS, name);
}
