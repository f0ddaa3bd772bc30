import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy from "@middy/core";
import type { Context, ScheduledEvent } from "aws-lambda";
import { drillMetrics } from "../lib/aws/drill-metrics.ts";
import { drill } from "../lib/guard/drilling/drill.ts";
import { drillPorts } from "../lib/wiring/drill.ts";
import { required } from "../lib/wiring/environment.ts";

const logger = new Logger({ serviceName: "portcullis-drill" });
const metrics = new Metrics({ namespace: "Portcullis", serviceName: required(process.env, "AWS_LAMBDA_FUNCTION_NAME") });
const ports = drillPorts(process.env, drillMetrics(metrics), logger);

/** On its schedule, a forbidden rule is opened for the deployed guard to close. */
export const handler = middy<ScheduledEvent, void>()
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .handler((_event: ScheduledEvent, context: Context) => drill(ports, () => context.getRemainingTimeInMillis()));
