import type { FlowLogFacts } from "../../lib/model/facts.ts";
import { flowLogsEnabled } from "../../lib/rules/flow-logs-enabled.ts";
import { vpc } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const log = (trafficType: FlowLogFacts["trafficType"], facts: Partial<FlowLogFacts> = {}): FlowLogFacts => ({
  id: "fl-1",
  resource: "vpc-1",
  ...(trafficType !== undefined && { trafficType }),
  ...facts,
});
const judged = (...logs: FlowLogFacts[]) => ({ vpc: vpc("vpc-1"), network: { "flow-log": logs } });
const bucket = "arn:aws:s3:::flow-logs";
const group = "arn:aws:logs:eu-central-1:111122223333:log-group:flow-logs";
const role = "arn:aws:iam::111122223333:role/flow-logs";

testResourceRule(flowLogsEnabled, {
  valid: {
    "a flow log of all traffic": judged(log("ALL")),
    "boundary: exactly the traffic asked for": judged(log("REJECT")),
    "admitted traffic, where that is asked for": { ...judged(log("ACCEPT")), options: { traffic: "ACCEPT" } },
    "both kinds of traffic, in two flow logs": {
      ...judged(log("ACCEPT"), log("REJECT", { id: "fl-2" })),
      options: { traffic: "ALL" },
    },
    "one that delivers beside one that cannot": judged(log("ALL", { delivers: false }), log("ALL", { id: "fl-2", delivers: true })),
    "a VPC of IPv6": { vpc: vpc("vpc-1", { ipv6Cidrs: ["2001:db8::/56"] }), network: { "flow-log": [log("ALL")] } },
    "a VPC known in part with a flow log that serves": {
      vpc: vpc("vpc-1", { partial: true }),
      network: { "flow-log": [log("ALL")] },
    },
    "flow logs that nobody may read": {
      vpc: vpc("vpc-1"),
      network: { unknown: { "flow-log": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a flow log of which no record tells what it captures": {
      ...judged(log(undefined, { partial: true })),
      unjudged: ["the traffic that fl-1 captures"],
    },
    "a VPC known in part, which may have others": {
      vpc: vpc("vpc-1", { partial: true }),
      network: { "flow-log": [log("ACCEPT")] },
      unjudged: ["every flow log of vpc-1"],
    },
  },
  invalid: {
    "no flow log": [judged(), { parts: "flow-logs", remedies: [], says: "has no flow log: create" }],
    "a default VPC": [{ vpc: vpc("vpc-1", { isDefault: true }) }, "flow-logs"],
    "a VPC of IPv6": [{ vpc: vpc("vpc-1", { ipv6Cidrs: ["2001:db8::/56"] }) }, "flow-logs"],
    "boundary: only the traffic that was admitted": [judged(log("ACCEPT")), { parts: "flow-logs", says: "fl-1 captures ACCEPT only" }],
    "half of the traffic, where all is asked for": [{ ...judged(log("REJECT")), options: { traffic: "ALL" } }, "flow-logs"],
    "an evasion: one that cannot deliver": [judged(log("ALL", { delivers: false })), { parts: "flow-logs", says: "fl-1 cannot deliver" }],
    "an evasion: half of the traffic is not delivered": [
      { ...judged(log("ACCEPT"), log("REJECT", { id: "fl-2", delivers: false })), options: { traffic: "ALL" } },
      "flow-logs",
    ],
    "a look-alike: the flow log of a subnet, and that of another VPC": [
      judged(log("ALL", { resource: "subnet-1" }), log("ALL", { id: "fl-2", resource: "vpc-10" })),
      "flow-logs",
    ],
    "a bucket to send them to": [
      { ...judged(), options: { destination: bucket } },
      { parts: "flow-logs", remedies: [`create flow logs of vpc-1 to ${bucket}`] },
    ],
    "a log group with a role": [
      { ...judged(), options: { destination: group, role } },
      { parts: "flow-logs", remedies: [`create flow logs of vpc-1 to ${group}`] },
    ],
    "a log group without the role that it needs": [
      { ...judged(), options: { destination: group } },
      { parts: "flow-logs", remedies: [] },
    ],
  },
});
