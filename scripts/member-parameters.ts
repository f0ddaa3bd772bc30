// What a member stack is told when it is deployed, and what follows from it.
import { sub } from "./iam-statements.ts";

const equals = (parameter: string, value: unknown) => ({ "Fn::Equals": [{ Ref: parameter }, value] });
const not = (condition: object) => ({ "Fn::Not": [condition] });

export const MEMBER_PARAMETERS = {
  HubAccountId: { Type: "String", AllowedPattern: "^\\d{12}$", Description: "The account of the hub stack" },
  HubRegion: { Type: "String", AllowedPattern: "^[a-z]{2,}(-[a-z]+)+-\\d+$", Description: "The region of the hub stack" },
  HubBusArn: {
    Type: "String",
    AllowedPattern: "^arn:[^:]+:events:[^:]+:\\d{12}:event-bus/.+$",
    Description: "The arn of the hub's bus for changes, to which the calls of this account go",
  },
  Stage: {
    Type: "String",
    Default: "prod",
    AllowedPattern: "^[\\w-]+$",
    Description: "The stage of the hub stack, by which its roles are named",
  },
  ExternalId: {
    Type: "String",
    MinLength: 16,
    MaxLength: 1224,
    AllowedPattern: "^[\\w+=,.@:/-]+$",
    Description: "What the hub must say when it takes on a role of this stack; the same as in the hub stack",
  },
  HomeRegion: {
    Type: "String",
    AllowedPattern: "^[a-z]{2,}(-[a-z]+)+-\\d+$",
    Description: "The region whose stack makes the IAM roles, which are the same in all regions; deploy it first",
  },
  Mode: {
    Type: "String",
    Default: "read-only",
    AllowedValues: ["read-only", "enforce"],
    Description:
      "read-only: the hub can change nothing here, and its dry runs say that EC2 would refuse. enforce: it may carry out its remedies",
  },
  DrillVpc: {
    Type: "String",
    Default: "",
    AllowedPattern: "^(vpc-[0-9a-z]+)?$",
    Description: "The VPC in which fire drills make their security group; empty for no drills here",
  },
};

export const MEMBER_CONDITIONS = {
  IsHome: equals("AWS::Region", { Ref: "HomeRegion" }),
  MayChange: equals("Mode", "enforce"),
  HasDrill: { "Fn::And": [equals("AWS::Region", { Ref: "HomeRegion" }), not(equals("DrillVpc", ""))] },
  // Where the hub stands, its own rules hear the same calls.
  IsNotHub: not({ "Fn::And": [equals("AWS::AccountId", { Ref: "HubAccountId" }), equals("AWS::Region", { Ref: "HubRegion" })] }),
};

/**
 * Who may take on a role: roles of the hub, by their names. A principal of a role's own arn would turn into an id that dies with the
 * role; compared as text, a hub that was deployed anew is known again
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles).
 */
export function trustInHub(...roles: readonly string[]) {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: CloudFormation's.
  const arns = roles.map((role) => sub(`arn:$\{AWS::Partition}:iam::$\{HubAccountId}:role/portcullis-$\{Stage}-${role}`));
  return {
    Effect: "Allow",
    Principal: { AWS: sub("arn:${AWS::Partition}:iam::${HubAccountId}:root") },
    Action: "sts:AssumeRole",
    Condition: { ArnEquals: { "aws:PrincipalArn": arns }, StringEquals: { "sts:ExternalId": { Ref: "ExternalId" } } },
  };
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: CloudFormation's.
}
