import * as z from "zod/mini";
import { AddressSet } from "../model/address-set.ts";
import type { NetworkInterfaceFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { formatRule, type SecurityGroupRule, trafficOf } from "../model/security-group-rule.ts";
import { isUnknown, type Unknown } from "../model/world.ts";
import { defineRule } from "./rule.ts";
import { nameFew } from "./terms/name-few.ts";

/** A rule whose peer is a CIDR, and the addresses of that. */
interface ByAddress {
  readonly rule: SecurityGroupRule;
  readonly addresses: AddressSet;
}

export const preferGroupSource = defineRule({
  meta: {
    id: "prefer-group-source",
    title: "Rules for peers inside the VPC name their security group and not their addresses",
    resource: "security-group",
    severity: "info",
    finds:
      "Rules, ingress and egress, whose CIDR lies wholly inside the CIDRs of the group's own VPC. The message names the groups of the network interfaces that have an address there. Prefix lists are left alone, and so are addresses where only interfaces without a group live, such as those of a network load balancer.",
    rationale:
      "Addresses inside a VPC go to whatever is launched next; a rule that names a security group follows the machines that were meant. Traffic through a middlebox still needs addresses, so this is advice.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing",
    avoid: "aws ec2 authorize-security-group-ingress --group-id sg-... --protocol tcp --port 5432 --cidr 10.0.12.0/24",
    prefer:
      "aws ec2 authorize-security-group-ingress --group-id sg-... --protocol tcp --port 5432 --source-group <the group of those who live there>",
    remedies: [],
    remedy: "none",
    enabled: false,
  },
  options: () => z.strictObject({}),

  prepare: () => undefined,

  check: async (group, world, _, unjudged) => {
    const { id, vpc } = group.facts;
    const candidates = group.rules.flatMap(byAddress);
    if (candidates.length === 0) return [];
    if (vpc === undefined) {
      unjudged(`the VPC of ${id}`);
      return [];
    }
    const facts = await world.get("vpc", vpc);
    if (facts === undefined || isUnknown(facts)) return [];
    const inside = AddressSet.of(...facts.cidrs, ...facts.ipv6Cidrs);
    const found = candidates.filter(({ addresses }) => inside.covers(addresses));
    if (found.length === 0) return [];
    const interfaces = await world.list("network-interface", { vpc });
    return found.flatMap(({ rule, addresses }) => advice(rule, whoLivesIn(addresses, interfaces), id));
  },
});

// No VPC holds all of IPv4 or IPv6, and most groups have such a rule: it is no reason to read the VPC.
function byAddress(rule: SecurityGroupRule): ByAddress[] {
  if (rule.peer.kind !== "cidr") return [];
  const addresses = AddressSet.of(rule.peer.cidr);
  return addresses.equals(AddressSet.ALL_V4) || addresses.equals(AddressSet.ALL_V6) ? [] : [{ rule, addresses }];
}

function whoLivesIn(
  addresses: AddressSet,
  interfaces: readonly NetworkInterfaceFacts[] | Unknown,
): readonly NetworkInterfaceFacts[] | Unknown {
  if (isUnknown(interfaces)) return interfaces;
  return interfaces.filter((facts) => addresses.overlaps(AddressSet.of(...facts.addresses)));
}

function advice(rule: SecurityGroupRule, residents: readonly NetworkInterfaceFacts[] | Unknown, owner: string): RuleFinding[] {
  const draft = (hint: string) => [
    { traffic: trafficOf(rule), rules: [rule], message: `${formatRule(rule)} is inside the VPC: name a security group instead${hint}` },
  ];
  if (isUnknown(residents)) return draft("");
  if (residents.length === 0) return draft("; no network interface lives there now");
  const groups = [...new Set(residents.flatMap((facts) => facts.groups))].sort();
  // Network load balancers and NAT gateways may live without a group: then only their addresses can be named.
  if (groups.length === 0) return [];
  return draft(
    `; ${nameFew(groups.map((id) => (id === owner ? `${id} (the group itself)` : id)))} ${groups.length === 1 ? "lives" : "live"} there`,
  );
}
