import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { retrySoon } from "../lib/aws/retry-soon.ts";
import { inBatch } from "../lib/aws/sqs-batch.ts";
import { sweep } from "../lib/guard/sweep.ts";
import { decodeSweep } from "../lib/guard/sweep-record.ts";
import { sweepPorts } from "../lib/wiring/sweep.ts";

const logger = new Logger({ serviceName: "portcullis-sweep" });
const ports = sweepPorts(process.env, import.meta.dirname, logger);
const retry = retrySoon(process.env.QUEUE_URL);

/** Requests for sweeps arrive by queue, from schedules, from people and from this function: one for all, and one for each account and region. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(injectLambdaContext(logger))
  .handler((event: SQSEvent, context: Context) => {
    const timeLeft = () => context.getRemainingTimeInMillis();
    return inBatch((body) => sweep(decodeSweep(body), { ...ports, timeLeft, count: () => {} }), logger, { retry })(event);
  });
