import * as z from "zod/mini";

const SOURCE = "portcullis";
const TYPE = "Sweep";

const text = z.string();
const SweepEvent = z.object({
  source: z.literal(SOURCE),
  "detail-type": z.literal(TYPE),
  detail: z.object({
    run: text,
    at: text,
    account: z.optional(z.string().check(z.regex(/^\d{12}$/, "expected the 12 digits of an account id"))),
    region: z.optional(z.string().check(z.regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/, "expected a region such as eu-west-1"))),
    unless: z.optional(z.literal("policy-is-the-same")),
  }),
});

/** What is to be swept: every account and region, or those named; `run` is the same for everything that is asked for at once. */
export interface SweepRequest {
  readonly run: string;
  /** When it was asked for, ISO 8601. */
  readonly at: string;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** Only if the policy is another than at the last sweep of everything. */
  readonly unless?: "policy-is-the-same" | undefined;
}

/** Writes a request as the event that the queue carries. */
export function encodeSweep(request: SweepRequest): string {
  return JSON.stringify({ source: SOURCE, "detail-type": TYPE, detail: request });
}

/** Reads what encodeSweep wrote, or a schedule of the stack sent, from its parsed JSON. Throws zod's error for anything else. */
export function decodeSweep(event: unknown): SweepRequest {
  return SweepEvent.parse(event).detail;
}
