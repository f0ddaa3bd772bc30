// The dashboard of the stack, stacks/dashboard.yml.
import { stringify } from "yaml";
import { OUTCOMES } from "../lib/model/decision.ts";
import { ALARMS, LIMITS } from "./alarms.ts";
import { DEAD_LETTERS, FUNCTIONS, type MetricRef, named, ofLambda, ofQueue, ours, QUEUES, type WatchedQueue } from "./watched-parts.ts";

const COLUMNS = 24;
const WIDTH = 6;
const HEIGHT = 5;
const ALARMS_HEIGHT = 3;

/** A line of a graph. */
interface Line {
  readonly metric: MetricRef;
  readonly label: string;
  readonly stat: string;
  readonly right?: true;
}
interface Graph {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly stacked?: boolean;
  readonly period?: number;
  readonly limits?: readonly { readonly label: string; readonly value: number }[];
}

const count = (metric: MetricRef, label: string): Line => ({ metric, label, stat: "Sum" });
const highest = (metric: MetricRef, label: string): Line => ({ metric, label, stat: "Maximum" });
const percentile = (metric: MetricRef, stat: string, label = stat): Line => ({ metric, stat, label });

// Four in a row, the most urgent first: all of it is on one screen.
const GRAPHS: readonly Graph[] = [
  {
    title: "Decisions by outcome",
    stacked: true,
    lines: OUTCOMES.map((outcome) => count(ours("Decisions", "guard", { outcome }), outcome)),
  },
  {
    title: "Time to close (ms)",
    lines: ["p50", "p90", "p99"].map((stat) => percentile(ours("TimeToClose", "guard"), stat)),
    limits: [{ label: "slow-closing, of p90", value: LIMITS.timeToClose }],
  },
  {
    title: "To hear of it (AWS) and to act (ms)",
    lines: ["p50", "p90"].flatMap((stat) => [
      percentile(ours("TimeToHear", "guard"), stat, `hear ${stat}`),
      percentile(ours("TimeToAct", "guard"), stat, `act ${stat}`),
    ]),
  },
  {
    title: "Events, and what is odd about them",
    lines: [
      { ...count(ours("Events", "guard"), "events (right)"), right: true },
      ...(["Unreadable", "Refused", "Held", "Contested"] as const).map((name) => count(ours(name, "guard"), name.toLowerCase())),
    ],
  },
  {
    title: "Oldest message of the queues (s)",
    lines: QUEUES.map((queue) => highest(ofQueue("ApproximateAgeOfOldestMessage", token(queue)), queue.id)),
    limits: [
      { label: "changes-queue-age", value: LIMITS.changesAge },
      { label: "decisions-queue-age", value: LIMITS.decisionsAge },
    ],
  },
  {
    title: "Dead letters",
    lines: DEAD_LETTERS.map((queue) => highest(ofQueue("ApproximateNumberOfMessagesVisible", token(queue)), queue.id)),
  },
  {
    title: "Errors and throttles",
    lines: FUNCTIONS.flatMap((key) => [
      count(ofLambda("Errors", key), `${key} errors`),
      count(ofLambda("Throttles", key), `${key} throttles`),
    ]),
  },
  { title: "Duration, p90 (ms)", lines: FUNCTIONS.map((key) => percentile(ofLambda("Duration", key), "p90", key)) },
  {
    title: "Slack",
    lines: [
      count(ours("Told", "notify"), "told"),
      count(ours("Answered", "respond"), "answered"),
      count(ours("SlackFailures", "notify"), "failures of notify"),
      count(ours("SlackFailures", "respond"), "failures of respond"),
      count(ours("RequestsRefused", "respond"), "requests refused"),
    ],
  },
  {
    title: "Fire drill (s)",
    period: 3_600,
    lines: [
      highest(ours("DrillSeconds", "drill"), "seconds to close"),
      { ...count(ours("DrillFailed", "drill"), "failed (right)"), right: true },
    ],
    limits: [{ label: "drill-late", value: LIMITS.drillSeconds }],
  },
  {
    title: "Sweeps",
    period: 3_600,
    lines: [
      count(ours("SweptRegions", "sweep"), "regions"),
      count(ours("UnsweptRegions", "sweep"), "regions not swept"),
      count(ours("SweepFindings", "sweep"), "findings"),
    ],
  },
  {
    title: "Policy",
    period: 3_600,
    lines: [
      count(ours("PolicyRejected", "guard"), "refused by the guard"),
      count(ours("UnknownOus", "sweep"), "unknown organizational units"),
    ],
  },
];

/** The text of stacks/dashboard.yml. */
export function dashboardStack(): string {
  const names = [...QUEUES, ...DEAD_LETTERS].map((queue) => [queue.id, nameOf(queue)]);
  const Dashboard = {
    Type: "AWS::CloudWatch::Dashboard",
    Properties: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of osls.
      DashboardName: "${self:service}-${sls:stage}",
      DashboardBody: { "Fn::Sub": [JSON.stringify({ widgets: widgets() }), Object.fromEntries(names)] },
    },
  };
  return `# Written by "npm run generate" from scripts/dashboard-stack.ts; what is changed here is lost.
${stringify({ Resources: { Dashboard } }, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function widgets() {
  // Those that a condition may leave out are none of them: CloudWatch would show them as deleted.
  const alarms = ALARMS.filter(({ condition }) => condition === undefined).map(({ name }) => arnOfAlarm(name));
  const state = { type: "alarm", x: 0, y: 0, width: COLUMNS, height: ALARMS_HEIGHT, properties: { title: "Alarms", alarms } };
  const perRow = COLUMNS / WIDTH;
  const graphs = GRAPHS.map((graph, index) => ({
    type: "metric",
    x: (index % perRow) * WIDTH,
    y: ALARMS_HEIGHT + Math.floor(index / perRow) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: propertiesOf(graph),
  }));
  return [state, ...graphs];
}

function propertiesOf({ title, lines, stacked = false, period = 300, limits = [] }: Graph) {
  return {
    title,
    view: "timeSeries",
    stacked,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a pseudo parameter of CloudFormation.
    region: "${AWS::Region}",
    period,
    metrics: lines.map(({ metric: { namespace, name, dimensions }, label, stat, right }) => [
      namespace,
      name,
      ...Object.entries(dimensions).flat(),
      { label, stat, ...(right && { yAxis: "right" }) },
    ]),
    yAxis: { left: { min: 0 }, right: { min: 0 } },
    ...(limits.length > 0 && { annotations: { horizontal: limits } }),
  };
}

function arnOfAlarm(name: string): string {
  return `arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${named(name)}`;
}

// Within the body a queue is named by its logical id, which CloudFormation replaces.
function token({ id }: WatchedQueue): string {
  return `\${${id}}`;
}

function nameOf({ id, condition }: WatchedQueue) {
  const name = { "Fn::GetAtt": [id, "QueueName"] };
  return condition === undefined ? name : { "Fn::If": [condition, name, "none"] };
}
