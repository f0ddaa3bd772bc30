import { describe, expect, test } from "@jest/globals";
import { calledAction } from "./called-action.ts";

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=testing/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=none`,
});

describe("the action that a request calls", () => {
  test("is a parameter of a form", () => {
    const body = "Action=DescribeVpcs&Version=2016-11-15";
    expect(calledAction({ method: "POST", url: "/", headers: signed("ec2"), body })).toBe("ec2:DescribeVpcs");
  });

  test("is told by a header", () => {
    const headers = { ...signed("dynamodb"), "x-amz-target": "DynamoDB_20120810.PutItem" };
    expect(calledAction({ method: "POST", url: "/", headers, body: "{}" })).toBe("dynamodb:PutItem");
  });

  test("is told by the path", () => {
    expect(calledAction({ method: "POST", url: "/schedules/end-1", headers: signed("scheduler"), body: "{}" })).toBe(
      "scheduler:CreateSchedule",
    );
  });

  test("is missing in a request that nobody signed, or that names none", () => {
    expect(() => calledAction({ method: "GET", url: "/health", headers: {}, body: "" })).toThrow("found no AWS action in GET /health");
    expect(() => calledAction({ method: "GET", url: "/", headers: signed("s3"), body: "" })).toThrow("found no AWS action");
  });
});
