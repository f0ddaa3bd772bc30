import type { Outcome } from "../model/decision.ts";

/**
 * Every metric in the namespace Portcullis, with its unit. Alarms, dashboard and runbook name these and no others; each comes with the
 * dimension `service`, the name of the function, and some by another dimension besides (`MetricsBy`).
 */
export const METRICS = {
  /** CloudTrail events that came, each as often as it was tried, but for calls of the guard itself. */
  Events: "Count",
  /** Decisions that the ledger took, but for those about the fire drill; by outcome too. */
  Decisions: "Count",
  /** From the call, as CloudTrail tells its time, to the revocation answered; of holes that the call opened. */
  TimeToClose: "Milliseconds",
  /** The part of TimeToClose until the guard heard of it: CloudTrail's, EventBridge's and the queue's. */
  TimeToHear: "Milliseconds",
  /** The part of TimeToClose that is the guard's. */
  TimeToAct: "Milliseconds",
  /** Decisions that the breaker kept from acting. */
  Held: "Count",
  /** Decisions about what was closed before and came back. */
  Contested: "Count",
  /** Events that could not be read, each as often as it was tried. */
  Unreadable: "Count",
  /** Events that were not trusted, each as often as it was tried. */
  Refused: "Count",
  /** Calls that Slack did not take, after all their retries. */
  SlackFailures: "Count",
  /** Decisions that Slack was told. */
  Told: "Count",
  /** What was asked in Slack and answered with an act or a refusal; by result too. */
  Answered: "Count",
  /** Requests without a valid signature of Slack's. */
  RequestsRefused: "Count",
  /** Policies that were refused at load; the last good one stays. */
  PolicyRejected: "Count",
  /** From the fire drill's opening to its closing. */
  DrillSeconds: "Seconds",
  DrillFailed: "Count",
  SweptRegions: "Count",
  /** Regions of accounts that a sweep could not go through. */
  UnsweptRegions: "Count",
  SweepFindings: "Count",
  /** Organizational units that the policy names and the organization does not have. */
  UnknownOus: "Count",
} as const;
export type Metric = keyof typeof METRICS;

/** The further dimension of some metrics. They are counted without it as well. */
interface MetricsBy {
  readonly Decisions: { readonly outcome: Outcome };
  readonly Answered: { readonly result: "done" | "refused" | "moot" | "failed" };
}
type By<Name extends Metric> = Name extends keyof MetricsBy ? [by: MetricsBy[Name]] : [];

/** Where the guard's own health is measured. */
export interface Meter {
  /** Adds a value to a metric, in its unit. Never throws, and waits for nothing. */
  add<Name extends Metric>(metric: Name, value: number, ...by: By<Name>): void;
}

/** Measures nothing. */
export const NO_METER: Meter = { add: () => {} };
