import { CreateFlowLogsCommand, DeleteFlowLogsCommand, DescribeFlowLogsCommand } from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { apply } from "../../lib/guard/acting/apply.ts";
import type { FlowLogSettings, NetworkRemedy } from "../../lib/model/remedy.ts";
import { documentedEc2 } from "../support/documented-ec2.ts";

const { ec2, api, reset, sent } = documentedEc2();
beforeEach(reset);

const settings: FlowLogSettings = { destination: "arn:aws:s3:::logs", trafficType: "ALL" };

describe("flow logs, on documented answers", () => {
  const create: NetworkRemedy = { kind: "create-flow-logs", vpc: "vpc-1", settings, ids: [] };
  const standing = (...logs: object[]) =>
    ec2.on(DescribeFlowLogsCommand).resolves({ FlowLogs: logs.map((log) => ({ FlowLogId: "fl-1", ResourceId: "vpc-1", ...log })) });

  test.each([
    ["arn:aws:s3:::logs/prefix", "s3", "arn:aws:s3:::logs/prefix"],
    ["arn:aws:logs:eu-west-1:1:log-group:flow:*", "cloud-watch-logs", "arn:aws:logs:eu-west-1:1:log-group:flow"],
    ["arn:aws:firehose:eu-west-1:1:deliverystream/flow", "kinesis-data-firehose", "arn:aws:firehose:eu-west-1:1:deliverystream/flow"],
  ])("go to %s as %s", async (destination, type, arn) => {
    standing();
    ec2.on(CreateFlowLogsCommand).resolves({ FlowLogIds: ["fl-2"] });
    const remedy = { ...create, settings: { destination, trafficType: "REJECT", role: "arn:aws:iam::1:role/flow" } } as const;
    expect(await api.carryOut(remedy)).toEqual({ ...remedy, ids: ["fl-2"] });
    expect(sent()[0]?.[1]).toEqual({
      ResourceType: "VPC",
      ResourceIds: ["vpc-1"],
      TrafficType: "REJECT",
      LogDestinationType: type,
      LogDestination: arn,
      DeliverLogsPermissionArn: "arn:aws:iam::1:role/flow",
      ClientToken: expect.any(String),
    });
  });

  test("are there already with the same destination and traffic, by arn or by the name of the log group", async () => {
    standing({ LogDestination: settings.destination, TrafficType: "ALL", DeliverLogsStatus: "SUCCESS" });
    expect(await api.carryOut(create)).toBeUndefined();
    standing({ LogGroupName: "flow", TrafficType: "ALL" });
    const group = { destination: "arn:aws:logs:eu-west-1:1:log-group:flow", trafficType: "ALL" } as const;
    expect(await api.carryOut({ ...create, settings: group })).toBeUndefined();
    expect(sent()).toEqual([]);
  });

  test("that cannot deliver, or tell other traffic, are not the ones wanted", async () => {
    ec2.on(CreateFlowLogsCommand).resolves({ FlowLogIds: ["fl-2"] });
    standing({ LogDestination: settings.destination, TrafficType: "ALL", DeliverLogsStatus: "FAILED" });
    expect(await api.carryOut(create)).toMatchObject({ ids: ["fl-2"] });
    standing({ LogDestination: settings.destination, TrafficType: "REJECT" });
    expect(await api.carryOut(create)).toMatchObject({ ids: ["fl-2"] });
  });

  test("that the call did not make are a failure, with EC2's reason", async () => {
    standing();
    const failed = { ResourceId: "vpc-1", Error: { Code: "400", Message: "LogDestination: logs does not exist." } };
    ec2.on(CreateFlowLogsCommand).resolves({ FlowLogIds: [], Unsuccessful: [failed] });
    expect(await apply(create, api)).toMatchObject({ result: "failed", error: "400: vpc-1: LogDestination: logs does not exist." });
  });

  test("are deleted as far as they stand on that VPC", async () => {
    standing({});
    ec2.on(DeleteFlowLogsCommand).resolves({});
    const remedy = { ...create, kind: "delete-flow-logs", ids: ["fl-1", "fl-gone"] } as const;
    expect(await api.carryOut(remedy)).toEqual({ ...remedy, ids: ["fl-1"] });
    expect(sent()).toEqual([["DeleteFlowLogs", { FlowLogIds: ["fl-1"] }]]);
  });

  test("to nowhere that flow logs go are refused before any call", async () => {
    standing();
    const remedy = { ...create, settings: { ...settings, destination: "arn:aws:sqs:eu-west-1:1:queue" } };
    expect(await apply(remedy, api)).toMatchObject({ result: "failed", error: expect.stringContaining("arn:aws:sqs") });
  });
});
