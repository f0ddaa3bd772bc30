// The stack of a member account, stacks/member.yml: the role by which the hub reads and acts there, and the EventBridge rules that
// send it the account's calls. Written from the repository's policy: the role may do what its remedies need, and nothing else.
import { createHash } from "node:crypto";
import { changesBy } from "../lib/aws/permissions.ts";
import { remediesAskedBy, undoing } from "../lib/guard/acting/asked-remedies.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { arnOf, changeRules, queuePolicy } from "./changes-stack.ts";
import { quoted, statementsFor, toYaml } from "./iam-statements.ts";
import { MEMBER_CONDITIONS, MEMBER_PARAMETERS } from "./member-parameters.ts";
import { DRILL_ROLE, FORWARD_ROLE, FORWARD_ROLE_ARN, memberRole } from "./member-roles.ts";

const KEPT_SECONDS = 1_209_600;

/** The text of stacks/member.yml for this policy. */
export function memberStack(policy: Policy): string {
  return `# Written by "npm run generate" from lib/aws/permissions.ts, lib/cloudtrail/calls.ts, the rules and portcullis.yml; what is
# changed here is lost. The role may do exactly what the remedies need that portcullis.yml asks for in any scope, and what undoes
# them: after an edit of the policy, generate this anew and update the StackSet. docs/deploy.md says how.
${toYaml(memberTemplate(policy))}`;
}

function memberTemplate(policy: Policy) {
  const asked = remediesAskedBy(policy);
  const changes = statementsFor("Change", changesBy([...asked, ...undoing(asked)]));
  const version = versionOf(resources(changes, ""));
  return {
    AWSTemplateFormatVersion: quoted("2010-09-09"),
    Description: "Portcullis in a member account: lets the hub read and act here, and sends it the calls that change the network",
    Parameters: MEMBER_PARAMETERS,
    Conditions: MEMBER_CONDITIONS,
    Resources: resources(changes, version),
    Outputs: {
      MemberRoleArn: { Condition: "IsHome", Description: "The role that the hub takes on", Value: arnOf("MemberRole") },
      ForwardDeadLetters: {
        Condition: "IsNotHub",
        Description: "Calls that could not be sent to the hub",
        Value: { Ref: "ForwardDeadLetters" },
      },
      TemplateVersion: { Description: "With what the role is tagged, too: which template this is", Value: version },
    },
  };
}

function resources(changes: Parameters<typeof memberRole>[0], version: string) {
  const target = {
    Id: "hub",
    Arn: { Ref: "HubBusArn" },
    // In the home region the role must stand before the rules.
    RoleArn: { "Fn::If": ["IsHome", arnOf("ForwardRole"), FORWARD_ROLE_ARN] },
    DeadLetterConfig: { Arn: arnOf("ForwardDeadLetters") },
  };
  const beyondHub = { Condition: "IsNotHub" };
  const rules = Object.entries(changeRules(target)).map(([id, { Type, Properties }]) => [id, { Type, ...beyondHub, Properties }] as const);
  const { Type, Properties } = queuePolicy(
    ["ForwardDeadLetters"],
    rules.map(([id]) => arnOf(id)),
  );
  return {
    MemberRole: memberRole(changes, version),
    ForwardRole: FORWARD_ROLE,
    DrillRole: DRILL_ROLE,
    ...Object.fromEntries(rules),
    ForwardDeadLetters: {
      Type: "AWS::SQS::Queue",
      ...beyondHub,
      Properties: { SqsManagedSseEnabled: true, MessageRetentionPeriod: KEPT_SECONDS },
    },
    ForwardDeadLettersPolicy: { Type, ...beyondHub, Properties },
  };
}

function versionOf(made: object): string {
  return createHash("sha256")
    .update(JSON.stringify([MEMBER_PARAMETERS, MEMBER_CONDITIONS, made]))
    .digest("hex")
    .slice(0, 12);
}
