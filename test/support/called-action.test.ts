import { describe, expect, test } from "@jest/globals";
import { calledActions } from "./called-action.ts";

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=testing/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=none`,
});

describe("the action that a request calls", () => {
  test("is a parameter of a form", () => {
    const body = "Action=DescribeVpcs&Version=2016-11-15";
    expect(calledActions({ method: "POST", url: "/", headers: signed("ec2"), body })).toEqual(["ec2:DescribeVpcs"]);
  });

  test("is told by a header", () => {
    const headers = { ...signed("dynamodb"), "x-amz-target": "DynamoDB_20120810.PutItem" };
    expect(calledActions({ method: "POST", url: "/", headers, body: "{}" })).toEqual(["dynamodb:PutItem"]);
  });

  test("is told by the path", () => {
    expect(calledActions({ method: "POST", url: "/schedules/end-1", headers: signed("scheduler"), body: "{}" })).toEqual([
      "scheduler:CreateSchedule",
    ]);
  });

  test("is that of IAM, where IAM has no action of that name", () => {
    const call = (service: string, target: string, body = "{}") =>
      calledActions({ method: "POST", url: "/", headers: { ...signed(service), "x-amz-target": target }, body });
    expect(call("sqs", "AmazonSQS.SendMessageBatch")).toEqual(["sqs:SendMessage"]);
    const items = JSON.stringify({ TransactItems: [{ Put: {} }, { Put: {} }, { Delete: {} }] });
    expect(call("dynamodb", "DynamoDB_20120810.TransactWriteItems", items)).toEqual(["dynamodb:PutItem", "dynamodb:DeleteItem"]);
  });

  test("is missing in a request that nobody signed, or that names none", () => {
    expect(() => calledActions({ method: "GET", url: "/health", headers: {}, body: "" })).toThrow("found no AWS action in GET /health");
    expect(() => calledActions({ method: "GET", url: "/", headers: signed("s3"), body: "" })).toThrow("found no AWS action");
  });
});
