import { EC2ServiceException } from "@aws-sdk/client-ec2";
import { Ec2Error, type Ec2Refusal } from "../guard/ports.ts";

export const NO_SUCH_LIST = "InvalidPrefixListID.NotFound";
// Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
const REFUSALS: Readonly<Record<string, Ec2Refusal>> = {
  "InvalidPermission.NotFound": "rule-not-found",
  "InvalidGroup.NotFound": "group-not-found",
  "InvalidGroupId.Malformed": "group-not-found",
  "InvalidPermission.Duplicate": "duplicate",
  RulesPerSecurityGroupLimitExceeded: "limit",
  UnauthorizedOperation: "denied",
  AccessDenied: "denied",
  AuthFailure: "denied",
  OptInRequired: "denied",
  [NO_SUCH_LIST]: "denied",
  RequestLimitExceeded: "throttled",
  Throttling: "throttled",
  ThrottlingException: "throttled",
  InternalError: "throttled",
  InternalFailure: "throttled",
  ServiceUnavailable: "throttled",
  Unavailable: "throttled",
};

/** Makes an EC2 call; what it throws is an Ec2Error. */
export async function asking<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw asEc2Error(error);
  }
}

/** EC2's own refusals keep their code; what never reached EC2 (time-out, reset) is worth another try. */
export function asEc2Error(error: unknown): Ec2Error {
  if (!(error instanceof Error)) return new Ec2Error("throttled", "Unknown", String(error));
  const answered = error instanceof EC2ServiceException && (error.$metadata.httpStatusCode ?? 500) < 500;
  const refusal = REFUSALS[error.name] ?? (answered ? "other" : "throttled");
  return new Ec2Error(refusal, error.name, error.message, { cause: error });
}
