import * as z from "zod/mini";
import type { FlowLogFacts } from "../model/facts.ts";
import type { FlowLogSettings, NetworkRemedy } from "../model/remedy.ts";
import { isUnknown } from "../model/world.ts";
import { defineRule } from "./rule.ts";

const TRAFFIC = ["ALL", "REJECT", "ACCEPT"] as const;
type Traffic = (typeof TRAFFIC)[number];

const arn = (services: string, expected: string) =>
  z.string().check(z.regex(new RegExp(`^$|^arn:[\\w-]+:(?:${services}):`), `expected the arn of ${expected}`));

export const flowLogsEnabled = defineRule({
  meta: {
    id: "flow-logs-enabled",
    title: "Every VPC has a flow log of its own that records the traffic asked for",
    resource: "vpc",
    severity: "medium",
    finds:
      "VPCs without flow logs of their own that capture `traffic` and can deliver it. One that captures ALL is always enough; for ALL, one for ACCEPT and one for REJECT are too. Logs of single subnets and network interfaces do not count, and neither does one whose delivery fails.",
    rationale:
      "Flow logs tell who talked to whom and who was turned away. After a break-in nothing can bring back what was never recorded.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
    controls: ["Security Hub EC2.6"],
    avoid: "aws ec2 delete-flow-logs --flow-log-ids <the last of the VPC>",
    prefer:
      "aws ec2 create-flow-logs --resource-type VPC --resource-ids vpc-... --traffic-type ALL \\\n  --log-destination-type s3 --log-destination arn:aws:s3:::...",
    remedies: ["create-flow-logs"],
    remedy: "none",
    // Flow logs cost by the gigabyte, and nobody knows where they should go before the policy says so.
    enabled: false,
    calls: ["DeleteFlowLogs"],
  },
  options: () =>
    z.strictObject({
      traffic: z._default(
        z
          .enum(TRAFFIC, `expected ${TRAFFIC.join(", ")}`)
          .check(z.describe("The traffic that must be captured at least: that which was refused, that which was admitted, or both.")),
        "REJECT",
      ),
      destination: z._default(
        arn("s3|logs|firehose", "an S3 bucket, a CloudWatch log group or a Firehose stream").check(
          z.describe(
            "Where the remedy sends flow logs: the arn of an S3 bucket, a CloudWatch log group or a Firehose stream. Without it, nothing is created.",
          ),
        ),
        "",
      ),
      role: z._default(
        arn("iam", "a role").check(
          z.describe(
            "The arn of the role by which flow logs are delivered. A CloudWatch log group needs one: without it, nothing is created there.",
          ),
        ),
        "",
      ),
    }),

  prepare: ({ traffic, destination, role }) => ({ traffic, settings: settingsFor(traffic, destination, role) }),

  check: async (vpc, world, { traffic, settings }, unjudged) => {
    const logs = await world.list("flow-log", { resource: vpc.id });
    if (isUnknown(logs)) return [];
    const delivering = logs.filter(({ delivers }) => delivers !== false);
    if (captures(traffic, delivering)) return [];
    const untold = delivering.find(({ trafficType }) => trafficType === undefined);
    if (untold !== undefined) {
      unjudged(`the traffic that ${untold.id} captures, which no record tells`);
      return [];
    }
    if (vpc.facts.partial === true) {
      unjudged(`every flow log of ${vpc.id}, of which a part is known`);
      return [];
    }
    const remedies: NetworkRemedy[] = settings === undefined ? [] : [{ kind: "create-flow-logs", vpc: vpc.id, settings, ids: [] }];
    return [{ parts: ["flow-logs"], message: `${vpc.id} ${stateOf(logs)}: create a flow log that captures ${words(traffic)}`, remedies }];
  },
});

function captures(wanted: Traffic, logs: readonly FlowLogFacts[]): boolean {
  const captured = new Set(logs.map(({ trafficType }) => trafficType));
  if (captured.has("ALL") || captured.has(wanted)) return true;
  return wanted === "ALL" && captured.has("ACCEPT") && captured.has("REJECT");
}

function stateOf(logs: readonly FlowLogFacts[]): string {
  if (logs.length === 0) return "has no flow log";
  const told = logs.map(
    ({ id, trafficType, delivers }) => `${id} ${delivers === false ? "cannot deliver" : `captures ${trafficType} only`}`,
  );
  return `has no flow log that serves (${told.join(", ")})`;
}

function words(traffic: Traffic): string {
  return traffic === "ALL" ? "all traffic" : `${traffic} traffic or all`;
}

function settingsFor(trafficType: Traffic, destination: string, role: string): FlowLogSettings | undefined {
  const isLogGroup = /^arn:[^:]*:logs:/.test(destination);
  if (destination === "" || (isLogGroup && role === "")) return undefined;
  return { destination, trafficType, ...(role !== "" && { role }) };
}
