import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { CloudWatchMeter, flushing } from "../lib/aws/cloudwatch-meter.ts";
import { retrySoon } from "../lib/aws/sqs/retry-soon.ts";
import { inBatch } from "../lib/aws/sqs/sqs-batch.ts";
import { receive } from "../lib/guard/receive.ts";
import { guardPorts } from "../lib/wiring/guard.ts";
import { deliveredPolicy } from "../lib/wiring/policy.ts";

const logger = new Logger({ serviceName: "portcullis-guard" });
const meter = new CloudWatchMeter(process.env.AWS_LAMBDA_FUNCTION_NAME, logger);
// The bundle is one script, in which nothing waits.
const ports = guardPorts(process.env, import.meta.dirname, meter);
const policy = deliveredPolicy(process.env, import.meta.dirname, logger, meter);
const retry = retrySoon(process.env.QUEUE_URL);

/** CloudTrail calls arrive by queue, as EventBridge events; each change in them is guarded. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(injectLambdaContext(logger))
  .use(flushing(meter))
  .use(policy.keepingUp)
  .handler(
    inBatch(async (body, attempt) => receive(body, await policy.in(await ports), logger, attempt, meter), logger, {
      together: true,
      retry,
    }),
  );
