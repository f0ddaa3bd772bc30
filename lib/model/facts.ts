import type { SecurityGroupRule } from "./security-group-rule.ts";

export type Tags = Readonly<Record<string, string>>;

/** What is known about a security group. */
export interface SecurityGroupFacts {
  readonly id: string;
  readonly name?: string;
  readonly vpc?: string;
  readonly description?: string;
  readonly tags?: Tags;
  readonly rules: readonly SecurityGroupRule[];
  /** True when the group may have rules, or other values, that this world has never seen. */
  readonly partial?: boolean;
}

/** A managed prefix list, all pages of it. */
export interface PrefixListFacts {
  readonly id: string;
  readonly name?: string;
  readonly cidrs: readonly string[];
  /** True when only a part of it is known. */
  readonly partial?: boolean;
}

export interface VpcFacts {
  readonly id: string;
  readonly cidrs: readonly string[];
  readonly ipv6Cidrs: readonly string[];
  readonly isDefault?: boolean;
  readonly tags?: Tags;
  /** True when only a part of it is known. */
  readonly partial?: boolean;
}

export interface NetworkInterfaceFacts {
  readonly id: string;
  readonly vpc?: string;
  readonly subnet?: string;
  /** Ids of its security groups. */
  readonly groups: readonly string[];
  /** Private IPv4 and IPv6 addresses. */
  readonly addresses: readonly string[];
  readonly description?: string;
  /** True when only a part of it is known. */
  readonly partial?: boolean;
}

/** The kinds of resource that a world knows, and what it knows of each. Plain data: it goes through JSON as it is. */
export interface NetworkFacts {
  readonly "security-group": SecurityGroupFacts;
  readonly "prefix-list": PrefixListFacts;
  readonly vpc: VpcFacts;
  readonly "network-interface": NetworkInterfaceFacts;
}
export type Kind = keyof NetworkFacts;
