import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { CloudWatchMeter, flushing } from "../lib/aws/cloudwatch-meter.ts";
import { retrySoon } from "../lib/aws/sqs/retry-soon.ts";
import { asOne } from "../lib/aws/sqs/sqs-batch.ts";
import { notifyAll } from "../lib/telling/notify.ts";
import { notifyPorts } from "../lib/wiring/notify.ts";
import { deliveredPolicy } from "../lib/wiring/policy.ts";

const logger = new Logger({ serviceName: "portcullis-notify" });
const meter = new CloudWatchMeter(process.env.AWS_LAMBDA_FUNCTION_NAME, logger);
const ports = notifyPorts(process.env, import.meta.dirname, logger, meter);
const policy = deliveredPolicy(process.env, import.meta.dirname, logger, meter);
const retry = retrySoon(process.env.QUEUE_URL);

/** Decisions arrive by queue, in order, as EventBridge events, and are told in Slack. */
export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(injectLambdaContext(logger))
  .use(flushing(meter))
  .use(policy.keepingUp)
  .handler(async (event: SQSEvent, context: Context) => {
    const directory = (await policy.current())?.document.slack.directory ?? ports.directory;
    return asOne((events) => notifyAll({ ...ports, directory }, events, () => context.getRemainingTimeInMillis()), logger, retry)(event);
  });
