import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { retrySoon } from "../lib/aws/retry-soon.ts";
import { inBatch } from "../lib/aws/sqs-batch.ts";
import { notify } from "../lib/slack/notify.ts";
import { notifyPorts } from "../lib/wiring/notify.ts";

const logger = new Logger({ serviceName: "portcullis-notify" });
const ports = notifyPorts(process.env, logger);
const retry = retrySoon(process.env.QUEUE_URL);

/** Decisions arrive by queue, as EventBridge events, and are told in Slack. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(injectLambdaContext(logger))
  .handler((event: SQSEvent, context: Context) =>
    inBatch((body) => notify(ports, body, () => context.getRemainingTimeInMillis()), logger, { retry })(event),
  );
