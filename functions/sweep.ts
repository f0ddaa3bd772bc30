import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { CloudWatchMeter, flushing } from "../lib/aws/cloudwatch-meter.ts";
import { retrySoon } from "../lib/aws/sqs/retry-soon.ts";
import { inBatch } from "../lib/aws/sqs/sqs-batch.ts";
import { decodeSweep } from "../lib/guard/records/sweep-record.ts";
import { sweep } from "../lib/guard/sweeping/sweep.ts";
import { deliveredPolicy } from "../lib/wiring/policy.ts";
import { sweepPorts } from "../lib/wiring/sweep.ts";

const logger = new Logger({ serviceName: "portcullis-sweep" });
const meter = new CloudWatchMeter(process.env.AWS_LAMBDA_FUNCTION_NAME, logger);
const ports = await sweepPorts(process.env, import.meta.dirname, logger, meter);
const policy = deliveredPolicy(process.env, import.meta.dirname, logger, meter);
const retry = retrySoon(process.env.QUEUE_URL);

/** Requests for sweeps arrive by queue, from schedules, from people and from this function: one for all, and one for each account and region. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(injectLambdaContext(logger))
  .use(flushing(meter))
  .use(policy.keepingUp)
  .handler((event: SQSEvent, context: Context) => {
    const timeLeft = () => context.getRemainingTimeInMillis();
    // What is asked for under a new policy must be swept under it, and nothing that is open waits for a sweep's reading of it.
    return inBatch(async (body) => sweep(decodeSweep(body), { ...(await policy.in(ports, "latest")), timeLeft }), logger, { retry })(event);
  });
