import { describe, expect, test } from "@jest/globals";
import { problemsOf, type Use } from "../../scripts/permission-use.ts";

const CONTENT = {
  declared: new Set(["ec2:DescribeVpcs", "ec2:CreateTags", "ec2:ModifyVpcBlockPublicAccessOptions"]),
  emulators: new Set(["ec2:DescribeVpcs"]),
  documented: new Set(["ec2:DescribeVpcs", "ec2:ModifyVpcBlockPublicAccessOptions"]),
  neverCalled: { "ec2:CreateTags": "part of another" },
  notOnEmulators: { "ec2:ModifyVpcBlockPublicAccessOptions": "moto lacks it" },
};
const problems = (changed: Partial<Use>) => problemsOf({ ...CONTENT, ...changed });

describe("permissions and calls", () => {
  test("are one when each is used, or says why not", () => {
    expect(problems({})).toEqual([]);
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
