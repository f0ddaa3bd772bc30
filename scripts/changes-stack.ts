// The EventBridge rules that bring calls to the guard, stacks/changes.yml, derived from the table of lib/cloudtrail and from the rules.
import { WATCHED_CALLS, type WatchedCall } from "../lib/cloudtrail/calls.ts";
import { reactingTo } from "../lib/guard/judging/reactions.ts";
import type { SubjectKind } from "../lib/model/change.ts";
import { RULES } from "../lib/rules/index.ts";
import { policyDocument, toYaml } from "./iam-statements.ts";

// One EventBridge rule for each: EventBridge takes patterns of 2,048 bytes at most.
const FAMILIES = {
  SecurityGroups: "Calls that change security groups or the prefix lists that they name",
  Routes: "Calls that change routes, route tables, subnets and network ACLs",
  Vpcs: "Calls that change VPCs, what protects them and what watches them",
  Gateways: "Calls that change gateways, VPNs, peering and transit gateways",
  Endpoints: "Calls that change VPC endpoints and endpoint services",
  Interfaces: "Calls that change network interfaces, addresses and their groups",
  Services: "Calls of other services that place things in the network or share parts of it",
  Guard: "Calls that change the guard itself or the trail that feeds it",
} as const;
type Family = keyof typeof FAMILIES;

const FAMILY_OF: Readonly<Record<SubjectKind, Family>> = {
  "security-group": "SecurityGroups",
  "group-association": "SecurityGroups",
  "prefix-list": "SecurityGroups",
  vpc: "Vpcs",
  subnet: "Routes",
  "route-table": "Routes",
  "route-table-association": "Routes",
  "internet-gateway": "Gateways",
  "nat-gateway": "Gateways",
  peering: "Gateways",
  endpoint: "Endpoints",
  "endpoint-service": "Endpoints",
  "network-acl": "Routes",
  "flow-log": "Vpcs",
  "network-interface": "Interfaces",
  "db-subnet-group": "Services",
  "firewall-association": "Services",
  "block-public-access": "Vpcs",
  account: "Services",
  address: "Interfaces",
  instance: "Interfaces",
  "instance-connect-endpoint": "Endpoints",
  "transit-gateway-attachment": "Gateways",
  "transit-gateway-route-table": "Gateways",
  "vpn-connection": "Gateways",
  "vpn-gateway": "Gateways",
  "guard-part": "Guard",
};

// EventBridge is told of reads only by rules that ask for them
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html).
const READ = /^(Get|Describe|List)/;

/** The text of stacks/changes.yml: the rules, and the policy that lets them write to the guard's queue. */
export function changesStack(): string {
  const rules = changeRules({ Id: "changes", Arn: arnOf("ChangesQueue"), DeadLetterConfig: { Arn: arnOf("ChangesDeadLetters") } });
  const Resources = {
    ...rules,
    ChangesQueuePolicy: queuePolicy(["ChangesQueue", "ChangesDeadLetters"], [...Object.keys(rules).map(arnOf), OF_MEMBERS]),
  };
  return `# Written by "npm run generate" from lib/cloudtrail/calls.ts and the rules; what is changed here is lost.
# CloudTrail reports management calls to the default bus of the account and region where they were made.
${toYaml({ Resources })}`;
}

/** A rule for each family of calls that can lead to a judgement, which sends them to this target; resources by their logical id. */
export function changeRules(target: object): Readonly<Record<string, { readonly Type: string; readonly Properties: object }>> {
  const heard = WATCHED_CALLS.filter((call) => reactingTo(call, RULES).length > 0);
  const byFamily = Map.groupBy(heard, familyOf);
  const rules = Object.entries(FAMILIES).flatMap(([name, description]) => {
    const calls = byFamily.get(name) ?? [];
    return calls.length === 0 ? [] : [[`${name}Changes`, ruleFor(description, calls, target)] as const];
  });
  return Object.fromEntries(rules);
}

function familyOf({ source, shape }: WatchedCall): string {
  const family = FAMILY_OF[shape.kind];
  return source === "ec2.amazonaws.com" || family === "Guard" ? family : "Services";
}

function ruleFor(Description: string, calls: readonly WatchedCall[], target: object) {
  const sources = [...new Set(calls.map(({ source }) => source))].sort();
  return {
    Type: "AWS::Events::Rule",
    Properties: {
      Description,
      State: calls.some(({ name }) => READ.test(name)) ? "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" : "ENABLED",
      EventPattern: {
        source: sources.map((source) => `aws.${source.split(".")[0]}`),
        "detail-type": ["AWS API Call via CloudTrail"],
        detail: {
          eventSource: sources,
          eventName: [...new Set(calls.map(({ name }) => name))].sort(),
          // Failed calls and dry runs changed nothing. A condition on `readOnly` would lose a record that does not say.
          errorCode: [{ exists: false }],
        },
      },
      Targets: [target],
    },
  };
}

// The rule of stacks/organization.yml: a queue has one policy.
const OF_MEMBERS = { "Fn::If": ["Organization", arnOf("MemberChanges"), { Ref: "AWS::NoValue" }] };

/** The policy of queues that EventBridge, and nobody else, may write to, by rules with these arns. */
export function queuePolicy(queues: readonly string[], rules: readonly object[]) {
  return {
    Type: "AWS::SQS::QueuePolicy",
    Properties: {
      Queues: queues.map((Ref) => ({ Ref })),
      PolicyDocument: policyDocument([
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: queues.map(arnOf),
          Condition: { ArnEquals: { "aws:SourceArn": rules } },
        },
      ]),
    },
  };
}

export function arnOf(resource: string) {
  return { "Fn::GetAtt": [resource, "Arn"] };
}
