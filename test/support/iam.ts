import * as z from "zod/mini";

/** AWS gives these no resource-level permissions (Service Authorization Reference). */
export const ONLY_ON_ALL_RESOURCES = new Set([
  "ec2:DescribeEgressOnlyInternetGateways",
  "ec2:DescribeFlowLogs",
  "ec2:DescribeInternetGateways",
  "ec2:DescribeManagedPrefixLists",
  "ec2:DescribeNatGateways",
  "ec2:DescribeNetworkAcls",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeRouteTables",
  "ec2:DescribeSecurityGroupRules",
  "ec2:DescribeSecurityGroupVpcAssociations",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeVpcBlockPublicAccessExclusions",
  "ec2:DescribeVpcBlockPublicAccessOptions",
  "ec2:DescribeVpcEndpointServiceConfigurations",
  "ec2:DescribeVpcEndpoints",
  "ec2:DescribeVpcPeeringConnections",
  "ec2:DescribeVpcs",
  "ec2:ModifyVpcBlockPublicAccessOptions",
  "logs:CreateLogDelivery",
  "logs:DeleteLogDelivery",
  "organizations:ListRoots",
  "route53resolver:ListFirewallRuleGroupAssociations",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
]);

const oneOrMore = <Item extends z.ZodMiniType>(item: Item) =>
  z.union([
    z.array(item),
    z.pipe(
      item,
      z.transform((one) => [one]),
    ),
  ]);
/** A policy that only allows. */
export const PolicyDocument = z.object({
  Statement: z.array(
    z.looseObject({
      Effect: z.literal("Allow"),
      Action: oneOrMore(z.string()),
      Resource: oneOrMore(z.unknown()),
      Condition: z.optional(z.unknown()),
    }),
  ),
});
