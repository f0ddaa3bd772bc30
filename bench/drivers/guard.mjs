// Hands each event, a line of JSON on standard input, to the packaged function that BUNDLE names, in a batch of its own as SQS would.
// Prints a line of JSON for each: when the handler was entered and left (CLOCK_MONOTONIC, nanoseconds), and the most memory that
// the process has had (bytes).
import { createInterface } from "node:readline";

const { handler } = await import(process.env.BUNDLE);
let number = 0;
// Its log goes to standard output, where the lines of this program are.
for (const level of ["log", "info", "warn", "error", "debug"]) console[level] = () => {};

for await (const line of createInterface({ input: process.stdin })) {
  const id = `message-${++number}`;
  const attributes = { ApproximateReceiveCount: "1", SentTimestamp: String(Date.now()) };
  const batch = { Records: [{ messageId: id, receiptHandle: id, body: line, attributes, eventSource: "aws:sqs" }] };
  const context = { functionName: "guard", awsRequestId: id, getRemainingTimeInMillis: () => 900_000 };
  const entered = process.hrtime.bigint();
  const { batchItemFailures } = await handler(batch, context);
  const left = process.hrtime.bigint();
  const peak = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(`${JSON.stringify({ entered: Number(entered), left: Number(left), peak, failed: batchItemFailures.length })}\n`);
}
