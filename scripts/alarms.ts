// Every alarm of the stack. docs/runbook.md has a section for each, by its name.
import { DEAD_LETTERS, EVERY_FUNCTION, FUNCTIONS, kebab, type MetricRef, ofLambda, ofQueue, ours } from "./watched-parts.ts";

const MINUTE = 60;
const HOUR = 3_600;

/**
 * What silence means. `notBreaching`: the metric is written only where there is something to count or to time, so none is good news.
 * `breaching`: something must be heard of regularly. `ignore`: SQS stops reporting on a queue that nobody touched for six hours, with all
 * that lies in it; the alarm stays as it was, and ends when somebody empties the queue.
 */
type Silence = "notBreaching" | "breaching" | "ignore";

export interface Alarm {
  /** Also that of its section in the runbook. */
  readonly name: string;
  /** critical: holes may be open, or nobody would know. warning: it works, but not as it should. */
  readonly severity: "critical" | "warning";
  readonly says: string;
  /** Several are added up. */
  readonly of: MetricRef | readonly MetricRef[];
  readonly stat: "Sum" | "Maximum" | "SampleCount" | "p90";
  /** Seconds, and how many of them in a row must be beyond the threshold. */
  readonly period: number;
  readonly periods?: number;
  readonly threshold: { readonly atLeast: number } | { readonly above: number } | { readonly below: number };
  readonly silence: Silence;
  /** The condition under which there is such a thing to watch. */
  readonly condition?: string;
}

/** Limits that the dashboard draws as well. */
export const LIMITS = {
  changesAge: 5 * MINUTE,
  decisionsAge: 30 * MINUTE,
  /** Milliseconds. CloudTrail's part is seconds most times, and the guard's below one. */
  timeToClose: 60_000,
  drillSeconds: 180,
} as const;

export const ALARMS: readonly Alarm[] = [
  ...DEAD_LETTERS.map(
    ({ id, holds, condition }): Alarm => ({
      name: kebab(id),
      severity: "critical",
      says: `There are ${holds}`,
      of: ofQueue("ApproximateNumberOfMessagesVisible", queueName(id)),
      stat: "Maximum",
      period: MINUTE,
      threshold: { atLeast: 1 },
      silence: "ignore",
      ...(condition !== undefined && { condition }),
    }),
  ),
  {
    name: "guard-errors",
    severity: "critical",
    says: "The guard crashed, ran out of time or could not start",
    of: ofLambda("Errors", "guard"),
    stat: "Sum",
    period: 5 * MINUTE,
    threshold: { atLeast: 1 },
    silence: "notBreaching",
  },
  {
    name: "function-errors",
    severity: "warning",
    says: "A function other than the guard crashed, ran out of time or could not start",
    of: FUNCTIONS.filter((key) => key !== "guard").map((key) => ofLambda("Errors", key)),
    stat: "Sum",
    period: 5 * MINUTE,
    threshold: { atLeast: 1 },
    silence: "notBreaching",
  },
  {
    name: "guard-throttles",
    severity: "critical",
    says: "Lambda refused to run the guard: events wait, and those refused too often are dead-lettered",
    of: ofLambda("Throttles", "guard"),
    stat: "Sum",
    period: 5 * MINUTE,
    threshold: { atLeast: 1 },
    silence: "notBreaching",
  },
  {
    name: "function-throttles",
    severity: "warning",
    says: "Lambda refused for a quarter of an hour to run a function other than the guard",
    of: FUNCTIONS.filter((key) => key !== "guard").map((key) => ofLambda("Throttles", key)),
    stat: "Sum",
    period: 5 * MINUTE,
    periods: 3,
    threshold: { atLeast: 1 },
    silence: "notBreaching",
  },
  {
    name: "changes-queue-age",
    severity: "critical",
    says: "An event has been waiting for the guard for more than five minutes",
    of: ofQueue("ApproximateAgeOfOldestMessage", queueName("ChangesQueue")),
    stat: "Maximum",
    period: MINUTE,
    threshold: { above: LIMITS.changesAge },
    // SQS writes none of an empty queue that nobody touches, and Lambda asks the queue all the time.
    silence: "notBreaching",
  },
  {
    name: "decisions-queue-age",
    severity: "warning",
    says: "A decision has been waiting to be told in Slack for more than half an hour",
    of: ofQueue("ApproximateAgeOfOldestMessage", queueName("DecisionsQueue")),
    stat: "Maximum",
    period: MINUTE,
    threshold: { above: LIMITS.decisionsAge },
    silence: "notBreaching",
  },
  {
    name: "slow-closing",
    severity: "warning",
    says: "One hole in ten, or more, stood open for over a minute",
    of: ours("TimeToClose", "guard"),
    stat: "p90",
    period: HOUR,
    threshold: { above: LIMITS.timeToClose },
    silence: "notBreaching",
  },
  {
    name: "failed-closing",
    severity: "critical",
    says: "AWS refused what the guard did: something forbidden may be open",
    of: [ours("Decisions", "guard", { outcome: "failed" }), ours("Decisions", "sweep", { outcome: "failed" })],
    stat: "Sum",
    period: 5 * MINUTE,
    threshold: { atLeast: 1 },
    silence: "notBreaching",
  },
  {
    name: "breaker-open",
    severity: "critical",
    says: "The breaker of an account is open: the guard only tells what it would close there",
    of: [ours("Held", "guard"), ours("Held", "sweep")],
    stat: "Sum",
    period: 5 * MINUTE,
    threshold: { above: 0 },
    silence: "notBreaching",
  },
  {
    name: "refused-events",
    severity: "critical",
    says: "Events came that the guard does not trust: somebody may be forging them",
    of: ours("Refused", "guard"),
    stat: "Sum",
    period: 5 * MINUTE,
    threshold: { above: 0 },
    silence: "notBreaching",
  },
  {
    name: "no-events",
    severity: "critical",
    says: "No event of a change has come for a day",
    of: ours("Events", "guard"),
    stat: "Sum",
    period: HOUR,
    periods: 24,
    threshold: { below: 1 },
    silence: "breaching",
    condition: "ExpectEventsDaily",
  },
  {
    name: "drill-late",
    severity: "warning",
    says: "The hole of the fire drill was closed, but only after three minutes or more",
    of: ours("DrillSeconds", "drill"),
    stat: "Maximum",
    period: HOUR,
    threshold: { above: LIMITS.drillSeconds },
    silence: "notBreaching",
    condition: "FireDrill",
  },
  {
    name: "drill-failed",
    severity: "critical",
    says: "The hole of the fire drill was not closed: nothing shows that the guard works",
    of: ours("DrillFailed", "drill"),
    stat: "Sum",
    period: 5 * MINUTE,
    threshold: { above: 0 },
    // That no drill runs at all is drill-missing.
    silence: "notBreaching",
    condition: "FireDrill",
  },
  {
    name: "drill-missing",
    severity: "critical",
    says: "No fire drill has come to its end for more than a day",
    of: ours("DrillSeconds", "drill"),
    stat: "SampleCount",
    period: HOUR,
    // One a day, which is not always at the same minute.
    periods: 26,
    threshold: { below: 1 },
    silence: "breaching",
    condition: "FireDrill",
  },
  {
    name: "policy-rejected",
    severity: "critical",
    says: "A policy was refused at load: the guard keeps the last good one",
    of: EVERY_FUNCTION.map((key) => ours("PolicyRejected", key)),
    stat: "Sum",
    period: 5 * MINUTE,
    threshold: { above: 0 },
    silence: "notBreaching",
  },
  {
    name: "slack-failures",
    severity: "warning",
    says: "Slack does not take what it is told, again and again",
    // One that passes is tried again by the queue, and nobody needs to get up for it.
    of: [ours("SlackFailures", "notify"), ours("SlackFailures", "respond")],
    stat: "Sum",
    period: 10 * MINUTE,
    threshold: { atLeast: 3 },
    silence: "notBreaching",
  },
  {
    name: "unswept-regions",
    severity: "warning",
    says: "A sweep could not go through some region of some account: what no event told of stays open there",
    of: ours("UnsweptRegions", "sweep"),
    stat: "Sum",
    period: 5 * MINUTE,
    threshold: { above: 0 },
    silence: "notBreaching",
  },
  {
    name: "sweeps-missing",
    severity: "critical",
    says: "Nothing has been swept for three hours: what no event tells of stays as it is",
    of: [ours("SweptRegions", "sweep"), ours("UnsweptRegions", "sweep")],
    stat: "Sum",
    period: HOUR,
    // Every hour there is a sweep, by default; one that is late has not stopped.
    periods: 3,
    threshold: { below: 1 },
    silence: "breaching",
  },
  {
    name: "unknown-ous",
    severity: "warning",
    says: "The policy names organizational units that the organization does not have: what it says of them holds nowhere",
    of: ours("UnknownOus", "sweep"),
    stat: "Sum",
    period: 5 * MINUTE,
    threshold: { above: 0 },
    silence: "notBreaching",
  },
];

function queueName(id: string): unknown {
  return { "Fn::GetAtt": [id, "QueueName"] };
}
