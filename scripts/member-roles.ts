// The IAM roles of a member stack. Their names are fixed: the hub, and the stacks of other regions, know them by these.
import { policyDocument, readStatements, type Statement, sub } from "./iam-statements.ts";
import { trustInHub } from "./member-parameters.ts";

const HOUR_SECONDS = 3600;

/** What the hub takes on to read and act; in read-only accounts it can change nothing. */
export function memberRole(changes: readonly Statement[], version: string) {
  const change = { PolicyName: "change", PolicyDocument: policyDocument(changes) };
  return {
    Type: "AWS::IAM::Role",
    Condition: "IsHome",
    Properties: {
      RoleName: "portcullis-member",
      Description: "Taken on by the hub of Portcullis to read the network, and to carry out and undo the remedies of its policy",
      MaxSessionDuration: HOUR_SECONDS,
      AssumeRolePolicyDocument: policyDocument([trustInHub("guard", "respond", "sweep")]),
      Policies: [
        { PolicyName: "read", PolicyDocument: policyDocument(readStatements()) },
        // A policy without statements is none.
        ...(changes.length === 0 ? [] : [{ "Fn::If": ["MayChange", change, { Ref: "AWS::NoValue" }] }]),
      ],
      Tags: [{ Key: "portcullis:template", Value: version }],
    },
  };
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: CloudFormation's.
/** By its arn, which is known before it stands: the rules of every region name it. */
export const FORWARD_ROLE_ARN = sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/portcullis-forward");

/** What EventBridge takes on to bring calls to the hub's bus. */
export const FORWARD_ROLE = {
  Type: "AWS::IAM::Role",
  Condition: "IsHome",
  Properties: {
    RoleName: "portcullis-forward",
    Description: "Taken on by EventBridge to send calls that change the network to the hub of Portcullis",
    AssumeRolePolicyDocument: policyDocument([
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      },
    ]),
    Policies: [
      {
        PolicyName: "forward",
        PolicyDocument: policyDocument([
          { Sid: "SendToTheHub", Effect: "Allow", Action: "events:PutEvents", Resource: { Ref: "HubBusArn" } },
        ]),
      },
    ],
  },
};

const GROUPS = sub("arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group/*");
const RULES = sub("arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group-rule/*");
const VPC = sub("arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:vpc/${DrillVpc}");
const TAGGING = { StringEquals: { "aws:RequestTag/portcullis:drill": "true" } };
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: CloudFormation's.

/**
 * What the hub takes on for a fire drill: it makes, opens and closes a security group of its own, which it knows by a tag that can be
 * given only while a group is made, and in one VPC only. The group stays for the next drill.
 */
export const DRILL_ROLE = {
  Type: "AWS::IAM::Role",
  Condition: "HasDrill",
  Properties: {
    RoleName: "portcullis-drill",
    Description: "Taken on by the hub of Portcullis to open a hole in a security group of its own, and see it closed",
    MaxSessionDuration: HOUR_SECONDS,
    AssumeRolePolicyDocument: policyDocument([trustInHub("drill")]),
    Policies: [
      {
        PolicyName: "drill",
        PolicyDocument: policyDocument([
          {
            Sid: "Look",
            Effect: "Allow",
            Action: ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups"],
            Resource: "*",
          },
          { Sid: "MakeInTheVpc", Effect: "Allow", Action: "ec2:CreateSecurityGroup", Resource: VPC },
          { Sid: "MakeWithTheTag", Effect: "Allow", Action: "ec2:CreateSecurityGroup", Resource: GROUPS, Condition: TAGGING },
          {
            Sid: "TagWhatIsMade",
            Effect: "Allow",
            Action: "ec2:CreateTags",
            Resource: GROUPS,
            Condition: { StringEquals: { ...TAGGING.StringEquals, "ec2:CreateAction": "CreateSecurityGroup" } },
          },
          {
            Sid: "OpenAndClose",
            Effect: "Allow",
            Action: ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
            Resource: GROUPS,
            Condition: { StringEquals: { "aws:ResourceTag/portcullis:drill": "true" }, ArnLike: { "ec2:Vpc": VPC } },
          },
          // Which group a rule is of, the statement above asks.
          { Sid: "OpenByRules", Effect: "Allow", Action: "ec2:AuthorizeSecurityGroupIngress", Resource: RULES },
        ]),
      },
    ],
  },
};
