// biome-ignore-all lint/suspicious/noTemplateCurlyInString: so Fn::Sub names its values.
import { describe, expect, test } from "@jest/globals";
import { planIn } from "../../cli/plans.ts";
import { TemplateError } from "../../lib/cloudformation/template-error.ts";
import { planOfTemplate } from "../support/templates.ts";

const read = (text: string) => () => planOfTemplate(text, "web.yml", {});
const RESOURCES = "Resources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n";

describe("what is no usable template is refused by file and line", () => {
  test.each<[string, string, string | RegExp]>([
    ["nothing", "", 'web.yml:1: found nothing, expected a CloudFormation template: a map with "Resources"'],
    ["a list", "- a\n", 'web.yml:1: found a list, expected a CloudFormation template: a map with "Resources"'],
    ["no resources", "Description: a\n", 'web.yml:1: found no resources, expected a CloudFormation template with some under "Resources"'],
    ["resources that are a list", "Description: a\nResources: []\n", "web.yml:2: found a list under Resources, expected a map"],
    ["neither JSON nor YAML", "{\n  'a': [\n", /^web\.yml:\d: neither JSON nor YAML: /],
    ["two documents", `${RESOURCES}---\na: 1\n`, /^web\.yml:3: neither JSON nor YAML: /],
    ["a doubled resource", `${RESOURCES}  Vpc: { Type: AWS::EC2::VPC }\n`, "web.yml:3: found this key a second time, expected it once"],
    [
      "a doubled property",
      '{"Resources": {"A": {"Type": "x",\n"Type": "y"}}}',
      "web.yml:2: found this key a second time, expected it once",
    ],
    ["a resource that is a text", `${RESOURCES}  A: b\n`, 'web.yml:3: found "b" for resource A, expected a map with "Type"'],
    [
      "a resource without a type",
      `${RESOURCES}  A: {}\n`,
      'web.yml:3: found resource A without "Type", expected one such as AWS::EC2::VPC',
    ],
    [
      "properties that are a list",
      `${RESOURCES}  A:\n    Type: AWS::EC2::VPC\n    Properties: []\n`,
      "web.yml:5: found a list for the properties of A, expected a map",
    ],
    [
      "a reference to nothing",
      `${RESOURCES}  A:\n    Type: AWS::EC2::Subnet\n    Properties:\n      VpcId: !Ref Vcp\n`,
      'web.yml:6: found a reference to Vcp, which is no parameter and no resource: did you mean "Vpc"?',
    ],
    [
      "an attribute of nothing",
      `${RESOURCES}  A:\n    Type: AWS::EC2::Subnet\n    Properties:\n      VpcId:\n        Fn::GetAtt: [Vcp, VpcId]\n`,
      'web.yml:7: found a reference to Vcp, which is no parameter and no resource: did you mean "Vpc"?',
    ],
    [
      "an unknown pseudo parameter",
      `${RESOURCES}  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref "AWS::Regio" } }\n`,
      'web.yml:3: found AWS::Regio, which is no pseudo parameter: did you mean "AWS::Region"?',
    ],
    [
      "a condition that is not there",
      `Conditions:\n  Yes: !Equals [a, a]\n${RESOURCES}  A: { Type: AWS::EC2::Subnet, Properties: { VpcId: !If [Yess, a, b] } }\n`,
      'web.yml:5: found condition Yess, which the template does not have: did you mean "Yes"?',
    ],
    [
      "conditions in a circle",
      `Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\n${RESOURCES}  X: { Type: AWS::EC2::Subnet, Condition: A }\n`,
      "web.yml:3: found that condition A depends on itself, expected no circle",
    ],
    [
      "resources in a circle",
      "Resources:\n  A: { Type: AWS::EC2::SecurityGroup, Properties: { SecurityGroupIngress: [{ SourceSecurityGroupId: !Ref B, IpProtocol: -1 }] } }\n  B: { Type: AWS::EC2::SecurityGroup, DependsOn: C }\n  C: { Type: Custom::C, Properties: { Of: !Sub '${A}' } }\n",
      "web.yml:2: found a circular dependency, A -> B -> C -> A, expected none",
    ],
    [
      "an attribute in a circle",
      "Resources:\n  A: { Type: AWS::EC2::Subnet, Properties: { CidrBlock: !GetAtt B.CidrBlock } }\n  B: { Type: AWS::EC2::Subnet, Properties: { CidrBlock: !GetAtt A.CidrBlock } }\n",
      /^web\.yml:\d: found that [AB]\.CidrBlock depends on itself, expected no circle$/,
    ],
    ["an alias of nothing", `${RESOURCES}  A: *none\n`, /^web\.yml:3: .*none/],
    [
      "too deep nesting",
      `Resources: ${"[".repeat(200)}${"]".repeat(200)}`,
      "web.yml:1: found more than 100 levels, expected a template that is less deep",
    ],
    ["nesting that no parser takes", `Resources: ${"[".repeat(50_000)}`, /^web\.yml:1: /],
    [
      "aliases of aliases without end",
      `a: &a [${"x,".repeat(99)}x]\nb: &b [${"*a,".repeat(99)}*a]\nc: &c [${"*b,".repeat(99)}*b]\nResources: *c\n`,
      "web.yml:1: found more than 500000 values, expected a template of at most 1 MB",
    ],
  ])("%s", (_, text, message) => {
    expect(read(text)).toThrow(TemplateError);
    expect(read(text)).toThrow(message);
  });
});

test("JSON that was read before anybody knew that it is a template, and nests too deeply, is refused", async () => {
  const deep: unknown = JSON.parse(`${"[".repeat(20_000)}${"]".repeat(20_000)}`);
  const template = { AWSTemplateFormatVersion: "2010-09-09", Resources: { Web: { Type: "AWS::EC2::SecurityGroup", Properties: deep } } };
  expect(await planIn(template, "web.json", {})).toEqual({ reason: "found more than 100 levels, expected a template that is less deep" });
});

describe("what other tools write is read", () => {
  test("JSON with tabs and a byte-order mark, and the answer of get-template", () => {
    const template = '{\n\t"Resources": {\n\t\t"Vpc": { "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": "10.0.0.0/16" } }\n\t}\n}';
    const answers = [
      template,
      `\uFEFF${template}`,
      `{"TemplateBody": ${template}}`,
      JSON.stringify({ TemplateBody: RESOURCES, StagesAvailable: ["Original"] }),
    ];
    const vpcs = answers.map((text) => planOfTemplate(text, "web.json", {}).resources.find(({ kind }) => kind === "vpc")?.address);
    expect(vpcs).toEqual(["Vpc", "Vpc", "Vpc", "Vpc"]);
  });

  test("anchors and aliases", () => {
    const text = `Metadata:\n  Block: &block 10.0.0.0/16\nResources:\n  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: *block } }\n`;
    expect(planOfTemplate(text, "web.yml", {}).resources.find(({ kind }) => kind === "vpc")?.facts).toMatchObject({
      cidrs: ["10.0.0.0/16"],
    });
  });
});

describe("what a macro may change", () => {
  const GROUP =
    "  Web: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: a, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 }] } }\n";

  test("is judged as it is written, and never taken for the whole", () => {
    const plan = planOfTemplate(`Transform: [Mine]\nResources:\n${GROUP}`, "web.yml", {});
    expect(plan.resources).toMatchObject([
      { facts: { partial: true, rules: [{ fromPort: 22 }, {}] }, unknown: ["Properties (the macro Mine may change them)"] },
    ]);
    expect(plan.notJudged).toEqual([{ address: "web.yml", needs: "what the macro Mine adds and changes", location: { file: "web.yml" } }]);
  });

  test("by an include among the resources, or in one", () => {
    const plan = planOfTemplate(
      `Resources:\n  Fn::Transform: { Name: AWS::Include, Parameters: { Location: s3://a/b } }\n${GROUP}  Vpc: { Type: AWS::EC2::VPC, Properties: { Fn::Transform: { Name: AWS::Include } } }\n`,
      "web.yml",
      {},
    );
    expect(plan.notJudged).toEqual([
      { address: "Fn::Transform", needs: "what the macro AWS::Include adds", location: { file: "web.yml", line: 2 } },
    ]);
    expect(plan.resources.find(({ kind }) => kind === "vpc")).toMatchObject({
      facts: { partial: true },
      unknown: ["Properties (what the macro AWS::Include makes of it)", expect.stringMatching(/^CidrBlock/)],
    });
  });

  test("of SAM is what SAM knows, and all else is as it is written", () => {
    const plan = planOfTemplate(
      `Transform: AWS::Serverless-2016-10-31\nResources:\n${GROUP}  F: { Type: AWS::Serverless::Function, Properties: { Role: !GetAtt FRole.Arn } }\n`,
      "web.yml",
      {},
    );
    expect(plan.resources).toMatchObject([{ unknown: [], act: "create" }]);
    expect(plan.notJudged).toMatchObject([
      { address: "F", needs: "what the macro AWS::Serverless-2016-10-31 makes of it", location: { line: 4 } },
    ]);
  });

  test("is nothing for the language extensions, whose loops are followed", () => {
    const loop = `Transform: AWS::LanguageExtensions\nParameters:\n  Open: { Type: CommaDelimitedList }\nResources:
  Fn::ForEach::Ports:
    - Port
    - ["22", "443"]
    - Web\${Port}:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupDescription: !Sub "port \${Port}"
          SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, CidrIp: 0.0.0.0/0 }]
  Fn::ForEach::More:
    - Name
    - !Ref Open
    - \${Name}: { Type: AWS::EC2::SecurityGroup }
`;
    const plan = planOfTemplate(loop, "web.yml", {});
    expect(plan.resources).toMatchObject([
      {
        address: "Web22",
        unknown: [],
        facts: { description: "port 22", rules: [{ fromPort: 22, toPort: 22 }, {}] },
        location: { line: 9 },
      },
      { address: "Web443", facts: { rules: [{ fromPort: 443, toPort: 443 }, {}] } },
    ]);
    expect(plan.notJudged).toEqual([
      { address: "Fn::ForEach::More", kind: "security-group", needs: "parameter Open", location: { file: "web.yml", line: 13 } },
    ]);
  });

  test.each([
    ["of a kind, where its types are told", "{ A: { Type: AWS::EC2::RouteTable }, B: { Type: AWS::EC2::Route } }", ["route-table"]],
    ["of what a VPC may be protected by, for the VPC too", "{ A: { Type: AWS::EC2::FlowLog } }", ["flow-log", "vpc"]],
    ["of what is no part of a network, nothing", "{ A: { Type: AWS::S3::Bucket } }", []],
    ["of what holds others, all", "{ A: { Type: AWS::CloudFormation::Stack } }", [undefined]],
    ["of types that the loop tells, all", "{ A: { Type: 'AWS::EC2::${Name}' } }", [undefined]],
    ["in a loop", "{ 'Fn::ForEach::Inner': [Other, [a], { 'A${Other}': { Type: AWS::EC2::Subnet } }] }", ["subnet"]],
  ])("is what a loop over something unknown makes: %s", (_, body, kinds) => {
    const plan = planOfTemplate(
      `Transform: AWS::LanguageExtensions\nParameters: { Open: { Type: CommaDelimitedList } }\nResources: { "Fn::ForEach::All": [Name, !Ref Open, ${body}] }`,
      "web.yml",
      {},
    );
    expect(plan.notJudged.map(({ kind }) => kind)).toEqual(kinds);
  });

  test("is what modules and nested stacks hold", () => {
    const plan = planOfTemplate(
      `${RESOURCES}  M: { Type: Our::Net::Vpc::MODULE }\n  S: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: https://a } }\n`,
      "web.yml",
      {},
    );
    expect(plan.notJudged.map(({ address, needs }) => `${address}: ${needs}`)).toEqual([
      "M: what the module Our::Net::Vpc::MODULE holds",
      "S: the template of the nested stack",
    ]);
  });
});
