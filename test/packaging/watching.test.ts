import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { METRICS } from "../../lib/guard/meter.ts";
import { OUTCOMES } from "../../lib/model/decision.ts";
import { type PackagedService, packageService } from "../support/package-service.ts";

const ROOT = join(import.meta.dirname, "../..");
const POLICY = join(import.meta.dirname, "../emulator/portcullis.yml");
/** The stack that is packaged here, as osls names its stage. */
const STACK = "portcullis-dev";
/** Metrics of AWS, by namespace. */
const OF_AWS: Readonly<Record<string, readonly string[]>> = {
  "AWS/Lambda": ["Duration", "Errors", "Throttles"],
  "AWS/SQS": ["ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"],
};

const Dimensions = z.array(z.object({ Name: z.string(), Value: z.unknown() }));
const Metric = z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions });
const Alarm = z.looseObject({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  Namespace: z.optional(z.string()),
  MetricName: z.optional(z.string()),
  Dimensions: z.optional(Dimensions),
  Metrics: z.optional(z.array(z.looseObject({ MetricStat: z.optional(z.looseObject({ Metric })) }))),
  Period: z.optional(z.number()),
  EvaluationPeriods: z.number(),
  TreatMissingData: z.enum(["breaching", "notBreaching", "ignore"]),
  AlarmActions: z.array(z.unknown()),
  OKActions: z.array(z.unknown()),
});
const Widget = z.object({
  type: z.enum(["alarm", "metric"]),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  properties: z.looseObject({
    title: z.string(),
    alarms: z.optional(z.array(z.string())),
    metrics: z.optional(z.array(z.array(z.unknown()))),
  }),
});
const Dashboard = z.object({
  DashboardBody: z.object({ "Fn::Sub": z.tuple([z.string(), z.record(z.string(), z.unknown())]) }),
});
const Named = z.looseObject({ FunctionName: z.string() });

let service: PackagedService;
beforeAll(async () => {
  service = await packageService(POLICY);
}, 300_000);

function resources<Schema extends z.ZodMiniType>(type: string, schema: Schema) {
  return Object.entries(service.template.Resources).flatMap(([id, { Type, Condition, Properties }]) =>
    Type === type ? [{ id, condition: Condition, properties: schema.parse(Properties) }] : [],
  );
}
function alarms() {
  return resources("AWS::CloudWatch::Alarm", Alarm).map(({ id, condition, properties }) => ({
    id,
    condition,
    ...properties,
    name: properties.AlarmName.slice(STACK.length + 1),
    metrics: metricsOf(properties),
  }));
}
function metricsOf({ Metrics, ...one }: z.infer<typeof Alarm>) {
  return Metrics === undefined
    ? [Metric.parse(one)]
    : Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));
}
function dashboard() {
  const [text, names] = resources("AWS::CloudWatch::Dashboard", Dashboard)[0]?.properties.DashboardBody["Fn::Sub"] ?? ["", {}];
  return { text, names, widgets: z.object({ widgets: z.array(Widget) }).parse(JSON.parse(text)).widgets };
}
/** The metrics that the dashboard draws: namespace, name, then dimensions and their values in turn. */
function drawn() {
  return dashboard().widgets.flatMap(({ properties: { metrics = [] } }) =>
    metrics.map((line) => {
      const [namespace, name, ...rest] = line.slice(0, -1).map(String);
      return { Namespace: namespace ?? "", MetricName: name ?? "", rest };
    }),
  );
}

/** All code that runs in functions, but for the table of metrics. */
function sourceCode(): string {
  const files = globSync("{lib,functions}/**/*.ts", { cwd: ROOT }).filter((file) => file !== "lib/guard/meter.ts");
  return files.map((file) => readFileSync(join(ROOT, file), "utf8")).join("\n");
}

describe("the alarms", () => {
  test("each have a section in the runbook, and each section of it an alarm", () => {
    const runbook = readFileSync(join(ROOT, "docs/runbook.md"), "utf8");
    const sections = [...runbook.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
    expect(sections.toSorted()).toEqual(
      alarms()
        .map(({ name }) => name)
        .toSorted(),
    );
    for (const { AlarmDescription, name } of alarms()) expect(AlarmDescription).toContain(`docs/runbook.md#${name}`);
  });

  test("are explained by metrics, lines of the log and queues that there are", () => {
    const runbook = readFileSync(join(ROOT, "docs/runbook.md"), "utf8");
    for (const metric of Object.keys(METRICS)) expect(runbook).toContain(`\`${metric}\``);
    const messages = [...runbook.matchAll(/message (?:=|like) "([^"]+)"/g)].map(([, message = ""]) => message);
    expect(messages.length).toBeGreaterThan(10);
    const code = sourceCode();
    expect(messages.filter((message) => !code.includes(message))).toEqual([]);
    const queues = [...runbook.matchAll(/(?:peek|url|arn) ([A-Z]\w+)/g)].map(([, id = ""]) => id);
    expect(queues.length).toBeGreaterThan(10);
    expect(queues.filter((id) => service.template.Resources[id]?.Type !== "AWS::SQS::Queue")).toEqual([]);
  });

  test("say how urgent they are, and go to the topic when they begin and when they end", () => {
    const topic = [{ "Fn::If": ["OwnAlarmTopic", { Ref: "AlarmTopic" }, { Ref: "AlarmTopicArn" }] }];
    for (const { AlarmDescription, AlarmActions, OKActions } of alarms()) {
      expect(AlarmDescription).toMatch(/^(critical|warning): /);
      expect([AlarmActions, OKActions]).toEqual([topic, topic]);
    }
  });

  test("look back no further than CloudWatch lets them: a day, or a week by the hour", () => {
    for (const { AlarmName, Period = 300, EvaluationPeriods } of alarms()) {
      expect([AlarmName, Period * EvaluationPeriods <= (Period >= 3_600 ? 604_800 : 86_400)]).toEqual([AlarmName, true]);
    }
  });

  test("watch every dead-letter queue, and stay on while something lies in it", () => {
    const dead = resources("AWS::SQS::Queue", z.looseObject({})).filter(({ id }) => id.endsWith("DeadLetters"));
    const watched = alarms().filter(({ metrics }) => metrics[0]?.MetricName === "ApproximateNumberOfMessagesVisible");
    const queueOf = ({ metrics }: (typeof watched)[number]) => JSON.stringify(metrics[0]?.Dimensions);
    expect(dead.length).toBeGreaterThanOrEqual(4);
    for (const { id, condition } of dead) {
      const named = JSON.stringify([{ Name: "QueueName", Value: { "Fn::GetAtt": [id, "QueueName"] } }]);
      expect(watched.find((alarm) => queueOf(alarm) === named)).toMatchObject({ condition, TreatMissingData: "ignore", Threshold: 1 });
    }
    expect(watched).toHaveLength(dead.length);
  });

  test("watch the errors and throttles of every function", () => {
    const functions = resources("AWS::Lambda::Function", Named).map(({ properties: { FunctionName } }) => FunctionName);
    for (const metric of ["Errors", "Throttles"]) {
      const watched = alarms().flatMap(({ metrics }) => metrics.filter(({ MetricName }) => MetricName === metric));
      expect(watched.map(({ Dimensions: [function_] }) => function_?.Value).toSorted()).toEqual(functions.toSorted());
    }
  });

  test.each([
    ["no-events", 24],
    ["drill-missing", 26],
  ])("%s: silence for %i hours is the alarm", (name, hours) => {
    expect(alarms().find((alarm) => alarm.name === name)).toMatchObject({
      TreatMissingData: "breaching",
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      Period: 3_600,
      EvaluationPeriods: hours,
    });
    expect(
      alarms()
        .filter(({ TreatMissingData }) => TreatMissingData === "breaching")
        .map(({ name }) => name),
    ).toEqual(["no-events", "drill-missing", "sweeps-missing"]);
  });

  test("of the drill are there where there is a drill", () => {
    const ofDrill = alarms().filter(({ name }) => name.startsWith("drill-"));
    expect(ofDrill.map(({ condition }) => condition)).toEqual(["FireDrill", "FireDrill", "FireDrill"]);
  });
});

describe("what is watched", () => {
  const watched = () => [...alarms().flatMap(({ metrics }) => metrics), ...drawn()];

  test("is a metric that AWS has, or one of ours", () => {
    const known: Readonly<Record<string, readonly string[]>> = { ...OF_AWS, Portcullis: Object.keys(METRICS) };
    expect(watched().filter(({ Namespace, MetricName }) => !known[Namespace]?.includes(MetricName))).toEqual([]);
  });

  test("is one under its function's name, and decisions by their outcome too", () => {
    const dimensions = [
      ...alarms().flatMap(({ metrics }) =>
        metrics.map((one) => ({ ...one, rest: one.Dimensions.flatMap(({ Name, Value }) => [Name, String(Value)]) })),
      ),
      ...drawn(),
    ].filter(({ Namespace }) => Namespace === "Portcullis");
    for (const { MetricName, rest } of dimensions) {
      const [service, , by, value] = rest;
      expect(service).toBe("service");
      if (by !== undefined)
        expect([MetricName, by, OUTCOMES.find((outcome) => outcome === value)]).toEqual(["Decisions", "outcome", value]);
    }
    expect(dimensions.filter(({ rest }) => rest.length > 2)).toHaveLength(2 + OUTCOMES.length);
  });

  test("is emitted by the code", () => {
    const code = sourceCode();
    expect(Object.keys(METRICS).filter((name) => !code.includes(`"${name}"`))).toEqual([]);
  });

  test("is of a function that there is", () => {
    const functions = resources("AWS::Lambda::Function", Named).map(({ properties: { FunctionName } }) => FunctionName);
    const named = new Set([
      ...alarms().flatMap(({ metrics }) =>
        metrics.flatMap(({ Dimensions: all }) =>
          all.flatMap(({ Name, Value }) => (/^(service|FunctionName)$/.test(Name) ? [String(Value)] : [])),
        ),
      ),
      ...drawn().flatMap(({ rest }) =>
        rest.flatMap((value, index) => (/^(service|FunctionName)$/.test(value) ? [rest[index + 1] ?? ""] : [])),
      ),
    ]);
    expect([...named].toSorted()).toEqual(functions.toSorted());
  });
});

describe("the dashboard", () => {
  test("names every queue that it draws", () => {
    const { text, names } = dashboard();
    const tokens = new Set([...text.matchAll(/\$\{([^:}]+)\}/g)].map(([, token]) => token));
    expect([...tokens].toSorted()).toEqual(Object.keys(names).toSorted());
    for (const id of tokens) expect(service.template.Resources[id ?? ""]?.Type).toBe("AWS::SQS::Queue");
  });

  test("shows the alarms that are always there, by their names", () => {
    const [{ properties } = { properties: { alarms: [] } }] = dashboard().widgets.filter(({ type }) => type === "alarm");
    const always = alarms().filter(({ condition }) => condition === undefined);
    expect(properties.alarms?.map((arn) => arn.split(":alarm:")[1])).toEqual(always.map(({ AlarmName }) => AlarmName));
  });

  test("fits on one screen, and nothing covers anything", () => {
    const { widgets } = dashboard();
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, cell) => `${x + (cell % width)}/${y + Math.floor(cell / width)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
    expect(Math.max(...widgets.map(({ y, height }) => y + height))).toBeLessThanOrEqual(18);
  });
});

test("every function is traced", () => {
  for (const { properties } of resources("AWS::Lambda::Function", z.looseObject({})))
    expect(properties).toMatchObject({ TracingConfig: { Mode: "Active" } });
});
