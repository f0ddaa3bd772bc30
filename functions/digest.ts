import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { ScheduledEvent } from "aws-lambda";
import { CloudWatchMeter, flushing } from "../lib/aws/cloudwatch-meter.ts";
import { tellDigest } from "../lib/telling/digest.ts";
import { digestPorts } from "../lib/wiring/digest.ts";
import { deliveredPolicy } from "../lib/wiring/policy.ts";

const logger = new Logger({ serviceName: "portcullis-digest" });
const portsUnder = digestPorts(process.env, import.meta.dirname, logger);
const meter = new CloudWatchMeter(process.env.AWS_LAMBDA_FUNCTION_NAME, logger);
const policy = deliveredPolicy(process.env, import.meta.dirname, logger, meter);

/** Every morning Slack is told what happened the day before. */
export const handler = middy<ScheduledEvent, void>()
  .use(injectLambdaContext(logger))
  .use(flushing(meter))
  .use(policy.keepingUp)
  .handler(async () => tellDigest(portsUnder(await policy.latest())));
