import { messageOf } from "../messages/message-of.ts";
import type { Peer } from "../model/peer-set.ts";
import { canonicalRule, isInvalidRule, type SecurityGroupRule } from "../model/security-group-rule.ts";
import type { Direction } from "../model/traffic.ts";
import type { Properties } from "./properties.ts";
import { THE_ACCOUNT } from "./stack.ts";
import type { Types } from "./types.ts";

/** The rule with which EC2 makes a group; it goes only when the group itself, and not a rule beside it, is given egress rules. */
export const EVERYTHING_OUT: SecurityGroupRule = { direction: "egress", protocol: "-1", peer: { kind: "cidr", cidr: "0.0.0.0/0" } };

/** Security groups and the rules that stand beside them. */
export const securityGroupTypes: Types = {
  "AWS::EC2::SecurityGroup": {
    kind: "security-group",
    make: (properties, origin, network) => {
      const ingress = properties.maps("SecurityGroupIngress").flatMap((rule) => rulesOf(rule, "ingress", origin.account));
      const egress = properties.maps("SecurityGroupEgress").flatMap((rule) => rulesOf(rule, "egress", origin.account));
      const vpc = properties.text("VpcId");
      const description = properties.text("GroupDescription");
      const name = properties.text("GroupName") ?? origin.name;
      const rules = [...ingress, ...egress, ...(egress.length > 0 || hasEgress(properties) ? [] : [EVERYTHING_OUT])];
      const about = { name, ...(vpc !== undefined && { vpc }), ...(description !== undefined && { description }), ...properties.tags() };
      network.add("security-group", { id: origin.id, ...about, rules }, origin, properties);
    },
  },
  "AWS::EC2::SecurityGroupIngress": {
    kind: "security-group",
    join: (properties, origin, network) => {
      const rules = rulesOf(properties, "ingress", origin.account);
      const group = properties.text("GroupId") ?? groupNamed(properties, network.list("security-group"));
      network.change("security-group", group, origin, properties, (facts) => ({ ...facts, rules: [...facts.rules, ...rules] }));
    },
  },
  "AWS::EC2::SecurityGroupEgress": {
    kind: "security-group",
    join: (properties, origin, network) => {
      const rules = rulesOf(properties, "egress", origin.account);
      network.change("security-group", properties.text("GroupId"), origin, properties, (facts) => ({
        ...facts,
        rules: [...facts.rules, ...rules],
      }));
    },
  },
  "AWS::EC2::SecurityGroupVpcAssociation": {
    kind: "group-association",
    make: (properties, origin, network) => {
      const [group, vpc] = [properties.text("GroupId"), properties.text("VpcId")];
      const facts = {
        id: `${group ?? origin.id}/${vpc ?? origin.id}`,
        ...(group !== undefined && { group }),
        ...(vpc !== undefined && { vpc }),
      };
      network.add("group-association", facts, origin, properties);
    },
  },
};

// An empty list is as none: EC2 keeps the rule with which it makes a group.
function hasEgress(properties: Properties): boolean {
  return properties.open.some(({ path }) => path.startsWith("SecurityGroupEgress"));
}

function groupNamed(properties: Properties, groups: readonly { readonly id: string; readonly name?: string }[]): string | undefined {
  const name = properties.text("GroupName");
  return name === undefined ? undefined : (groups.find((group) => group.name === name)?.id ?? `sg-${name}`);
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupingress.html
function rulesOf(properties: Properties, direction: Direction, account: string | undefined): SecurityGroupRule[] {
  const before = properties.open.length;
  const protocol = properties.text("IpProtocol");
  const [fromPort, toPort] = [properties.whole("FromPort"), properties.whole("ToPort")];
  const peers = peersOf(properties, direction, account);
  const description = properties.text("Description") ?? (properties.has("Description") ? "known after the deployment" : undefined);
  // A description that is not known yet keeps no rule from being judged.
  const usable = properties.open.slice(before).every(({ path }) => path.endsWith("Description"));
  if (!usable) return [];
  if (protocol === undefined || peers.length === 0) {
    properties.refuse(
      protocol === undefined
        ? "found no IpProtocol, expected one such as tcp"
        : "found no source or destination, expected a CIDR, group or prefix list",
    );
    return [];
  }
  return peers.flatMap((peer) => {
    try {
      return canonicalRule({ direction, protocol, fromPort, toPort, peer, description });
    } catch (error) {
      if (!isInvalidRule(error)) throw error;
      properties.refuse(messageOf(error));
      return [];
    }
  });
}

function peersOf(properties: Properties, direction: Direction, account: string | undefined): Peer[] {
  const way = direction === "ingress" ? "Source" : "Destination";
  const cidrs = ["CidrIp", "CidrIpv6"].flatMap((name) => properties.text(name) ?? []);
  const list = properties.text(`${way}PrefixListId`);
  const name = properties.text(`${way}SecurityGroupName`);
  const group = properties.text(`${way}SecurityGroupId`) ?? (name === undefined ? undefined : `sg-${name}`);
  // Where this account is not known, it is this one all the same.
  const isOwn = properties.whyOpen(`${way}SecurityGroupOwnerId`) === THE_ACCOUNT;
  const owner = isOwn ? undefined : properties.text(`${way}SecurityGroupOwnerId`);
  return [
    ...cidrs.map((cidr): Peer => ({ kind: "cidr", cidr })),
    ...(list === undefined ? [] : [{ kind: "prefix-list" as const, id: list }]),
    ...(group === undefined
      ? []
      : [{ kind: "group" as const, id: group, ...(owner !== undefined && owner !== account && { account: owner }) }]),
  ];
}
