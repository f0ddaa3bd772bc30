import { describe, expect, test } from "@jest/globals";
import { planOfChangeSet } from "../../lib/cloudformation/change-set.ts";
import { TemplateError } from "../../lib/cloudformation/template-error.ts";
import type { Plan } from "../../lib/planned/plan.ts";
import { AFTER_APPLY, changeSet } from "../support/change-set.ts";
import { resourceIn, rulesIn } from "../support/templates.ts";

const TEMPLATE = {
  file: "web.yml",
  text: `
Parameters:
  From: { Type: String }
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Web: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: web } }
  Same: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: same } }
  Ssh: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref Web, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref From } }
`,
};

const acts = ({ resources }: Plan) =>
  resources
    .filter(({ address }) => !address.includes("("))
    .map(({ address, act }) => `${act} ${address}`)
    .sort();

describe("a change set with its template", () => {
  test("tells what is made, changed and replaced, and what stays is context", () => {
    const changes = [
      { Action: "Add", LogicalResourceId: "Ssh", ResourceType: "AWS::EC2::SecurityGroupIngress" },
      {
        Action: "Modify",
        LogicalResourceId: "Web",
        ResourceType: "AWS::EC2::SecurityGroup",
        PhysicalResourceId: "sg-0abc",
        Replacement: "False",
      },
    ];
    const plan = planOfChangeSet(changeSet(changes), TEMPLATE, {});
    expect(plan).toMatchObject({ account: "111122223333", region: "eu-west-1", notJudged: [] });
    expect(acts(plan)).toEqual(["none web/Same", "none web/Vpc", "update web/Web"]);
    expect(resourceIn(plan, "security-group", "web/Web").facts).toMatchObject({ id: "sg-0abc", vpc: "vpc-(web/Vpc)" });
    expect(rulesIn(plan, "web/Web")).toContain("tcp 22 from 0.0.0.0/0");
    expect(resourceIn(plan, "security-group", "web/Web").before).toBeUndefined();
  });

  test("gives what is replaced a new id", () => {
    const changes = [
      {
        Action: "Modify",
        LogicalResourceId: "Web",
        ResourceType: "AWS::EC2::SecurityGroup",
        PhysicalResourceId: "sg-0abc",
        Replacement: "True",
      },
    ];
    expect(resourceIn(planOfChangeSet(changeSet(changes), TEMPLATE, {}), "security-group", "web/Web")).toMatchObject({
      act: "replace",
      facts: { id: "sg-(web/Web)" },
    });
  });

  test("changes a group by a rule beside it, though the group itself stays", () => {
    const changes = [{ Action: "Add", LogicalResourceId: "Ssh", ResourceType: "AWS::EC2::SecurityGroupIngress" }];
    expect(acts(planOfChangeSet(changeSet(changes), TEMPLATE, {}))).toEqual(["none web/Same", "none web/Vpc", "update web/Web"]);
  });

  test("knows no parameter that is hidden", () => {
    const changes = [{ Action: "Add", LogicalResourceId: "Ssh", ResourceType: "AWS::EC2::SecurityGroupIngress" }];
    const Parameters = [{ ParameterKey: "From", ParameterValue: "****" }];
    const plan = planOfChangeSet(changeSet(changes, { Parameters }), TEMPLATE, {});
    expect(resourceIn(plan, "security-group", "web/Web").unknown).toEqual(["CidrIp of web/Ssh (parameter From, which is hidden)"]);
  });

  test("does not tell what may happen to a resource that it calls dynamic", () => {
    const changes = [{ Action: "Dynamic", LogicalResourceId: "Same", ResourceType: "AWS::EC2::SecurityGroup" }];
    expect(planOfChangeSet(changeSet(changes), TEMPLATE, {}).notJudged).toMatchObject([
      { address: "web/Same", location: { file: "web.yml", line: 7 } },
    ]);
  });
});

describe("a change set with property values", () => {
  const OPEN = {
    VpcId: "vpc-0abc",
    GroupDescription: "web",
    SecurityGroupIngress: [{ IpProtocol: "tcp", FromPort: "22", ToPort: "22", CidrIp: "0.0.0.0/0" }],
  };
  const CLOSED = { VpcId: "vpc-0abc", GroupDescription: "web" };
  const web = { LogicalResourceId: "Web", ResourceType: "AWS::EC2::SecurityGroup", PhysicalResourceId: "sg-0abc", Replacement: "False" };

  test("needs no template: how a group was and will be is told", () => {
    const plan = planOfChangeSet(changeSet([{ ...web, Action: "Modify", before: CLOSED, after: OPEN }]), undefined, {});
    expect(resourceIn(plan, "security-group", "web/Web")).toMatchObject({
      act: "update",
      facts: { id: "sg-0abc", vpc: "vpc-0abc", rules: [{ fromPort: 22 }, { direction: "egress" }] },
      before: { id: "sg-0abc", rules: [{ direction: "egress" }] },
    });
    expect(plan.notJudged).toEqual([]);
  });

  test("tells what goes", () => {
    const log = { LogicalResourceId: "Log", ResourceType: "AWS::EC2::FlowLog", PhysicalResourceId: "fl-0abc" };
    const plan = planOfChangeSet(
      changeSet([{ ...log, Action: "Remove", before: { ResourceId: "vpc-0abc", TrafficType: "ALL" } }]),
      undefined,
      {},
    );
    expect(plan.resources).toMatchObject([
      { kind: "flow-log", act: "delete", address: "web/Log", facts: { id: "fl-0abc", resource: "vpc-0abc" } },
    ]);
  });

  test("a rule beside a group that goes changes the group", () => {
    const ssh = { LogicalResourceId: "Old", ResourceType: "AWS::EC2::SecurityGroupIngress", PhysicalResourceId: "sgr-1" };
    const before = { GroupId: "sg-0abc", IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "0.0.0.0/0" };
    const plan = planOfChangeSet(
      changeSet([
        { ...ssh, Action: "Remove", before },
        { ...web, Action: "Modify", before: CLOSED, after: CLOSED },
      ]),
      undefined,
      {},
    );
    expect(resourceIn(plan, "security-group", "web/Web")).toMatchObject({
      act: "update",
      before: { rules: [{ direction: "egress" }, { fromPort: 22 }] },
    });
  });

  test("leaves open what only the deployment tells, unless the template refers to it", () => {
    const after = { GroupId: AFTER_APPLY, IpProtocol: "tcp", FromPort: "22", ToPort: "22", CidrIp: "0.0.0.0/0" };
    const changes = changeSet([{ Action: "Add", LogicalResourceId: "Ssh", ResourceType: "AWS::EC2::SecurityGroupIngress", after }]);
    expect(planOfChangeSet(changes, undefined, {}).resources).toMatchObject([
      {
        act: "update",
        address: "web/Ssh",
        facts: { rules: [{ fromPort: 22 }], partial: true },
        unknown: [],
      },
    ]);
    expect(rulesIn(planOfChangeSet(changes, TEMPLATE, {}), "web/Web")).toContain("tcp 22 from 0.0.0.0/0");
  });

  test("tells what the template leaves open, and the ids of what stays", () => {
    const template = { file: "web.yml", text: TEMPLATE.text.replace("GroupDescription: web", "GroupDescription: !ImportValue about") };
    const plan = planOfChangeSet(changeSet([{ ...web, Action: "Modify", before: CLOSED, after: CLOSED }]), template, {});
    expect(resourceIn(plan, "security-group", "web/Web")).toMatchObject({ unknown: [], facts: { vpc: "vpc-0abc", description: "web" } });
    expect(resourceIn(plan, "vpc", "web/Vpc").facts.id).toBe("vpc-0abc");
  });

  test("tells what goes even where it does not tell what it was, but for what opens nothing", () => {
    const gone = (LogicalResourceId: string, ResourceType: string) => ({ Action: "Remove", LogicalResourceId, ResourceType });
    const changes = [gone("Log", "AWS::EC2::FlowLog"), gone("Rule", "AWS::EC2::SecurityGroupIngress"), gone("Bucket", "AWS::S3::Bucket")];
    expect(planOfChangeSet(changeSet(changes), TEMPLATE, {}).notJudged).toMatchObject([
      { address: "web/Log", kind: "vpc", needs: expect.stringContaining("--include-property-values") },
    ]);
  });

  test("asks nothing about what is no part of a network, and about what may be", () => {
    const added = (LogicalResourceId: string, ResourceType: string) => ({ Action: "Add", LogicalResourceId, ResourceType });
    const plan = planOfChangeSet(
      changeSet([added("Bucket", "AWS::S3::Bucket"), added("Inner", "AWS::CloudFormation::Stack")]),
      undefined,
      {},
    );
    expect(plan.notJudged).toMatchObject([{ address: "web/Inner", needs: "the template of the nested stack" }]);
  });

  test("without them and without a template is not judged", () => {
    const plan = planOfChangeSet(changeSet([{ ...web, Action: "Modify" }]), undefined, {});
    expect(plan.resources).toEqual([]);
    expect(plan.notJudged).toMatchObject([{ address: "web/Web", needs: expect.stringContaining("--include-property-values") }]);
  });
});

describe("what is no change set", () => {
  test.each<[string, string, string]>([
    ["another document", "{}", "change-set.json: found no change set (Changes: "],
    [
      "one that is being made",
      changeSet([], { Status: "CREATE_IN_PROGRESS" }).text,
      "change-set.json: found a change set that is CREATE_IN_PROGRESS, expected CREATE_COMPLETE",
    ],
    [
      "a page of one",
      changeSet([], { NextToken: "abc" }).text,
      "change-set.json: found one page of a change set, expected all of its changes",
    ],
  ])("%s", (_, text, message) => {
    const read = () => planOfChangeSet({ file: "change-set.json", text }, undefined, {});
    expect(read).toThrow(TemplateError);
    expect(read).toThrow(message);
  });
});
