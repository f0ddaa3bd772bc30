import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { DrillMetrics } from "../guard/drilling/drill-ports.ts";

/** Drills counted in CloudWatch: DrillSeconds of those that passed, and DrillFailed, 1 or 0, of all. */
export function drillMetrics(metrics: Metrics): DrillMetrics {
  return {
    closed: (seconds) => {
      metrics.addMetric("DrillSeconds", MetricUnit.Seconds, seconds);
      metrics.addMetric("DrillFailed", MetricUnit.Count, 0);
    },
    failed: () => {
      metrics.addMetric("DrillFailed", MetricUnit.Count, 1);
    },
  };
}
