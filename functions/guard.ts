import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { retrySoon } from "../lib/aws/retry-soon.ts";
import { inBatch } from "../lib/aws/sqs-batch.ts";
import { receive } from "../lib/guard/receive.ts";
import { guardPorts } from "../lib/wiring/guard.ts";

const logger = new Logger({ serviceName: "portcullis-guard" });
const ports = guardPorts(process.env, import.meta.dirname);
const retry = retrySoon(process.env.QUEUE_URL);

/** CloudTrail calls arrive by queue, as EventBridge events; each change in them is guarded. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(injectLambdaContext(logger))
  .handler(inBatch((body) => receive(body, ports, logger), logger, { together: true, retry }));
