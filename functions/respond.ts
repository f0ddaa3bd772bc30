import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { CloudWatchMeter, flushing } from "../lib/aws/cloudwatch-meter.ts";
import { retrySoon } from "../lib/aws/sqs/retry-soon.ts";
import { inBatch } from "../lib/aws/sqs/sqs-batch.ts";
import { decodeRequest } from "../lib/guard/records/request-record.ts";
import { receiveFromSlack } from "../lib/slack/front-desk.ts";
import { respond } from "../lib/slack/respond.ts";
import { deliveredPolicy } from "../lib/wiring/policy.ts";
import { respondPorts } from "../lib/wiring/respond.ts";

const logger = new Logger({ serviceName: "portcullis-respond" });
const meter = new CloudWatchMeter(process.env.AWS_LAMBDA_FUNCTION_NAME, logger);
const ports = await respondPorts(process.env, import.meta.dirname, logger, meter);
const policy = deliveredPolicy(process.env, import.meta.dirname, logger, meter);
const retry = retrySoon(process.env.QUEUE_URL);
const answerAll = inBatch(async (body) => respond(decodeRequest(body), await policy.in(ports)), logger, { retry });

/** What Slack sends arrives by HTTP and goes into a queue within three seconds; from there it is answered. */
export const handler = middy<LambdaFunctionURLEvent | SQSEvent, LambdaFunctionURLResult | SQSBatchResponse>()
  .use(injectLambdaContext(logger))
  .use(flushing(meter))
  .use(policy.keepingUp)
  .handler(async (event: LambdaFunctionURLEvent | SQSEvent) => {
    if ("Records" in event) return answerAll(event);
    const { body = "", isBase64Encoded, headers } = event;
    return receiveFromSlack(
      { body: isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body, headers },
      await policy.in(ports),
    );
  });
