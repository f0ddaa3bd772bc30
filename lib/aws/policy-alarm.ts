/** Counts a rejected policy in CloudWatch: PolicyRejected of Portcullis, in embedded metric format, under the function's name. */
export async function countRejectedPolicy(functionName: string): Promise<void> {
  // Loaded when there is something to count.
  const { Metrics, MetricUnit } = await import("@aws-lambda-powertools/metrics");
  const metrics = new Metrics({ namespace: "Portcullis", serviceName: functionName });
  metrics.addMetric("PolicyRejected", MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
