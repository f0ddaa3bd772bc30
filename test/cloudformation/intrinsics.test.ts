// biome-ignore-all lint/suspicious/noTemplateCurlyInString: so Fn::Sub and Fn::ForEach name their values.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { evaluate, evaluateCondition } from "../../lib/cloudformation/intrinsics.ts";
import { Source } from "../../lib/cloudformation/source.ts";
import { type Deployment, Stack } from "../../lib/cloudformation/stack.ts";
import { templateOf } from "../../lib/cloudformation/template.ts";
import { NotKnown, notKnownIn, type Value } from "../../lib/cloudformation/value.ts";

const TEMPLATE = `
Transform: AWS::LanguageExtensions
Parameters:
  Given: { Type: String, Default: given }
  Open: { Type: String }
  Many: { Type: CommaDelimitedList, Default: "a, b ,c" }
  Secret: { Type: "AWS::SSM::Parameter::Value<String>", Default: /a/path }
Mappings:
  Zones: { eu-west-1: { Cidr: 10.1.0.0/16 } }
Conditions:
  Yes: !Equals [!Ref Given, given]
  No: !Not [!Condition Yes]
  Perhaps: !Equals [!Ref Open, x]
  NeverMind: !And [!Condition No, !Condition Perhaps]
  Surely: !Or [!Condition Yes, !Condition Perhaps]
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Web: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc } }
  Gone: { Type: AWS::EC2::SecurityGroup, Condition: No }
  Address: { Type: AWS::EC2::EIP }
`;

function stack(deployment: Deployment = { region: "eu-west-1", account: "111122223333", stack: "web" }): Stack {
  return new Stack(templateOf(new Source(TEMPLATE, "template.yml").value, "template.yml"), deployment);
}

function evaluated(yaml: string, deployment?: Deployment): Value | undefined {
  return evaluate(new Source(yaml, "value.yml").value, stack(deployment));
}

describe("what is known", () => {
  test.each([
    ["!Ref Given", "given"],
    ["!Ref Many", ["a", "b", "c"]],
    ["!Ref AWS::Region", "eu-west-1"],
    ["!Ref AWS::AccountId", "111122223333"],
    ["!Ref AWS::StackName", "web"],
    ["!Ref Vpc", "vpc-(web/Vpc)"],
    ["!GetAtt Web.GroupId", "sg-(web/Web)"],
    ["!GetAtt [Web, VpcId]", "vpc-(web/Vpc)"],
    ["!GetAtt Vpc.CidrBlock", "10.0.0.0/16"],
    ["!GetAtt Vpc.DefaultSecurityGroup", "sg-(web/Vpc%20%28default%20group%29)"],
    ["!Sub '${Given}-${AWS::Region}-${!Literal}-${Web.GroupId}'", "given-eu-west-1-${Literal}-sg-(web/Web)"],
    ["!Sub ['${A}/${Given}', { A: !Ref AWS::AccountId }]", "111122223333/given"],
    ["!Join ['', [com.amazonaws., !Ref 'AWS::Region', .s3]]", "com.amazonaws.eu-west-1.s3"],
    ["!Select [1, !Ref Many]", "b"],
    ["!Select ['2', !Split ['-', a-b-c]]", "c"],
    ["!FindInMap [Zones, !Ref 'AWS::Region', Cidr]", "10.1.0.0/16"],
    ["!FindInMap [Zones, elsewhere, Cidr, { DefaultValue: none }]", "none"],
    ["!Base64 abc", "YWJj"],
    ["!Length [1, 2]", 2],
    ["!ToJsonString { a: [1] }", '{"a":[1]}'],
    ["!If [Yes, a, b]", "a"],
    ["!If [No, a, b]", "b"],
    ["!If [Perhaps, a, a]", "a"],
    ["[a, !If [No, b, !Ref AWS::NoValue], c]", ["a", "c"]],
    ["{ a: !Ref AWS::NoValue, b: 1 }", { b: 1 }],
    ["[!Select [0, [a, !Ref Open]]]", ["a"]],
    [
      "!Cidr [192.168.0.0/24, 6, 5]",
      ["192.168.0.0/27", "192.168.0.32/27", "192.168.0.64/27", "192.168.0.96/27", "192.168.0.128/27", "192.168.0.160/27"],
    ],
    ["!Cidr ['2001:db8::/56', 2, 64]", ["2001:db8::/64", "2001:db8:0:1::/64"]],
    ["{ 'Fn::ForEach::Ports': [Port, ['80', '443'], { 'P${Port}': !Sub 'tcp ${Port}' }] }", { P80: "tcp 80", P443: "tcp 443" }],
    ["012345678901", "012345678901"],
  ])("%s", (yaml, expected) => {
    expect(evaluated(yaml)).toEqual(expected);
  });
});

describe("what is not known", () => {
  test.each([
    ["!Ref Open", "parameter Open"],
    ["!Ref Secret", "parameter Secret, which SSM holds"],
    ["!Ref Address", "what AWS gives Address"],
    ["!GetAtt Web.Other", "what AWS gives Web.Other"],
    ["!Ref Gone", "Gone, which condition No leaves out"],
    ["!Ref AWS::StackId", "AWS::StackId"],
    ["!Sub 'a-${Open}'", "parameter Open"],
    ["!Join [',', [a, !Ref Open]]", "parameter Open"],
    ["!If [Perhaps, a, b]", "condition Perhaps: parameter Open"],
    ["!If [Yes, !Ref Open, b]", "parameter Open"],
    ["!Select [0, !GetAZs '']", "the availability zones of the region"],
    ["!Select [1, [!If [Perhaps, a, !Ref AWS::NoValue], b]]", "condition Perhaps: parameter Open"],
    ["!Select [9, !Ref Many]", "what Fn::Select gives for a value that it does not take"],
    ["!ImportValue net-vpc", "export net-vpc of another stack"],
    ["'{{resolve:ssm:/a/b}}'", "a dynamic reference"],
    ["!Join ['', ['{{resolve:ssm:', /a, '}}']]", "a dynamic reference"],
    ["!Cidr [10.0.0.0/28, 9, 4]", "what Fn::Cidr gives for a value that it does not take"],
    ["!Transform { Name: Mine, Parameters: {} }", "what the macro Mine makes of it"],
    ["{ a: 1, 'Fn::Transform': { Name: AWS::Include } }", "what the macro AWS::Include makes of it"],
    ["!Surprise 1", "what Fn::Surprise gives, which is not known here"],
    ["{ 'Fn::ForEach::Ports': [Port, !Ref Open, { 'P${Port}': 1 }] }", "parameter Open"],
  ])("%s", (yaml, why) => {
    expect(evaluated(yaml)).toEqual(new NotKnown(why));
  });

  test("without a region, what depends on it", () => {
    expect(evaluated("!Ref AWS::Region", {})).toEqual(new NotKnown("the region"));
    expect(evaluated("!Ref AWS::Partition", {})).toEqual(new NotKnown("the region"));
    expect(evaluated("!Ref AWS::Partition", { region: "cn-north-1" })).toBe("aws-cn");
  });

  test("conditions are three-valued", () => {
    const names = stack();
    expect(["Yes", "No", "NeverMind", "Surely"].map((name) => names.condition(name, {}))).toEqual([true, false, false, true]);
    expect(names.condition("Perhaps", {})).toEqual(new NotKnown("parameter Open"));
  });

  test("a parameter that is given is known, and a list as a list", () => {
    const parameters = (name: string) => ({ Open: "x", Many: "d,e", Secret: "s" })[name];
    expect(evaluated("[!Ref Open, !Ref Secret, !If [Perhaps, yes, no]]", { parameters })).toEqual(["x", "s", "yes"]);
    expect(evaluated("!Ref Many", { parameters })).toEqual(["d", "e"]);
  });
});

// Values as templates may write them, with parameter Open here and there.
const { value: anyValue } = fc.letrec<{ value: Value; condition: Value }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Value>({ Condition: "Yes" }, { Condition: "No" }, { Condition: "Perhaps" }),
    fc.array(tie("condition"), { minLength: 1, maxLength: 3 }).map((terms): Value => ({ "Fn::And": terms })),
    fc.array(tie("condition"), { minLength: 1, maxLength: 3 }).map((terms): Value => ({ "Fn::Or": terms })),
    tie("condition").map((term): Value => ({ "Fn::Not": [term] })),
    fc.tuple(tie("value"), tie("value")).map((pair): Value => ({ "Fn::Equals": pair })),
  ),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Value>(
      "a",
      "x",
      1,
      { Ref: "Open" },
      { Ref: "Given" },
      { Ref: "Many" },
      { Ref: "AWS::NoValue" },
      { Ref: "Vpc" },
      { "Fn::Sub": "b-${Open}" },
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("k", "l"), tie("value")),
    fc.tuple(fc.constantFrom("Yes", "No", "Perhaps"), tie("value"), tie("value")).map((args): Value => ({ "Fn::If": args })),
    fc.array(tie("value"), { maxLength: 3 }).map((parts): Value => ({ "Fn::Join": ["-", parts] })),
    fc.tuple(fc.nat({ max: 2 }), fc.array(tie("value"), { maxLength: 3 })).map((args): Value => ({ "Fn::Select": args })),
    tie("value").map((text): Value => ({ "Fn::Split": ["-", text] })),
    tie("value").map((list): Value => ({ "Fn::Length": list })),
    tie("value").map((text): Value => ({ "Fn::Base64": text })),
  ),
}));

describe("any value", () => {
  test("evaluated twice is what it is evaluated once", () => {
    const names = stack();
    fc.assert(
      fc.property(anyValue, (value) => {
        const once = evaluate(value, names) ?? null;
        expect(evaluate(once, names)).toEqual(once);
      }),
    );
  });

  test("that is known while a parameter is not, is the same whatever the parameter turns out to be", () => {
    const open = stack();
    fc.assert(
      fc.property(anyValue, fc.constantFrom("x", "a", "given", "-", "a-b"), (value, given) => {
        const before = evaluate(value, open);
        fc.pre(notKnownIn(before) === undefined);
        const after = evaluate(value, stack({ ...open.deployment, parameters: (name) => (name === "Open" ? given : undefined) }));
        expect(after).toEqual(before);
      }),
      { numRuns: 1000 },
    );
  });

  test("a condition that is decided while a parameter is not known stays so", () => {
    const open = stack();
    fc.assert(
      fc.property(anyValue, anyValue, fc.constantFrom("x", "a", "given"), (a, b, given) => {
        const condition: Value = { "Fn::Or": [{ Condition: "Perhaps" }, { "Fn::Not": [{ "Fn::Equals": [a, b] }] }] };
        const before = evaluateCondition(condition, open);
        fc.pre(!(before instanceof NotKnown));
        const after = evaluateCondition(
          condition,
          stack({ ...open.deployment, parameters: (name) => (name === "Open" ? given : undefined) }),
        );
        expect(after).toBe(before);
      }),
    );
  });
});
