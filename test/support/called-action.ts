import type { IncomingHttpHeaders } from "node:http";

/** A request to AWS, as far as it says what is called. */
interface AwsRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

// Of services that are called by path.
const BY_PATH: readonly (readonly [RegExp, string])[] = [[/^POST \/schedules\//, "CreateSchedule"]];

/**
 * What a request calls, as IAM names it: `ec2:DescribeVpcs`. The service is that of its signature; the action a parameter of a form
 * (EC2, RDS, STS), a header (DynamoDB, SQS, EventBridge, ...), or told by the path. Throws for a request that says neither.
 */
export function calledAction({ method = "", url = "", headers, body }: AwsRequest): string {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(headers.authorization ?? "")?.[1];
  const target = headers["x-amz-target"];
  const named = typeof target === "string" ? target.split(".").at(-1) : new URLSearchParams(body).get("Action");
  const action = named ?? BY_PATH.find(([path]) => path.test(`${method} ${url}`))?.[1];
  if (service === undefined || action === undefined) throw new Error(`found no AWS action in ${method} ${url}`);
  return `${service}:${action}`;
}
