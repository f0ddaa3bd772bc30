import { describe, expect, test } from "@jest/globals";
import { readSourceName } from "../../lib/policy/source-name.ts";

describe("the name of a policy's source", () => {
  test.each([
    ["ssm:/portcullis/policy", { kind: "ssm", parameter: "/portcullis/policy" }],
    ["ssm:policy.yml", { kind: "ssm", parameter: "policy.yml" }],
    ["s3://company-policies/net/portcullis.yml", { kind: "s3", bucket: "company-policies", key: "net/portcullis.yml" }],
    ["appconfig:net guard/prod/policy", { kind: "appconfig", application: "net guard", environment: "prod", profile: "policy" }],
  ])("%s", (name, source) => expect(readSourceName(name)).toEqual(source));

  test.each([
    "portcullis.yml",
    "ssm:",
    "ssm:/a/*",
    "s3://bucket",
    "s3://Bucket/key",
    "s3://bucket/*",
    "appconfig:a/b",
    "appconfig:a/b/c/d",
    "ssm:/a b",
  ])("%s is refused with the forms that are understood", (name) =>
    expect(() => readSourceName(name)).toThrow(
      `the source of the policy is "${name}": expected ssm:/portcullis/policy, s3://bucket/key or appconfig:`,
    ),
  );
});
