import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { WATCHED_CALLS } from "../../lib/cloudtrail/calls.ts";
import { reactingTo } from "../../lib/guard/judging/reactions.ts";
import { RULES } from "../../lib/rules/index.ts";
import { lint } from "../support/cfn-lint.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { ONLY_ON_ALL_RESOURCES, PolicyDocument } from "../support/iam.ts";
import { type PackagedService, packageService, SLACK_PARAMS } from "../support/package-service.ts";

const POLICY = join(import.meta.dirname, "../emulator/portcullis.yml");
/** Everything that each function may do; whatever is added here is a decision. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  GuardRole: [
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateFlowLogs",
    "ec2:CreateNetworkAclEntry",
    "ec2:CreateTags",
    "ec2:DeleteNetworkAclEntry",
    "ec2:DeleteRoute",
    "ec2:DeleteVpcBlockPublicAccessExclusion",
    "ec2:DeleteVpcPeeringConnection",
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
    "ec2:DescribeVpcEndpointServicePermissions",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "ec2:DetachInternetGateway",
    "ec2:GetManagedPrefixListEntries",
    "ec2:ModifySubnetAttribute",
    "ec2:ModifyVpcBlockPublicAccessOptions",
    "ec2:ModifyVpcEndpointServiceConfiguration",
    "ec2:ModifyVpcEndpointServicePermissions",
    "ec2:ReplaceRoute",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
    "events:PutEvents",
    "logs:CreateLogDelivery",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "rds:DescribeDBSubnetGroups",
    "route53resolver:ListFirewallRuleGroupAssociations",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sts:AssumeRole",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
  ],
  NotifyRole: [
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "secretsmanager:GetSecretValue",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "ssm:GetParameter",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
  ],
  DigestRole: [
    "dynamodb:Query",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
  ],
  DrillRole: [
    "ec2:AuthorizeSecurityGroupIngress",
    // In the VPC, and with its tag: a statement each.
    "ec2:CreateSecurityGroup",
    "ec2:CreateSecurityGroup",
    "ec2:CreateTags",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroupRules",
    "ec2:DescribeSecurityGroups",
    "ec2:RevokeSecurityGroupIngress",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sts:AssumeRole",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
  ],
  RespondRole: [
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "ec2:AttachInternetGateway",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateNetworkAclEntry",
    "ec2:CreateRoute",
    "ec2:CreateTags",
    "ec2:DeleteFlowLogs",
    "ec2:DeleteNetworkAclEntry",
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
    "ec2:DescribeVpcEndpointServicePermissions",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "ec2:GetManagedPrefixListEntries",
    "ec2:ModifySubnetAttribute",
    "ec2:ModifyVpcBlockPublicAccessOptions",
    "ec2:ModifyVpcEndpointServiceConfiguration",
    "ec2:ModifyVpcEndpointServicePermissions",
    "ec2:ReplaceRoute",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
    "iam:PassRole",
    "logs:CreateLogStream",
    "logs:DeleteLogDelivery",
    "logs:PutLogEvents",
    "rds:DescribeDBSubnetGroups",
    "route53resolver:ListFirewallRuleGroupAssociations",
    "scheduler:CreateSchedule",
    "secretsmanager:GetSecretValue",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "ssm:GetParameter",
    "sts:AssumeRole",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
  ],
  SweepRole: [
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:CreateFlowLogs",
    "ec2:CreateNetworkAclEntry",
    "ec2:CreateTags",
    "ec2:DeleteNetworkAclEntry",
    "ec2:DeleteRoute",
    "ec2:DeleteVpcBlockPublicAccessExclusion",
    "ec2:DeleteVpcPeeringConnection",
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
    "ec2:DescribeVpcEndpointServicePermissions",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "ec2:DetachInternetGateway",
    "ec2:GetManagedPrefixListEntries",
    "ec2:ModifySubnetAttribute",
    "ec2:ModifyVpcBlockPublicAccessOptions",
    "ec2:ModifyVpcEndpointServiceConfiguration",
    "ec2:ModifyVpcEndpointServicePermissions",
    "ec2:ReplaceRoute",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
    "events:PutEvents",
    "logs:CreateLogDelivery",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListRoots",
    "organizations:ListTagsForResource",
    "rds:DescribeDBSubnetGroups",
    "route53resolver:ListFirewallRuleGroupAssociations",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "sts:AssumeRole",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
  ],
  SchedulerRole: ["sqs:SendMessage"],
};

const Role = z.looseObject({ Policies: z.array(z.object({ PolicyName: z.string(), PolicyDocument })) });
const AttachedPolicy = z.object({ PolicyName: z.string(), Roles: z.array(z.unknown()), PolicyDocument });
const LambdaFunction = z.looseObject({ Runtime: z.string(), Architectures: z.array(z.string()), Timeout: z.number() });
const Mapping = z.looseObject({
  EventSourceArn: z.object({ "Fn::GetAtt": z.tuple([z.string(), z.literal("Arn")]) }),
  FunctionName: z.object({ "Fn::GetAtt": z.tuple([z.string(), z.literal("Arn")]) }),
  FunctionResponseTypes: z.array(z.string()),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }),
});
const Queue = z.looseObject({
  SqsManagedSseEnabled: z.literal(true),
  VisibilityTimeout: z.optional(z.number()),
  RedrivePolicy: z.optional(z.object({ deadLetterTargetArn: z.object({ "Fn::GetAtt": z.tuple([z.string(), z.literal("Arn")]) }) })),
});
const QueuePolicy = z.looseObject({ PolicyDocument });
const Strings = z.array(z.string());
const Rule = z.looseObject({
  State: z.optional(z.string()),
  EventPattern: z.looseObject({ source: z.array(z.string()), detail: z.optional(z.record(z.string(), z.unknown())) }),
});

const Source = z.looseObject({ EventPattern: z.looseObject({ source: z.array(z.union([z.string(), z.object({ prefix: z.string() })])) }) });
const OnBus = z.looseObject({ EventBusName: z.optional(z.object({ Ref: z.string() })) });

let service: PackagedService;
beforeAll(async () => {
  service = await packageService(POLICY);
}, 300_000);

function propertiesOf<Schema extends z.ZodMiniType>(schema: Schema, id: string): z.output<Schema> {
  return schema.parse(service.template.Resources[id]?.Properties);
}
function idsOf(type: string): string[] {
  return Object.entries(service.template.Resources).flatMap(([id, { Type }]) => (Type === type ? [id] : []));
}

describe("what the functions may do", () => {
  test("is decided for every role", () => {
    expect(idsOf("AWS::IAM::Role").sort()).toEqual(Object.keys(MAY).sort());
    expect(idsOf("AWS::IAM::Policy")).toEqual([]);
    expect(idsOf("AWS::IAM::ManagedPolicy")).toEqual([]);
  });

  test.each(Object.entries(MAY))("%s: these actions and no other", (role, actions) => {
    expect(
      statementsOf(role)
        .flatMap(({ Action }) => Action)
        .sort(),
    ).toEqual([...actions].sort());
  });

  test.each(Object.keys(MAY))("%s: on named resources wherever AWS can tell them apart", (role) => {
    const onAll = statementsOf(role).filter(({ Resource }) => Resource.includes("*"));
    expect(onAll.flatMap(({ Action }) => Action).filter((action) => !ONLY_ON_ALL_RESOURCES.has(action))).toEqual([]);
  });

  test.each(Object.keys(MAY))("%s: has no policy from elsewhere", (role) => {
    expect(service.template.Resources[role]?.Properties).not.toHaveProperty("ManagedPolicyArns");
  });

  test.each(["GuardRole", "RespondRole"])("%s: tags are written only with the rules that they belong to", (role) => {
    const [tagging] = statementsOf(role).filter(({ Action }) => Action.includes("ec2:CreateTags"));
    expect(tagging).toMatchObject({
      Condition: { StringEquals: { "ec2:CreateAction": ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"] } },
    });
  });

  test("DrillRole: opens and closes only the group that it made, in the VPC of the drill", () => {
    const conditionsOf = (action: string) =>
      statementsOf("DrillRole")
        .filter(({ Action }) => Action.includes(action))
        .map(({ Condition }) => Condition);
    const vpc = { "Fn::Sub": [expect.stringMatching(/:vpc\/\$\{DrillVpc\}$/), expect.anything()] };
    const own = { StringEquals: { "aws:ResourceTag/portcullis:drill": "true" }, ArnEquals: { "ec2:Vpc": vpc } };
    expect(conditionsOf("ec2:AuthorizeSecurityGroupIngress")).toEqual([own]);
    expect(conditionsOf("ec2:RevokeSecurityGroupIngress")).toEqual([own]);
    const tagged = { "aws:RequestTag/portcullis:drill": "true" };
    expect(conditionsOf("ec2:CreateSecurityGroup")).toEqual([undefined, { StringEquals: tagged }]);
    expect(conditionsOf("ec2:CreateTags")).toEqual([{ StringEquals: { "ec2:CreateAction": "CreateSecurityGroup", ...tagged } }]);
  });

  function statementsOf(role: string) {
    return propertiesOf(Role, role).Policies.flatMap(({ PolicyDocument: { Statement } }) => Statement);
  }
});

describe("where a source of the policy is named", () => {
  const here = (resource: string) => ({ "Fn::Sub": `arn:\${AWS::Partition}:${resource}` });
  const local = (service: string, resource: string) => here(`${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`);
  const appconfig = ["appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession"];
  const resources = z
    .custom<(osls: { resolveVariable: () => Promise<string> }) => Promise<unknown>>()
    .parse(createRequire(import.meta.url)("../../stacks/policy-source.cjs"));

  test.each<[string, readonly string[], unknown]>([
    ["ssm:/portcullis/policy", ["ssm:GetParameter"], local("ssm", "parameter/portcullis/policy")],
    ["s3://policies/net/portcullis.yml", ["s3:GetObject"], here("s3:::policies/net/portcullis.yml")],
    ["appconfig:abc1234/def5678/ghi9012", appconfig, local("appconfig", "application/abc1234/environment/def5678/configuration/ghi9012")],
  ])("%s: everyone may read this, keep the last good policy, and nothing more", async (source, actions, resource) => {
    const Made = z.object({ Resources: z.object({ PolicySource: z.object({ Properties: AttachedPolicy }) }) });
    const { Roles, PolicyDocument: document } = Made.parse(await resources({ resolveVariable: async () => source })).Resources.PolicySource
      .Properties;
    const refs = ["GuardRole", "SweepRole", "NotifyRole", "DigestRole"].map((Ref) => ({ Ref }));
    expect(Roles).toEqual([...refs, { "Fn::If": ["SlackAnswers", { Ref: "RespondRole" }, { Ref: "AWS::NoValue" }] }]);
    expect(document.Statement).toEqual([
      expect.objectContaining({ Action: actions, Resource: [resource] }),
      expect.objectContaining({
        Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
        Resource: [{ "Fn::GetAtt": ["Ledger", "Arn"] }],
        Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["policy/current"] } },
      }),
    ]);
  });

  test("every function is told it, and the role policy is part of the stack", async () => {
    const { template } = await packageService(POLICY, [...SLACK_PARAMS, "policySource=ssm:/portcullis/policy"]);
    expect(Object.values(template.Resources).filter(({ Type }) => Type === "AWS::IAM::Policy")).toHaveLength(1);
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type !== "AWS::Lambda::Function") continue;
      expect(Properties).toMatchObject({ Environment: { Variables: { POLICY_SOURCE: "ssm:/portcullis/policy" } } });
    }
  }, 120_000);

  test("a name that is none is refused before anything is deployed", async () => {
    await expect(packageService(POLICY, [...SLACK_PARAMS, "policySource=portcullis.yml"])).rejects.toThrow(
      'the source of the policy is "portcullis.yml": expected ssm:/portcullis/policy',
    );
  }, 300_000);
});

describe("the way of an event", () => {
  // What members report, their own rules have chosen.
  const changes = () => idsOf("AWS::Events::Rule").filter((id) => id.endsWith("Changes") && id !== "MemberChanges");

  test("begins with every call that can lead to a judgement, and no other", () => {
    const heard = changes().flatMap((id) => {
      const { source, detail = {} } = propertiesOf(Rule, id).EventPattern;
      const [sources, names] = [Strings.parse(detail.eventSource), Strings.parse(detail.eventName)];
      expect(source).toEqual(sources.map((one) => `aws.${one.split(".")[0]}`));
      return sources.flatMap((one) => names.map((name) => `${one} ${name}`));
    });
    const judged = WATCHED_CALLS.filter((call) => reactingTo(call, RULES).length > 0).map(({ source, name }) => `${source} ${name}`);
    expect(judged.filter((call) => !heard.includes(call))).toEqual([]);
    // A rule for several services names the calls of all of them; what none of them has, no event matches.
    const names = new Set(judged.map((call) => call.split(" ")[1]));
    expect(heard.filter((call) => !names.has(call.split(" ")[1]))).toEqual([]);
    expect(new Set(heard).size).toBe(heard.length);
  });

  test("asks for reads where a call that only reads is judged", () => {
    for (const id of changes()) {
      const names = Strings.parse(propertiesOf(Rule, id).EventPattern.detail?.eventName);
      const reads = names.some((name) => /^(Get|Describe|List)/.test(name));
      expect([id, propertiesOf(Rule, id).State]).toEqual([id, reads ? "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" : "ENABLED"]);
    }
  });

  test("fits into the 2,048 bytes that EventBridge gives a pattern", () => {
    for (const id of changes()) expect(Buffer.byteLength(JSON.stringify(propertiesOf(Rule, id).EventPattern))).toBeLessThanOrEqual(2048);
  });

  test("leaves out calls that failed", () => {
    for (const id of changes()) expect(propertiesOf(Rule, id).EventPattern.detail?.errorCode).toEqual([{ exists: false }]);
  });

  test.each([
    "GuardEventSourceMappingSQSChangesQueue",
    "NotifyEventSourceMappingSQSDecisionsQueue",
    "RespondEventSourceMappingSQSAnswersQueue",
  ])("%s: retries one by one, no sooner than six timeouts, and ends in a dead-letter queue", (id) => {
    const mapping = propertiesOf(Mapping, id);
    const queue = propertiesOf(Queue, mapping.EventSourceArn["Fn::GetAtt"][0]);
    expect(mapping.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * propertiesOf(LambdaFunction, mapping.FunctionName["Fn::GetAtt"][0]).Timeout);
    expect(() => propertiesOf(Queue, queue.RedrivePolicy?.deadLetterTargetArn["Fn::GetAtt"][0] ?? "")).not.toThrow();
  });

  test("only the rule before a queue may write to it", () => {
    const conditions = idsOf("AWS::SQS::QueuePolicy").map((id) => {
      const { Statement } = propertiesOf(QueuePolicy, id).PolicyDocument;
      return [id, Statement.map(({ Action, Condition }) => ({ Action, Condition }))];
    });
    const arn = (rule: string) => ({ "Fn::GetAtt": [rule, "Arn"] });
    const only = (source: unknown) => [{ Action: ["sqs:SendMessage"], Condition: { ArnEquals: { "aws:SourceArn": source } } }];
    expect(Object.fromEntries(conditions)).toEqual({
      ChangesQueuePolicy: only([...changes().map(arn), { "Fn::If": ["Organization", arn("MemberChanges"), { Ref: "AWS::NoValue" }] }]),
      SweepsQueuePolicy: only([arn("SweepSchedule"), arn("PolicyCheckSchedule")]),
      DecisionsQueuePolicy: only(arn("Decisions")),
    });
  });
});

describe("who may tell the guard of a call", () => {
  const toTheGuard = () =>
    idsOf("AWS::Events::Rule").filter((id) => JSON.stringify(service.template.Resources[id]?.Properties?.Targets).includes("ChangesQueue"));

  test("AWS itself, by sources that nobody else can put, on every rule that leads to the guard", () => {
    expect(toTheGuard()).toEqual(expect.arrayContaining(["MemberChanges"]));
    const sources = toTheGuard().flatMap((id) => Source.parse(service.template.Resources[id]?.Properties).EventPattern.source);
    expect(sources.map((source) => (typeof source === "string" ? source : source.prefix)).filter((one) => !one.startsWith("aws."))).toEqual(
      [],
    );
  });

  test("accounts of the organization and no other, on a bus that leads nowhere else", () => {
    expect(idsOf("AWS::Events::EventBusPolicy")).toEqual(["ChangesBusPolicy"]);
    expect(service.template.Resources.ChangesBusPolicy).toMatchObject({
      Condition: "Organization",
      Properties: {
        EventBusName: { Ref: "ChangesBus" },
        Statement: {
          Effect: "Allow",
          Action: "events:PutEvents",
          Resource: { "Fn::GetAtt": ["ChangesBus", "Arn"] },
          Condition: { StringEquals: { "aws:PrincipalOrgID": { Ref: "OrganizationId" } } },
        },
      },
    });
    const onIt = idsOf("AWS::Events::Rule").filter((id) => "ChangesBus" === busOf(id));
    expect(onIt).toEqual(["MemberChanges"]);
  });

  test("nobody outside the account of a decision: their bus has no policy, and another name", () => {
    expect(idsOf("AWS::Events::Rule").filter((id) => busOf(id) === "Bus")).toEqual(["Decisions"]);
    expect(JSON.stringify(service.template.Resources.ChangesBusPolicy)).not.toContain('"Bus"');
  });

  function busOf(rule: string): string | undefined {
    return OnBus.parse(service.template.Resources[rule]?.Properties).EventBusName?.Ref;
  }
});

describe("the stack", () => {
  test("has nothing that answers Slack, and no public address, where no signing secret is named", () => {
    const answering = /^(Respond|Answers|ExceptionEnds|SchedulerRole)/;
    const ids = Object.keys(service.template.Resources).filter((id) => answering.test(id));
    expect(ids).toEqual(expect.arrayContaining(["RespondLambdaFunction", "RespondLambdaFunctionUrl", "RespondRole", "AnswersQueue"]));
    const always = ids.filter((id) => service.template.Resources[id]?.Condition !== "SlackAnswers");
    expect(always).toEqual([]);
    expect(idsOf("AWS::Lambda::Url")).toEqual(["RespondLambdaFunctionUrl"]);
  });

  test("has no fire drill where no VPC is named for it, and knows its role where there is one", () => {
    const ids = Object.keys(service.template.Resources).filter((id) => id.startsWith("Drill"));
    expect(ids).toEqual(expect.arrayContaining(["DrillLambdaFunction", "DrillRole", "DrillEventsRuleSchedule1"]));
    expect(ids.filter((id) => service.template.Resources[id]?.Condition !== "FireDrill")).toEqual([]);
    const home = { "Fn::GetAtt": ["DrillRole", "Arn"] };
    const elsewhere = { "Fn::Sub": expect.stringMatching(/:iam::\$\{DrillAccount\}:role\/portcullis-drill$/) };
    expect(service.template.Resources.GuardLambdaFunction?.Properties).toMatchObject({
      Environment: { Variables: { DRILL_ROLE: { "Fn::If": ["FireDrill", { "Fn::If": ["DrillAtHome", home, elsewhere] }, ""] } } },
    });
  });

  test("runs on Node 24 and arm64", () => {
    for (const id of idsOf("AWS::Lambda::Function")) {
      expect(propertiesOf(LambdaFunction, id)).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
    }
  });

  test("keeps the ledger when it goes, restorable to any second", () => {
    const { Ledger } = service.template.Resources;
    expect(Ledger).toMatchObject({
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    });
  });

  test("deletes logs after a while", () => {
    const groups = idsOf("AWS::Logs::LogGroup").map((id) => service.template.Resources[id]?.Properties);
    expect(groups).toHaveLength(6);
    for (const group of groups) expect(group).toMatchObject({ RetentionInDays: expect.any(Number) });
  });
});

describeOnEmulators("the template to cfn-lint", () => {
  test(
    "is without fault",
    async () => {
      // W3005: osls names dependencies that follow from references anyhow.
      expect(await lint(JSON.stringify(service.template), "W3005")).toBe("");
    },
    START_TIMEOUT_MS,
  );
});
