import { messageOf } from "../messages/message-of.ts";
import type { NetworkAclEntry } from "../model/facts.ts";
import { canonicalEntry } from "../model/network-acl.ts";
import { isInvalidRule } from "../model/security-group-rule.ts";
import type { Properties } from "./properties.ts";
import type { Types } from "./types.ts";

const LAST = 32_767;
const everything = (direction: NetworkAclEntry["direction"], number: number, action: NetworkAclEntry["action"]): NetworkAclEntry => ({
  direction,
  number,
  action,
  protocol: "-1",
  cidr: "0.0.0.0/0",
});

/** The entries with which EC2 makes every ACL: they deny the rest. */
const DENIED: readonly NetworkAclEntry[] = [everything("ingress", LAST, "deny"), everything("egress", LAST, "deny")];

/** The entries of the ACL that EC2 makes with a VPC. */
export const DEFAULT_ENTRIES: readonly NetworkAclEntry[] = [
  everything("ingress", 100, "allow"),
  everything("egress", 100, "allow"),
  ...DENIED,
];

/** Network ACLs, their entries, and the subnets that use them. */
export const networkAclTypes: Types = {
  "AWS::EC2::NetworkAcl": {
    kind: "network-acl",
    make: (properties, origin, network) => {
      const vpc = properties.text("VpcId");
      const facts = { isDefault: false, entries: DENIED, subnets: [], ...(vpc !== undefined && { vpc }), ...properties.tags() };
      network.add("network-acl", { id: origin.id, ...facts }, origin, properties);
    },
  },
  "AWS::EC2::NetworkAclEntry": {
    kind: "network-acl",
    join: (properties, origin, network) => {
      const entry = entryOf(properties);
      const acl = properties.text("NetworkAclId");
      network.change("network-acl", acl, origin, properties, (facts) => ({
        ...facts,
        entries: entry === undefined ? facts.entries : [...facts.entries, entry],
      }));
    },
  },
  "AWS::EC2::SubnetNetworkAclAssociation": {
    kind: "network-acl",
    join: (properties, origin, network) => {
      const subnet = properties.text("SubnetId");
      network.change("network-acl", properties.text("NetworkAclId"), origin, properties, (facts) => ({
        ...facts,
        subnets: subnet === undefined ? facts.subnets : [...facts.subnets, subnet],
      }));
    },
  },
};

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-networkaclentry.html
function entryOf(properties: Properties): NetworkAclEntry | undefined {
  const before = properties.open.length;
  const egress = properties.has("Egress") ? properties.flag("Egress") : false;
  const [number, protocol, action] = [
    properties.whole("RuleNumber"),
    properties.text("Protocol"),
    properties.text("RuleAction")?.toLowerCase(),
  ];
  const cidr = properties.firstText("CidrBlock", "Ipv6CidrBlock");
  const [ports] = properties.maps("PortRange");
  const [icmp] = properties.maps("Icmp");
  const [fromPort, toPort] = [icmp?.whole("Type") ?? ports?.whole("From"), icmp?.whole("Code") ?? ports?.whole("To")];
  if (properties.open.length > before) return undefined;
  if (number === undefined || protocol === undefined || cidr === undefined || (action !== "allow" && action !== "deny")) {
    properties.refuse("found an entry that is not whole, expected RuleNumber, Protocol, RuleAction and a CIDR block", "RuleAction");
    return undefined;
  }
  try {
    return canonicalEntry({ direction: egress === true ? "egress" : "ingress", number, action, protocol, fromPort, toPort, cidr });
  } catch (error) {
    if (!isInvalidRule(error)) throw error;
    properties.refuse(messageOf(error), "CidrBlock");
    return undefined;
  }
}
