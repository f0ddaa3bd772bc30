import { describe, expect, test } from "@jest/globals";
import { type FunctionUse, problemsOf, problemsOfFunctions, type Use } from "../../scripts/permission-use.ts";

const CONTENT = {
  declared: new Set(["ec2:DescribeVpcs", "ec2:CreateTags", "ec2:ModifyVpcBlockPublicAccessOptions"]),
  elsewhere: new Set<string>(),
  emulators: new Set(["ec2:DescribeVpcs"]),
  documented: new Set(["ec2:DescribeVpcs", "ec2:ModifyVpcBlockPublicAccessOptions"]),
  neverCalled: { "ec2:CreateTags": "part of another" },
  notOnEmulators: { "ec2:ModifyVpcBlockPublicAccessOptions": "moto lacks it" },
};
const problems = (changed: Partial<Use>) => problemsOf({ ...CONTENT, ...changed });

describe("permissions and calls", () => {
  test("are one when each is used, or says why not", () => {
    expect(problems({})).toEqual([]);
    const emulators = new Set(["ec2:DescribeVpcs", "sts:AssumeRole"]);
    expect(problems({ emulators, elsewhere: new Set(["sts:AssumeRole"]) })).toEqual([]);
  });

  test.each<[what: string, Partial<Use>, complaint: string]>([
    [
      "a call that no permission allows",
      { emulators: new Set(["ec2:DescribeVpcs", "ec2:DescribeImages"]) },
      "ec2:DescribeImages is called, and no permission allows it",
    ],
    [
      "one on documented answers",
      { documented: new Set([...CONTENT.documented, "rds:DescribeDBClusters"]) },
      "rds:DescribeDBClusters is called, and no permission allows it",
    ],
    ["a permission that no suite uses", { emulators: new Set() }, "ec2:DescribeVpcs is allowed, and no suite on an emulator calls it"],
    [
      "what is tried nowhere",
      { documented: new Set(["ec2:DescribeVpcs"]) },
      "ec2:ModifyVpcBlockPublicAccessOptions is said to be tried on documented answers, and no suite calls it",
    ],
    [
      "what the emulator has by now",
      { emulators: new Set(["ec2:DescribeVpcs", "ec2:ModifyVpcBlockPublicAccessOptions"]) },
      "ec2:ModifyVpcBlockPublicAccessOptions is excused, and is called",
    ],
    [
      "an excuse for a call that is made",
      { emulators: new Set(["ec2:DescribeVpcs", "ec2:CreateTags"]) },
      "ec2:CreateTags is excused, and is called",
    ],
    [
      "an excuse for a permission that is gone",
      { neverCalled: { ...CONTENT.neverCalled, "ec2:DeleteTags": "part of another" } },
      "ec2:DeleteTags is excused, and no permission of that name is declared",
    ],
  ])("%s is told", (_, changed, complaint) => {
    expect(problems(changed)).toEqual([expect.stringContaining(complaint)]);
  });
});

describe("functions and their roles", () => {
  const content = {
    called: new Set(["guard dynamodb:PutItem"]),
    may: new Set(["guard dynamodb:PutItem", "guard ec2:DescribeVpcs", "guard logs:PutLogEvents", "notify sqs:SendMessage"]),
    network: new Set(["ec2:DescribeVpcs"]),
    excused: { "logs:PutLogEvents": "Lambda does", "notify sqs:SendMessage": "seldom" },
  };
  const told = (changed: Partial<FunctionUse>) => problemsOfFunctions({ ...content, ...changed });

  test("are one when each permission is used, or says why not", () => {
    expect(told({})).toEqual([]);
  });

  test("what is called only when something fails is excused, whether something fails or not", () => {
    expect(told({ called: new Set([...content.called, "notify sqs:SendMessage"]) })).toEqual([]);
  });

  test.each<[what: string, changed: Partial<FunctionUse>, complaint: string]>([
    [
      "a call that the role does not allow",
      { called: new Set(["guard dynamodb:PutItem", "guard dynamodb:Scan"]) },
      "guard dynamodb:Scan: is called, and the role",
    ],
    ["a permission that is not used", { called: new Set() }, "guard dynamodb:PutItem: is allowed, and no suite"],
    [
      "the excuse of one function, for another",
      { may: new Set([...content.may, "digest sqs:SendMessage"]) },
      "digest sqs:SendMessage: is allowed, and no suite",
    ],
    ["an excuse for what nobody may", { excused: { ...content.excused, "ssm:GetParameter": "seldom" } }, "ssm:GetParameter: is excused"],
  ])("%s is told", (_, changed, complaint) => {
    expect(told(changed)).toEqual([expect.stringContaining(complaint)]);
  });
});
