import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod/mini";

/** A request to AWS, as far as it says what is called. */
interface AwsRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

// Of services that are called by path.
const BY_PATH: readonly (readonly [RegExp, string])[] = [[/^POST \/schedules\//, "CreateSchedule"]];
// Calls that are allowed under the name of another.
const ALLOWED_AS: Readonly<Record<string, string>> = {
  "sqs:SendMessageBatch": "sqs:SendMessage",
  "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
  "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
};
// A transaction is allowed by what it consists of
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html).
const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), z.unknown())) });
const ITEM_ACTIONS: Readonly<Record<string, string>> = {
  Put: "dynamodb:PutItem",
  Update: "dynamodb:UpdateItem",
  Delete: "dynamodb:DeleteItem",
  ConditionCheck: "dynamodb:ConditionCheckItem",
};

/**
 * What a request takes of IAM: `ec2:DescribeVpcs`; a transaction may take several. The service is that of its signature; the action
 * a parameter of a form (EC2, RDS, STS), a header (DynamoDB, SQS, EventBridge, ...), or told by the path. Throws for a request that
 * says neither.
 */
export function calledActions({ method = "", url = "", headers, body }: AwsRequest): readonly string[] {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? "")?.[1];
  const target = headers["x-amz-target"];
  const named = typeof target === "string" ? target.split(".").at(-1) : new URLSearchParams(body).get("Action");
  const action = named ?? BY_PATH.find(([path]) => path.test(`${method} ${url}`))?.[1];
  if (service === undefined || action === undefined) throw new Error(`found no AWS action in ${method} ${url}`);
  if (action === "TransactWriteItems") {
    const { TransactItems } = Transaction.parse(JSON.parse(body));
    return [...new Set(TransactItems.flatMap(Object.keys).map((item) => ITEM_ACTIONS[item] ?? `dynamodb:${item}`))];
  }
  const called = `${service}:${action}`;
  return [ALLOWED_AS[called] ?? called];
}
