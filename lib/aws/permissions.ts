import type { Kind } from "../model/facts.ts";
import type { RemedyKind } from "../model/remedy.ts";

/**
 * What reading and acting on the network takes of IAM: one entry a kind of resource, one a kind of remedy. The policies of all roles
 * that reach EC2 are written from here (scripts/network-policies.ts, scripts/member-stack.ts); nothing lists these actions by hand.
 * Resource types and condition keys are those of the Service Authorization Reference
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html and its pages of the other services).
 */
export interface Permission {
  /** `ec2:RevokeSecurityGroupIngress` */
  readonly action: string;
  /** What it works on; empty where AWS knows no resource for it, so that it can only be allowed on all. */
  readonly on: readonly ResourceType[];
  /** The operations of which it must be a part (`ec2:CreateAction`). */
  readonly within?: readonly string[];
}

/** Resources that IAM tells apart, by service and place of their arn; `own` ones are of the account at hand, in any region. */
export const ARNS = {
  "security-group": { service: "ec2", path: "security-group/*", own: true },
  "security-group-rule": { service: "ec2", path: "security-group-rule/*", own: true },
  "route-table": { service: "ec2", path: "route-table/*", own: true },
  "network-acl": { service: "ec2", path: "network-acl/*", own: true },
  subnet: { service: "ec2", path: "subnet/*", own: true },
  vpc: { service: "ec2", path: "vpc/*", own: true },
  "vpc-flow-log": { service: "ec2", path: "vpc-flow-log/*", own: true },
  "vpc-peering-connection": { service: "ec2", path: "vpc-peering-connection/*", own: true },
  "internet-gateway": { service: "ec2", path: "internet-gateway/*", own: true },
  "vpc-endpoint-service": { service: "ec2", path: "vpc-endpoint-service/*", own: true },
  "vpc-block-public-access-exclusion": { service: "ec2", path: "vpc-block-public-access-exclusion/*", own: true },
  // Lists may be shared by other accounts.
  "prefix-list": { service: "ec2", path: "prefix-list/*", own: false },
  subgrp: { service: "rds", path: "subgrp:*", own: true },
} as const satisfies Readonly<Record<string, { readonly service: string; readonly path: string; readonly own: boolean }>>;
export type ResourceType = keyof typeof ARNS;

const may = (on: readonly ResourceType[], ...actions: readonly string[]): Permission[] => actions.map((action) => ({ action, on }));

/** What reading a resource of each kind takes: one by its id, or a list of them. */
export const READS: Readonly<Record<Kind, readonly Permission[]>> = {
  "security-group": may([], "ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules"),
  "group-association": may([], "ec2:DescribeSecurityGroupVpcAssociations"),
  "prefix-list": [...may([], "ec2:DescribeManagedPrefixLists"), ...may(["prefix-list"], "ec2:GetManagedPrefixListEntries")],
  vpc: may([], "ec2:DescribeVpcs"),
  subnet: may([], "ec2:DescribeSubnets"),
  "route-table": may([], "ec2:DescribeRouteTables"),
  "internet-gateway": may([], "ec2:DescribeInternetGateways", "ec2:DescribeEgressOnlyInternetGateways"),
  "nat-gateway": may([], "ec2:DescribeNatGateways"),
  peering: may([], "ec2:DescribeVpcPeeringConnections"),
  endpoint: may([], "ec2:DescribeVpcEndpoints"),
  "endpoint-service": [
    ...may([], "ec2:DescribeVpcEndpointServiceConfigurations"),
    ...may(["vpc-endpoint-service"], "ec2:DescribeVpcEndpointServicePermissions"),
  ],
  "network-acl": may([], "ec2:DescribeNetworkAcls"),
  "flow-log": may([], "ec2:DescribeFlowLogs"),
  "network-interface": may([], "ec2:DescribeNetworkInterfaces"),
  "db-subnet-group": may(["subgrp"], "rds:DescribeDBSubnetGroups"),
  "firewall-association": may([], "route53resolver:ListFirewallRuleGroupAssociations"),
  "block-public-access": may([], "ec2:DescribeVpcBlockPublicAccessOptions", "ec2:DescribeVpcBlockPublicAccessExclusions"),
};

/** What carrying out a remedy takes: the calls that change something, and the kinds of resource that are read before. */
interface Act {
  readonly changes: readonly Permission[];
  readonly reads: readonly Kind[];
}

const GROUP_RULES: readonly ResourceType[] = ["security-group", "security-group-rule"];
const INGRESS = {
  revoke: may(["security-group"], "ec2:RevokeSecurityGroupIngress"),
  authorize: authorizing("AuthorizeSecurityGroupIngress"),
};
const EGRESS = {
  revoke: may(["security-group"], "ec2:RevokeSecurityGroupEgress"),
  authorize: authorizing("AuthorizeSecurityGroupEgress"),
};

// Tags are written only with the rules that they belong to: elsewhere a tag may decide what a policy allows.
function authorizing(operation: string): Permission[] {
  return [...may(GROUP_RULES, `ec2:${operation}`), { action: "ec2:CreateTags", on: ["security-group-rule"], within: [operation] }];
}

// What is authorized is revoked again where the rest is refused.
const both = ({ revoke, authorize }: typeof INGRESS): Permission[] => [...revoke, ...authorize];
const act = (reads: readonly Kind[], ...changes: readonly Permission[]): Act => ({ reads, changes });

const EXCLUSION: readonly ResourceType[] = ["vpc", "subnet", "vpc-block-public-access-exclusion"];
const ACL_ENTRIES = may(["network-acl"], "ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAclEntry");
const SERVICE_PERMISSIONS = may(
  ["vpc-endpoint-service"],
  "ec2:ModifyVpcEndpointServiceConfiguration",
  "ec2:ModifyVpcEndpointServicePermissions",
);

/** What carrying out a remedy of each kind takes. */
export const ACTS: Readonly<Record<RemedyKind, Act>> = {
  "revoke-ingress": act([], ...INGRESS.revoke),
  "revoke-egress": act([], ...EGRESS.revoke),
  "narrow-ingress": act([], ...both(INGRESS)),
  "narrow-egress": act([], ...both(EGRESS)),
  "restore-ingress": act([], ...both(INGRESS)),
  "restore-egress": act([], ...both(EGRESS)),
  "delete-route": act(["route-table"], ...may(["route-table"], "ec2:DeleteRoute")),
  "create-route": act(["route-table"], ...may(["route-table"], "ec2:CreateRoute")),
  "restore-route": act(["route-table"], ...may(["route-table"], "ec2:ReplaceRoute")),
  // To S3 and Firehose, EC2 sets up a delivery of CloudWatch Logs in the caller's name
  // (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html). To a log group it passes the role that the
  // policy names: allow iam:PassRole on it.
  "create-flow-logs": act(["flow-log"], ...may(["vpc", "vpc-flow-log"], "ec2:CreateFlowLogs"), ...may([], "logs:CreateLogDelivery")),
  "delete-flow-logs": act(["flow-log"], ...may(["vpc-flow-log"], "ec2:DeleteFlowLogs"), ...may([], "logs:DeleteLogDelivery")),
  "delete-peering": act(["peering"], ...may(["vpc-peering-connection"], "ec2:DeleteVpcPeeringConnection")),
  "request-peering": act(["peering"], ...may(["vpc", "vpc-peering-connection"], "ec2:CreateVpcPeeringConnection")),
  "detach-internet-gateway": act(["internet-gateway"], ...may(["internet-gateway", "vpc"], "ec2:DetachInternetGateway")),
  "attach-internet-gateway": act(["internet-gateway"], ...may(["internet-gateway", "vpc"], "ec2:AttachInternetGateway")),
  "reset-permissions": act(["endpoint-service"], ...SERVICE_PERMISSIONS),
  "grant-permissions": act(["endpoint-service"], ...SERVICE_PERMISSIONS),
  "unset-public-ip": act(["subnet"], ...may(["subnet"], "ec2:ModifySubnetAttribute")),
  "set-public-ip": act(["subnet"], ...may(["subnet"], "ec2:ModifySubnetAttribute")),
  // All entries or none: those that were made are taken back.
  "deny-acl-traffic": act(["network-acl"], ...ACL_ENTRIES),
  "undeny-acl-traffic": act(["network-acl"], ...may(["network-acl"], "ec2:DeleteNetworkAclEntry")),
  "delete-acl-entry": act(["network-acl"], ...may(["network-acl"], "ec2:DeleteNetworkAclEntry")),
  "create-acl-entry": act(["network-acl"], ...ACL_ENTRIES),
  // One setting of the account and region.
  "restore-public-access": act(["block-public-access"], ...may([], "ec2:ModifyVpcBlockPublicAccessOptions")),
  "delete-exclusion": act(
    ["block-public-access"],
    ...may(["vpc-block-public-access-exclusion"], "ec2:DeleteVpcBlockPublicAccessExclusion"),
  ),
  "create-exclusion": act(["block-public-access"], ...may(EXCLUSION, "ec2:CreateVpcBlockPublicAccessExclusion")),
};

/** What changing the network by these kinds of remedy takes. */
export function changesBy(kinds: Iterable<RemedyKind>): readonly Permission[] {
  return [...kinds].flatMap((kind) => ACTS[kind].changes);
}
