// The alarms of the stack, stacks/alarms.yml, derived from scripts/alarms.ts.
import { stringify } from "yaml";
import { ALARMS, type Alarm } from "./alarms.ts";
import { type MetricRef, named } from "./watched-parts.ts";

/** The text of stacks/alarms.yml: the topic, and every alarm to it. */
export function alarmsStack(): string {
  const Parameters = {
    AlarmTopicArn: parameter("The topic that alarms go to; the stack makes one of its own where none is named", "alarmTopicArn"),
    AlarmEmail: parameter("Who hears of alarms by e-mail, from the stack's own topic; empty for nobody", "alarmEmail"),
    ExpectEventsDaily: {
      ...parameter("Whether a day without any event is an alarm", "expectEventsDaily"),
      AllowedValues: ["true", "false"],
    },
    DrillVpc: parameter("The VPC of the fire drill; empty for no drill", "drillVpc, ''"),
  };
  const Conditions = {
    OwnAlarmTopic: isEmpty("AlarmTopicArn"),
    AlarmsByEmail: { "Fn::And": [{ Condition: "OwnAlarmTopic" }, { "Fn::Not": [isEmpty("AlarmEmail")] }] },
    ExpectEventsDaily: { "Fn::Equals": [{ Ref: "ExpectEventsDaily" }, "true"] },
    FireDrill: { "Fn::Not": [isEmpty("DrillVpc")] },
  };
  const Resources = {
    // CloudWatch may not use the key that AWS manages for SNS, and alarms hold no secret: no key.
    AlarmTopic: { Type: "AWS::SNS::Topic", Condition: "OwnAlarmTopic", Properties: { DisplayName: "Portcullis" } },
    AlarmSubscription: {
      Type: "AWS::SNS::Subscription",
      Condition: "AlarmsByEmail",
      Properties: { TopicArn: { Ref: "AlarmTopic" }, Protocol: "email", Endpoint: { Ref: "AlarmEmail" } },
    },
    ...Object.fromEntries(ALARMS.map((alarm) => [logicalId(alarm), alarmResource(alarm)])),
  };
  const Outputs = {
    AlarmTopic: { Description: "Where alarms go", Value: topic() },
  };
  return `# Written by "npm run generate" from scripts/alarms.ts; what is changed here is lost.
# docs/runbook.md says of each alarm what it means and what to do.
${stringify({ Parameters, Conditions, Resources, Outputs }, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function alarmResource({ name, severity, says, of, stat, period, periods = 1, threshold, silence, condition }: Alarm) {
  return {
    Type: "AWS::CloudWatch::Alarm",
    ...(condition !== undefined && { Condition: condition }),
    Properties: {
      AlarmName: named(name),
      AlarmDescription: `${severity}: ${says}. See docs/runbook.md#${name}`,
      ...(isOne(of) ? single(of, stat, period) : { Metrics: summed(of, stat, period) }),
      EvaluationPeriods: periods,
      DatapointsToAlarm: periods,
      ...limitOf(threshold),
      TreatMissingData: silence,
      AlarmActions: [topic()],
      OKActions: [topic()],
    },
  };
}

function limitOf(threshold: Alarm["threshold"]) {
  if ("atLeast" in threshold) return { ComparisonOperator: "GreaterThanOrEqualToThreshold", Threshold: threshold.atLeast };
  if ("above" in threshold) return { ComparisonOperator: "GreaterThanThreshold", Threshold: threshold.above };
  return { ComparisonOperator: "LessThanThreshold", Threshold: threshold.below };
}

function single(metric: MetricRef, stat: Alarm["stat"], period: number) {
  return {
    ...metricOf(metric),
    ...(stat === "p90" ? { ExtendedStatistic: stat } : { Statistic: stat }),
    Period: period,
  };
}

function summed(metrics: readonly MetricRef[], stat: Alarm["stat"], period: number) {
  return [
    { Id: "sum", Expression: "SUM(FILL(METRICS(), 0))", ReturnData: true },
    ...metrics.map((metric, index) => ({
      Id: `m${index + 1}`,
      MetricStat: { Metric: metricOf(metric), Period: period, Stat: stat },
      ReturnData: false,
    })),
  ];
}

function metricOf({ namespace, name, dimensions }: MetricRef) {
  return { Namespace: namespace, MetricName: name, Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })) };
}

function isOne(of: Alarm["of"]): of is MetricRef {
  return "name" in of;
}

/** `GuardErrorsAlarm` of guard-errors. */
function logicalId({ name }: Alarm): string {
  const parts = name.split("-").map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  return `${parts.join("")}Alarm`;
}

function topic() {
  return { "Fn::If": ["OwnAlarmTopic", { Ref: "AlarmTopic" }, { Ref: "AlarmTopicArn" }] };
}

function parameter(description: string, param: string) {
  return { Type: "String", Description: description, Default: `\${param:${param}}` };
}

function isEmpty(parameterName: string) {
  return { "Fn::Equals": [{ Ref: parameterName }, ""] };
}
