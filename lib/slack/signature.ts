import { createHmac, timingSafeEqual } from "node:crypto";

/** A request as it came; the header fields are X-Slack-Request-Timestamp and X-Slack-Signature. */
export interface SignedRequest {
  /** The body byte for byte: what is parsed and written again is another text. */
  readonly body: string | Uint8Array;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

const WINDOW_SECONDS = 300;

/**
 * Whether Slack signed the request with this secret within five minutes of `now` (milliseconds)
 * (https://docs.slack.dev/authentication/verifying-requests-from-slack). Takes as long for a wrong signature as for a right one.
 */
export function isSigned({ body, timestamp = "", signature = "" }: SignedRequest, secret: string, now: number): boolean {
  if (secret === "" || !/^\d{1,12}$/.test(timestamp) || !/^v0=[0-9a-f]{64}$/.test(signature)) return false;
  if (Math.abs(Math.floor(now / 1000) - Number(timestamp)) > WINDOW_SECONDS) return false;
  const expected = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(signature.slice("v0=".length), "hex"));
}
