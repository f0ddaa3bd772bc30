import type { EC2Client } from "@aws-sdk/client-ec2";

/** What this module notes on an error of the SDK. */
const NOTE = "mayHaveTakenEffect";

/**
 * Has the client's errors tell whether an earlier attempt of the same call, made again by the SDK, may have taken effect: its
 * answer never came, or was a failure of EC2's own. A call that EC2 refused did nothing.
 */
export function noteLostAnswers({ middlewareStack }: EC2Client): void {
  middlewareStack.add(
    (next, context) => async (call) => {
      try {
        return await next(call);
      } catch (error) {
        if (error instanceof Error && NOTE in context) Object.assign(error, { [NOTE]: true });
        throw error;
      }
    },
    { step: "initialize", name: "tellLostAnswers", override: true },
  );
  // Within the retries: once for every attempt.
  middlewareStack.add(
    (next, context) => async (call) => {
      try {
        return await next(call);
      } catch (error) {
        if (isOutcomeUnknown(error)) Object.assign(context, { [NOTE]: true });
        throw error;
      }
    },
    { step: "deserialize", name: "noteLostAnswers", priority: "high", override: true },
  );
}

/** Whether an error of the SDK says that the call may have taken effect before. */
export function mayHaveTakenEffect(error: object): boolean {
  return NOTE in error;
}

function isOutcomeUnknown(error: unknown): boolean {
  const metadata = typeof error === "object" && error !== null && "$metadata" in error ? error.$metadata : undefined;
  const status = typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata ? metadata.httpStatusCode : undefined;
  // 503 is EC2's word for "asked too often" (RequestLimitExceeded) and "not now": it did nothing.
  return typeof status !== "number" || (status >= 500 && status !== 503);
}
