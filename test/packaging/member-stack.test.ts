import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod/mini";
import { ACTS, changesBy } from "../../lib/aws/permissions.ts";
import { remediesAskedBy, undoing } from "../../lib/guard/acting/asked-remedies.ts";
import { loadPolicy } from "../../lib/policy/load.ts";
import { RULES } from "../../lib/rules/index.ts";
import { memberStack } from "../../scripts/member-stack.ts";
import { policy } from "../policy/policies.ts";
import { lint } from "../support/cfn-lint.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { ONLY_ON_ALL_RESOURCES } from "../support/iam.ts";
import { deployed, MEMBER, roleOf } from "../support/member-stack.ts";

const ROOT = join(import.meta.dirname, "../..");
const DEFAULT = readFileSync(join(ROOT, "stacks/member.yml"), "utf8");
const STRICT = memberStack(loadPolicy(join(ROOT, "examples/strict.yml")));
/** More than any policy asks for: every rule with every remedy, in a scope for each. */
const ALL = memberStack(policy(`mode: enforce\nscopes:\n${[0, 1].map(scopeWithChoice).join("\n")}`));
const TEMPLATES = { "portcullis.yml": DEFAULT, "examples/strict.yml": STRICT, "all remedies": ALL };

function scopeWithChoice(nth: number): string {
  const verbs = RULES.map(({ meta }) => [meta.id, [...new Set(meta.remedies.map((kind) => kind.split("-")[0]))]] as const);
  const chosen = verbs.flatMap(([id, [first, second]]) =>
    first === undefined ? [] : [`${id}: { remedy: ${(nth === 0 ? first : second) ?? first} }`],
  );
  return `  - { when: { regions: [eu-west-${nth + 1}] }, rules: { ${chosen.join(", ")} } }`;
}

const READS = /^(ec2:(Describe|Get)|rds:Describe|route53resolver:List)/;

describe.each(Object.entries(TEMPLATES))("the member stack for %s", (_, text) => {
  const stack = deployed(text);
  const roles = ["MemberRole", "ForwardRole", "DrillRole"].map((id) => [id, roleOf(stack, id)] as const);

  test.each(roles)("%s may do nothing by a wildcard, and nothing on all resources that can be told apart", (_id, { statements }) => {
    expect(statements.flatMap(({ Action }) => Action).filter((action) => !/^[a-z0-9]+:[A-Za-z0-9]+$/.test(action))).toEqual([]);
    const onAll = statements.filter(({ Resource }) => Resource.some((one) => one === "*"));
    expect(onAll.flatMap(({ Action }) => Action).filter((action) => !ONLY_ON_ALL_RESOURCES.has(action))).toEqual([]);
  });

  test.each(roles)("%s is of this account alone, but for prefix lists that others share", (_id, { statements }) => {
    const arns = statements.flatMap(({ Resource }) => Resource).filter((one) => one !== "*" && one !== MEMBER.HubBusArn);
    const elsewhere = arns.filter((arn) => !String(arn).includes(`:${MEMBER["AWS::AccountId"]}:`));
    expect(new Set(elsewhere)).toEqual(new Set(_id === "MemberRole" ? ["arn:aws:ec2:*:*:prefix-list/*"] : []));
  });

  test.each(roles)("%s fits into the 10,240 characters that IAM gives the inline policies of a role", (_id, { Policies }) => {
    const written = z
      .array(z.unknown())
      .parse(Policies)
      .map((one) => JSON.stringify(z.object({ PolicyDocument: z.unknown() }).parse(one).PolicyDocument));
    expect(written.join("").length).toBeLessThanOrEqual(10_240);
  });

  test("fits into the 51,200 bytes that CloudFormation takes of a template without a bucket", () => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(51_200);
  });

  test("gives statements names that are unique within a policy", () => {
    for (const [, { Policies }] of roles)
      for (const { PolicyDocument } of Policies) {
        const names = PolicyDocument.Statement.map(({ Sid }) => Sid);
        expect([...new Set(names)]).toEqual(names);
      }
  });

  test("read-only, lets the hub change nothing", () => {
    const reading = roleOf(deployed(text, { Mode: "read-only" }), "MemberRole");
    expect(reading.actions.filter((action) => !READS.test(action))).toEqual([]);
    expect(reading.actions).toEqual(roleOf(stack, "MemberRole").actions.filter((action) => READS.test(action)));
  });
});

describe("what the hub may do", () => {
  const changing = (text: string) => roleOf(deployed(text), "MemberRole").actions.filter((action) => !READS.test(action));

  test("under the default policy is to revoke ingress, and to put it back", () => {
    expect(changing(DEFAULT)).toEqual(["ec2:AuthorizeSecurityGroupIngress", "ec2:CreateTags", "ec2:RevokeSecurityGroupIngress"]);
  });

  test("under a policy that only tells is nothing: there is no policy without statements", () => {
    const role = roleOf(deployed(memberStack(policy("rules: { no-public-ingress: { remedy: none } }"))), "MemberRole");
    expect(role.Policies.map(({ PolicyName }) => PolicyName)).toEqual(["read"]);
  });

  test("under any policy is what its remedies and their inverses take, and no more", () => {
    const strict = loadPolicy(join(ROOT, "examples/strict.yml"));
    const asked = remediesAskedBy(strict);
    expect(changing(STRICT)).toEqual([...new Set(changesBy([...asked, ...undoing(asked)]).map(({ action }) => action))].sort());
    const never = ["request-peering", "create-exclusion"] as const;
    const ever = Object.entries(ACTS).filter(([kind]) => !never.some((one) => one === kind));
    expect(changing(ALL)).toEqual([...new Set(ever.flatMap(([, { changes }]) => changes.map(({ action }) => action)))].sort());
  });

  test("tags only rules, and only while it makes them", () => {
    const tagging = roleOf(deployed(ALL), "MemberRole").statements.filter(({ Action }) => Action.includes("ec2:CreateTags"));
    expect(tagging).toEqual([
      expect.objectContaining({
        Resource: ["arn:aws:ec2:*:444455556666:security-group-rule/*"],
        Condition: { StringEquals: { "ec2:CreateAction": ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"] } },
      }),
    ]);
  });
});

describe("who may take on", () => {
  const stack = deployed(DEFAULT);
  const trusting = (...hubRoles: string[]) => [
    {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:root" },
      Action: "sts:AssumeRole",
      Condition: {
        ArnEquals: { "aws:PrincipalArn": hubRoles.map((role) => `arn:aws:iam::111122223333:role/portcullis-prod-${role}`) },
        StringEquals: { "sts:ExternalId": MEMBER.ExternalId },
      },
    },
  ];

  test("the member role: three roles of the hub, who say the external id", () => {
    expect(roleOf(stack, "MemberRole")).toMatchObject({ RoleName: "portcullis-member", trust: trusting("guard", "respond", "sweep") });
  });

  test("the drill role: the drill of the hub, who says it too", () => {
    expect(roleOf(stack, "DrillRole")).toMatchObject({ RoleName: "portcullis-drill", trust: trusting("drill") });
  });

  test("the role that forwards: EventBridge, for rules of this account", () => {
    const role = roleOf(stack, "ForwardRole");
    expect(role.trust).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "444455556666" } },
      },
    ]);
    expect(role).toMatchObject({ RoleName: "portcullis-forward", actions: ["events:PutEvents"] });
    expect(role.statements.flatMap(({ Resource }) => Resource)).toEqual([MEMBER.HubBusArn]);
  });
});

test("a drill works on groups that it made itself, in its VPC", () => {
  const [group, vpc] = ["arn:aws:ec2:*:444455556666:security-group/*", `arn:aws:ec2:*:444455556666:vpc/${MEMBER.DrillVpc}`];
  const { statements } = roleOf(deployed(DEFAULT), "DrillRole");
  const on = (action: string) =>
    statements.filter(({ Action }) => Action.includes(action)).map(({ Resource, Condition }) => [Resource[0], Condition]);
  const own = { StringEquals: { "aws:ResourceTag/portcullis:drill": "true" }, ArnLike: { "ec2:Vpc": vpc } };
  expect(on("ec2:RevokeSecurityGroupIngress")).toEqual([[group, own]]);
  expect(on("ec2:AuthorizeSecurityGroupIngress")).toEqual([
    [group, own],
    ["arn:aws:ec2:*:444455556666:security-group-rule/*", undefined],
  ]);
  const tagged = { "aws:RequestTag/portcullis:drill": "true" };
  expect(on("ec2:CreateSecurityGroup")).toEqual([
    [vpc, undefined],
    [group, { StringEquals: tagged }],
  ]);
  expect(on("ec2:CreateTags")).toEqual([[group, { StringEquals: { ...tagged, "ec2:CreateAction": "CreateSecurityGroup" } }]]);
  expect(statements.flatMap(({ Action }) => Action).filter((action) => /Egress|ModifySecurityGroup|Delete/.test(action))).toEqual([]);
});

describe("where a part stands", () => {
  const types = (parameters: Parameters<typeof deployed>[1]) =>
    [...new Set(Object.entries(deployed(DEFAULT, parameters)).map(([id, { Type }]) => (Type === "AWS::IAM::Role" ? id : Type)))].sort();
  const FORWARDING = ["AWS::Events::Rule", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy"];

  test("roles in the home region, what forwards in every region", () => {
    expect(types({})).toEqual([...FORWARDING, "DrillRole", "ForwardRole", "MemberRole"]);
    expect(types({ "AWS::Region": "us-east-1" })).toEqual(FORWARDING);
  });

  test("no role for drills without a VPC for them", () => {
    expect(types({ DrillVpc: "" })).toEqual([...FORWARDING, "ForwardRole", "MemberRole"]);
  });

  test("nothing that forwards where the hub hears the calls itself, and only there", () => {
    const hub = { "AWS::AccountId": MEMBER.HubAccountId, "AWS::Region": MEMBER.HubRegion };
    expect(types(hub)).toEqual([]);
    expect(types({ ...hub, HomeRegion: MEMBER.HubRegion })).toEqual(["DrillRole", "ForwardRole", "MemberRole"]);
    expect(types({ ...hub, "AWS::Region": "eu-west-3" })).toEqual(FORWARDING);
    expect(types({ ...hub, "AWS::AccountId": "444455556666" })).toEqual(FORWARDING);
  });
});

describe("what is forwarded", () => {
  const Rule = z.looseObject({ Type: z.literal("AWS::Events::Rule"), Properties: z.looseObject({ Targets: z.array(z.unknown()) }) });
  const rulesOf = (resources: object) =>
    Object.entries(resources).flatMap(([id, resource]) => {
      const { success, data } = Rule.safeParse(resource);
      return success ? [[id, data.Properties] as const] : [];
    });
  const hub = rulesOf(
    z.object({ Resources: z.looseObject({}) }).parse(parse(readFileSync(join(ROOT, "stacks/changes.yml"), "utf8"))).Resources,
  );
  const member = rulesOf(deployed(DEFAULT, { "AWS::Region": "us-east-1" }));

  test("is what the hub hears in its own account, in the same patterns and states", () => {
    const heard = (rules: typeof hub) => rules.map(([id, { Targets: _, ...rest }]) => [id, rest]);
    expect(heard(member)).toEqual(heard(hub));
    expect(member.length).toBeGreaterThan(5);
  });

  test("goes to the hub's bus, or to a queue of this account when it cannot", () => {
    for (const [, { Targets }] of member) {
      expect(Targets).toEqual([
        {
          Id: "hub",
          Arn: MEMBER.HubBusArn,
          RoleArn: "arn:aws:iam::444455556666:role/portcullis-forward",
          DeadLetterConfig: { Arn: { "Fn::GetAtt": ["ForwardDeadLetters", "Arn"] } },
        },
      ]);
    }
    // At home the role is made by the same stack, and before the rules.
    for (const [, { Targets }] of rulesOf(deployed(DEFAULT))) {
      expect(Targets).toMatchObject([{ RoleArn: { "Fn::GetAtt": ["ForwardRole", "Arn"] } }]);
    }
    const { ForwardDeadLetters, ForwardDeadLettersPolicy } = deployed(DEFAULT);
    expect(ForwardDeadLetters?.Properties).toEqual({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
    expect(ForwardDeadLettersPolicy?.Properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          {
            Principal: { Service: "events.amazonaws.com" },
            Action: "sqs:SendMessage",
            Condition: { ArnEquals: { "aws:SourceArn": member.map(([id]) => ({ "Fn::GetAtt": [id, "Arn"] })) } },
          },
        ],
      },
    });
  });
});

test("the version of the template is told by the role and by the stack, and follows what the role may do", () => {
  const versionOf = (text: string) => {
    const { Outputs } = z.looseObject({ Outputs: z.looseObject({ TemplateVersion: z.object({ Value: z.string() }) }) }).parse(parse(text));
    const { Tags } = z.looseObject({ Tags: z.unknown() }).parse(deployed(text).MemberRole?.Properties);
    expect(Tags).toEqual([{ Key: "portcullis:template", Value: Outputs.TemplateVersion.Value }]);
    return Outputs.TemplateVersion.Value;
  };
  expect(versionOf(DEFAULT)).toMatch(/^[0-9a-f]{12}$/);
  expect(versionOf(DEFAULT)).toBe(versionOf(memberStack(policy("mode: enforce"))));
  expect(versionOf(STRICT)).not.toBe(versionOf(DEFAULT));
});

describeOnEmulators("the member stack to cfn-lint", () => {
  test.each(Object.entries(TEMPLATES))("is without fault for %s", async (_, text) => expect(await lint(text)).toBe(""), START_TIMEOUT_MS);
});
