// What alarms and dashboard watch, and how the template names it.
import type { Metric } from "../lib/guard/meter.ts";

/** The functions of serverless.yml, by their keys there. */
export const FUNCTIONS = ["guard", "notify", "digest", "respond", "sweep"] as const;
/** Functions whose metrics are waited for as well. */
const SCHEDULED = ["drill"] as const;
type FunctionKey = (typeof FUNCTIONS)[number] | (typeof SCHEDULED)[number];
export const EVERY_FUNCTION: readonly FunctionKey[] = [...new Set([...FUNCTIONS, ...SCHEDULED])];

/** A queue of the stack, by its logical id; `condition` is that of the queue. */
export interface WatchedQueue {
  readonly id: string;
  readonly condition?: string;
}
/** The dead-letter queues: what lies in each, for people. Each gets an alarm, `ChangesDeadLetters` that of `changes-dead-letters`. */
export const DEAD_LETTERS: readonly (WatchedQueue & { readonly holds: string })[] = [
  { id: "ChangesDeadLetters", holds: "events that the guard could not handle: a change may be unjudged, a hole open" },
  { id: "DecisionsDeadLetters", holds: "decisions that Slack was not told" },
  { id: "AnswersDeadLetters", holds: "requests from Slack that were not answered", condition: "SlackAnswers" },
  { id: "SweepsDeadLetters", holds: "sweeps that could not be made: what events did not tell of stands there unjudged" },
  { id: "BusDeadLetters", holds: "decisions that the bus could not bring to their queue" },
];
/** The queues that functions work off. */
export const QUEUES: readonly WatchedQueue[] = [
  { id: "ChangesQueue" },
  { id: "DecisionsQueue" },
  { id: "SweepsQueue" },
  { id: "AnswersQueue", condition: "SlackAnswers" },
];

/** A metric with its dimensions: names and values, the latter as the template takes them. */
export interface MetricRef {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/** A metric of ours, of one function. */
export function ours(name: Metric, key: FunctionKey, by: Readonly<Record<string, string>> = {}): MetricRef {
  return { namespace: "Portcullis", name, dimensions: { service: named(key), ...by } };
}

/** A metric that Lambda has of a function (https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html). */
export function ofLambda(name: "Errors" | "Throttles" | "Duration", key: FunctionKey): MetricRef {
  return { namespace: "AWS/Lambda", name, dimensions: { FunctionName: named(key) } };
}

/** A metric that SQS has of a queue (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html). */
export function ofQueue(name: "ApproximateAgeOfOldestMessage" | "ApproximateNumberOfMessagesVisible", queueName: unknown): MetricRef {
  return { namespace: "AWS/SQS", name, dimensions: { QueueName: queueName } };
}

/** A name of the stack's own, `portcullis-prod-guard`, which osls completes. */
export function named(name: string): string {
  return `\${self:service}-\${sls:stage}-${name}`;
}

/** `changes-dead-letters` for ChangesDeadLetters. */
export function kebab(id: string): string {
  return id.replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase();
}
