import { Ec2Error, type Ec2Refusal } from "../../guard/ports.ts";
import { mayHaveTakenEffect } from "./lost-answers.ts";

export const NO_SUCH_LIST = "InvalidPrefixListID.NotFound";
// Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
const REFUSALS: Readonly<Record<string, Ec2Refusal>> = {
  "InvalidPermission.NotFound": "rule-not-found",
  "InvalidGroup.NotFound": "group-not-found",
  "InvalidGroupId.Malformed": "group-not-found",
  "InvalidPermission.Duplicate": "duplicate",
  "InvalidGroup.Duplicate": "duplicate",
  RulesPerSecurityGroupLimitExceeded: "limit",
  UnauthorizedOperation: "denied",
  AccessDenied: "denied",
  AccessDeniedException: "denied",
  AuthFailure: "denied",
  OptInRequired: "denied",
  // The region does not know the call.
  InvalidAction: "denied",
  UnknownOperationException: "denied",
  [NO_SUCH_LIST]: "denied",
  RequestLimitExceeded: "throttled",
  Throttling: "throttled",
  ThrottlingException: "throttled",
  RequestThrottledException: "throttled",
  TooManyRequestsException: "throttled",
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
  if (error instanceof Ec2Error) return error;
  if (!(error instanceof Error)) return new Ec2Error("throttled", "Unknown", String(error));
  return new Ec2Error(refusalOf(error), error.name, error.message, { cause: error, mayHaveTakenEffect: mayHaveTakenEffect(error) });
}

/** A refusal that an answer tells by its code, where the call itself succeeded. */
export function refused(code: string, message: string): Ec2Error {
  return new Ec2Error(REFUSALS[code] ?? refusalByName(code), code, message);
}

/** Whether this is EC2's word for "it would have succeeded", the answer to DryRun. */
export function isPermitted(error: unknown): boolean {
  return error instanceof Error && error.name === "DryRunOperation" && "$fault" in error;
}

function refusalOf(error: Error): Ec2Refusal {
  const known = REFUSALS[error.name];
  if (known !== undefined) return known;
  if (!isAnswer(error)) return "throttled";
  return refusalByName(error.name);
}

// RouteLimitExceeded, NetworkAclEntryLimitExceeded, FlowLogsLimitExceeded, ...
function refusalByName(code: string): Ec2Refusal {
  return code.endsWith("LimitExceeded") ? "limit" : "other";
}

// By its fields and not by its class: each service has one of its own, and the bundle holds that of EC2 twice.
function isAnswer(error: Error): boolean {
  if (!("$fault" in error && "$metadata" in error)) return false;
  const { $metadata: metadata } = error;
  const status = typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata ? metadata.httpStatusCode : undefined;
  return typeof status === "number" && status < 500;
}
