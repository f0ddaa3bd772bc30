import { METRICS, type Meter, type Metric } from "../guard/meter.ts";
import type { Log } from "../guard/notify-ports.ts";

const NAMESPACE = "Portcullis";

interface Measurement {
  readonly metric: Metric;
  readonly value: number;
  readonly by: Readonly<Record<string, string>> | undefined;
}

/**
 * Metrics as CloudWatch reads them from the log of a function (embedded metric format,
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html): no call to
 * AWS, no permission. They are kept until `flush`, and lost with a process that dies before it.
 */
export class CloudWatchMeter implements Meter {
  private readonly service: string;
  private readonly log: Pick<Log, "warn">;
  private kept: Measurement[] = [];

  /** `service` is the dimension by which alarms know the function: its name. */
  constructor(service: string | undefined, log: Pick<Log, "warn">) {
    this.service = service ?? "portcullis";
    this.log = log;
  }

  add(metric: Metric, value: number, by?: Readonly<Record<string, string>>): void {
    this.kept.push({ metric, value, by });
  }

  /** Writes what was measured. Never rejects: no answer of a function hangs on it. */
  async flush(): Promise<void> {
    const measurements = this.kept;
    this.kept = [];
    if (measurements.length === 0) return;
    try {
      // Loaded after the work is done: a cold start pays nothing for it.
      const { Metrics } = await import("@aws-lambda-powertools/metrics");
      // What is counted by the same dimensions goes into one line of the log.
      for (const alike of Map.groupBy(measurements, ({ by }) => JSON.stringify(by)).values()) {
        const metrics = new Metrics({ namespace: NAMESPACE, serviceName: this.service });
        const [{ by } = { by: undefined }] = alike;
        if (by !== undefined) metrics.addDimensions({}).addDimensions({ ...by });
        for (const { metric, value } of summed(alike)) metrics.addMetric(metric, METRICS[metric], value);
        // More than a hundred values of one metric write themselves.
        if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      }
    } catch (error) {
      this.log.warn("Metrics could not be written", { error });
    }
  }
}

// Counts are sums; of times each value counts, since percentiles are made of them.
function summed(measurements: readonly Measurement[]): readonly Omit<Measurement, "by">[] {
  const sums = new Map<Metric, number>();
  const others: Measurement[] = [];
  for (const measurement of measurements) {
    const { metric, value } = measurement;
    if (METRICS[metric] === "Count") sums.set(metric, (sums.get(metric) ?? 0) + value);
    else others.push(measurement);
  }
  return [...Array.from(sums, ([metric, value]) => ({ metric, value })), ...others];
}

/** Middleware: what was measured is written when an invocation ends, well or not. */
export function flushing(meter: CloudWatchMeter) {
  const flush = () => meter.flush();
  return { after: flush, onError: flush };
}
