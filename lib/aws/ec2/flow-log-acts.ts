import { randomUUID } from "node:crypto";
import {
  CreateFlowLogsCommand,
  DeleteFlowLogsCommand,
  type FlowLog as Ec2FlowLog,
  type LogDestinationType,
  type UnsuccessfulItem,
} from "@aws-sdk/client-ec2";
import { Ec2Error } from "../../guard/ports.ts";
import type { FlowLogSettings } from "../../model/remedy.ts";
import { refused } from "./ec2-errors.ts";
import { call, type Practice, type RemedyOf } from "./practice.ts";
import { flowLogs } from "./vpc-reads.ts";

/** Flow logs of a VPC. */
export const vpcFlowLogs: Practice<RemedyOf<"create-flow-logs" | "delete-flow-logs">> = {
  gone: /^InvalidFlowLogId\.NotFound$/,
  remaining: async (remedy, { client }) => {
    const standing = await flowLogs(client, { where: { resource: remedy.vpc } });
    if (remedy.kind === "create-flow-logs") return standing.some((one) => hasSettings(one, remedy.settings)) ? undefined : remedy;
    const ids = remedy.ids.filter((id) => standing.some(({ FlowLogId }) => FlowLogId === id));
    return ids.length > 0 ? { ...remedy, ids } : undefined;
  },
  make: async (remedy, dry, { client }) => {
    if (remedy.kind === "delete-flow-logs") {
      const answer = await call(dry, () => client.send(new DeleteFlowLogsCommand({ FlowLogIds: [...remedy.ids], ...dry })));
      expectSuccess(answer?.Unsuccessful);
      return remedy;
    }
    const { destination, trafficType, role } = remedy.settings;
    const request = {
      ResourceType: "VPC" as const,
      ResourceIds: [remedy.vpc],
      TrafficType: trafficType,
      ...destinationFields(destination),
      ...(role !== undefined && { DeliverLogsPermissionArn: role }),
      // Where an answer is lost, the SDK asks once more, and is told what was made at first.
      ClientToken: randomUUID(),
      ...dry,
    };
    const answer = await call(dry, () => client.send(new CreateFlowLogsCommand(request)));
    expectSuccess(answer?.Unsuccessful);
    return { ...remedy, ids: answer?.FlowLogIds ?? [] };
  },
};

// One that cannot deliver is none: whether another may stand beside it, EC2 says.
function hasSettings({ LogDestination, LogGroupName, TrafficType, DeliverLogsStatus }: Ec2FlowLog, settings: FlowLogSettings): boolean {
  if (DeliverLogsStatus === "FAILED" || TrafficType !== settings.trafficType) return false;
  const wanted = withoutStreams(settings.destination);
  if (LogDestination !== undefined) return withoutStreams(LogDestination) === wanted;
  return LogGroupName !== undefined && wanted.endsWith(`:log-group:${LogGroupName}`);
}

const TYPES: Readonly<Record<string, LogDestinationType>> = {
  logs: "cloud-watch-logs",
  s3: "s3",
  firehose: "kinesis-data-firehose",
};

function destinationFields(arn: string) {
  const [, , service = ""] = arn.split(":");
  const type = TYPES[service];
  if (type === undefined)
    throw new Ec2Error("other", "UnknownDestination", `flow logs go to an S3 bucket, a log group or a Firehose stream, found ${arn}`);
  return { LogDestinationType: type, LogDestination: withoutStreams(arn) };
}

// CloudWatch Logs tells the arns of log groups with `:*` for their streams, EC2 without.
function withoutStreams(arn: string): string {
  return arn.replace(/:\*$/, "");
}

// These calls succeed as calls, and tell by resource what they did not do.
function expectSuccess([failed]: readonly UnsuccessfulItem[] = []): void {
  if (failed === undefined) return;
  const { Code = "Unknown", Message = "EC2 named no reason" } = failed.Error ?? {};
  throw refused(Code, `${failed.ResourceId ?? "a resource"}: ${Message}`);
}
