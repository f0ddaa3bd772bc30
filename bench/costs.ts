import { readdirSync, readFileSync } from "node:fs";
import { METRICS } from "../lib/guard/meter.ts";
import type { Call } from "./front.ts";
import { PRICES } from "./prices.ts";

/** What nobody can measure here: how long AWS takes, and how large the organization is. */
export const ASSUMED = {
  /** Seconds that a call takes in AWS. */
  ec2Seconds: 0.2,
  tableSeconds: 0.005,
  busSeconds: 0.02,
  /** Seconds of a function besides its calls. */
  ownSeconds: 0.03,
  /** DynamoDB's units of a write: decisions are compressed, and rarely larger than 2 KB. */
  writeUnits: 2,
  /** Policies that one kind of change wakes, where each has a function or a rule of its own. */
  policies: 20,
  /** Memory of the functions, GB: ours, and Cloud Custodian's default. */
  guardMemory: 1,
  custodianMemory: 0.5,
  accounts: 1_000,
  regions: 4,
  /** Changes of networks, and items that AWS Config records of groups, interfaces and instances, in an account and month. */
  changes: 500,
  configItems: 2_000,
  firewallPolicies: 3,
  /** Sweeps of an account and region in a month, and seconds that one takes. */
  sweeps: 730,
  sweepSeconds: 3,
  secrets: 2,
} as const;

/** What one design costs, in dollars. */
export interface Cost {
  readonly design: string;
  readonly perMillionChanges: number;
  readonly perMonth: number;
  /** How it adds up. */
  readonly of: string;
}

const MILLION = 1e6;
const dollars = (name: keyof typeof PRICES, times = 1) => PRICES[name].dollars * times;

/** The cost model: designs by what they ask of AWS for each change that is closed. `calls` are those of the guard, counted; telling people is left out everywhere. */
export function costsOf(calls: readonly Call[], theirCalls: number): readonly Cost[] {
  const month = ASSUMED.accounts * ASSUMED.changes;
  const guard = guardPerChange(calls);
  const custodian = custodianPerChange(theirCalls);
  const config = dollars("configItem") + ASSUMED.policies * dollars("configEvaluation");
  const items = ASSUMED.accounts * ASSUMED.configItems;
  const firewall = dollars("configItem") + ASSUMED.firewallPolicies * dollars("configEvaluation");
  return [
    {
      design: "Portcullis: one guard for all accounts, a sweep of each every hour",
      perMillionChanges: guard * MILLION,
      perMonth: guard * month + guardPerMonth(),
      of: "queue, function, table and bus for each change; alarms, metrics, dashboard, secrets and sweeps for each month",
    },
    {
      design: `One function per policy in every account and region (Cloud Custodian, ${ASSUMED.policies} policies)`,
      perMillionChanges: custodian * MILLION,
      perMonth: custodian * month,
      of: `${ASSUMED.policies} invocations for each change, one of which acts; no ledger, no sweep`,
    },
    {
      design: `AWS Config, ${ASSUMED.policies} rules`,
      perMillionChanges: config * MILLION,
      perMonth: items * config,
      of: "an item for each change of what is recorded, and an evaluation of it by each rule; no remediation",
    },
    {
      design: `Firewall Manager, ${ASSUMED.firewallPolicies} policies`,
      perMillionChanges: firewall * MILLION,
      perMonth: ASSUMED.firewallPolicies * ASSUMED.regions * dollars("firewallManager") + items * firewall,
      of: "policies for each region and month, and AWS Config, which it needs",
    },
  ];
}

function guardPerChange(calls: readonly Call[]): number {
  const of = (service: Call["service"]) => calls.filter((call) => call.service === service);
  const reads = of("dynamodb").filter(({ action }) => /^(Get|Query)/.test(action)).length;
  const writes = of("dynamodb").length - reads;
  const seconds =
    of("ec2 and sts").length * ASSUMED.ec2Seconds +
    of("dynamodb").length * ASSUMED.tableSeconds +
    of("events").length * ASSUMED.busSeconds +
    ASSUMED.ownSeconds;
  return (
    // Sent, received, deleted; and from the member's bus to the hub's.
    dollars("sqsStandard", 3) +
    dollars("busEvent", 1 + of("events").length) +
    dollars("lambdaRequest") +
    dollars("lambdaArm", seconds * ASSUMED.guardMemory) +
    dollars("tableRead", reads) +
    dollars("tableWrite", writes * ASSUMED.writeUnits)
  );
}

function guardPerMonth(): number {
  const stacks = new URL("../stacks/", import.meta.url);
  const text = readdirSync(stacks)
    .map((name) => readFileSync(new URL(name, stacks), "utf8"))
    .join("\n");
  const alarms = text.split("AWS::CloudWatch::Alarm").length - 1;
  const sweeps = ASSUMED.accounts * ASSUMED.regions * ASSUMED.sweeps;
  const perSweep =
    dollars("sqsStandard", 3) +
    dollars("lambdaRequest") +
    dollars("lambdaArm", ASSUMED.sweepSeconds * ASSUMED.guardMemory) +
    dollars("tableRead", 2);
  return (
    dollars("alarm", alarms) +
    dollars("dashboard") +
    dollars("metric", Object.keys(METRICS).length) +
    dollars("secret", ASSUMED.secrets) +
    sweeps * perSweep
  );
}

// Each policy reads what the event names; the one that finds something makes all calls.
function custodianPerChange(calls: number): number {
  const seconds = (count: number) => count * ASSUMED.ec2Seconds + ASSUMED.ownSeconds;
  const all = seconds(calls) + (ASSUMED.policies - 1) * seconds(1);
  return dollars("lambdaRequest", ASSUMED.policies) + dollars("lambdaX86", all * ASSUMED.custodianMemory);
}
