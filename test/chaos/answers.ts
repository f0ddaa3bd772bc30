import * as z from "zod/mini";
import type { Called } from "../support/organization.ts";
import type { Fault } from "./faults.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A call that is carried out in part: what is sent on, and what is answered. */
interface Part {
  readonly sent: string;
  answer(to: Answer): Answer;
}

type Refused = Exclude<Fault, "hang" | "hang-after" | "reset" | "reset-after">;

const STATUS = { throttle: 400, unavailable: 503, fail: 500, "fail-after": 500, die: 500, "die-after": 500 } as const satisfies Record<
  Refused,
  number
>;
const EC2_CODES = { throttle: "RequestLimitExceeded", unavailable: "Unavailable" } as const;
const AWS_CODES = { throttle: "ThrottlingException", unavailable: "ServiceUnavailable" } as const;

/** What a service answers to a call that it refuses or fails, in its own words. */
export function refusal(called: Called, fault: Refused): Answer {
  const dies = fault.startsWith("die") ? { "x-chaos-die": "now" } : {};
  const known = fault === "throttle" || fault === "unavailable" ? fault : undefined;
  if (called === "slack") {
    const status = known === "throttle" ? 429 : STATUS[fault];
    return json(status, { ok: false }, { ...dies, ...(status === 429 && { "retry-after": "1" }) });
  }
  if (called === "aws") {
    const __type = known === undefined ? "InternalServerError" : AWS_CODES[known];
    return json(STATUS[fault], { __type, message: "a fault of the chaos" }, dies);
  }
  const code = known === undefined ? "InternalError" : EC2_CODES[known];
  const error = `<Error><Code>${code}</Code><Message>a fault of the chaos</Message></Error>`;
  // EC2 says that it is asked too often with 503. STS, on the same wire, reads the other of these two.
  const status = known === "throttle" ? 503 : STATUS[fault];
  return {
    status,
    headers: { "content-type": "text/xml", ...dies },
    body: Buffer.from(`<Response><Errors>${error}</Errors>${error}</Response>`),
  };
}

const Entries = z.looseObject({ Entries: z.array(z.looseObject({ Id: z.optional(z.string()) })) });
const Sent = z.looseObject({ Successful: z._default(z.array(z.unknown()), []), Failed: z._default(z.array(z.unknown()), []) });
const Writes = z.looseObject({ RequestItems: z.record(z.string(), z.array(z.unknown())) });

/** Of what one call asks, sends on the first half and refuses the rest; undefined where the call is nothing of that kind. */
export function partOf(action: string, text: string): Part | undefined {
  const body: unknown = JSON.parse(text);
  if (action === "PutEvents") {
    // One event a call: none of it is taken.
    const refused = { ErrorCode: "InternalFailure", ErrorMessage: "a fault of the chaos" };
    const { Entries: entries } = Entries.parse(body);
    return {
      sent: JSON.stringify({ Entries: [] }),
      answer: () => json(200, { FailedEntryCount: entries.length, Entries: entries.map(() => refused) }),
    };
  }
  if (action === "SendMessageBatch") {
    const batch = Entries.parse(body);
    const [taken, left] = halves(batch.Entries);
    if (taken.length === 0) return undefined;
    const Failed = left.map(({ Id }) => ({ Id, SenderFault: false, Code: "InternalError", Message: "a fault of the chaos" }));
    return {
      sent: JSON.stringify({ ...batch, Entries: taken }),
      answer: (to) => {
        const sent = Sent.parse(JSON.parse(to.body.toString()));
        return json(to.status, { ...sent, Failed: [...sent.Failed, ...Failed] });
      },
    };
  }
  const { RequestItems, ...rest } = Writes.parse(body);
  const [[table = "", writes = []] = []] = Object.entries(RequestItems);
  const [taken, left] = halves(writes);
  if (taken.length === 0) return undefined;
  return {
    sent: JSON.stringify({ ...rest, RequestItems: { [table]: taken } }),
    answer: (to) => json(to.status, { ...z.looseObject({}).parse(JSON.parse(to.body.toString())), UnprocessedItems: { [table]: left } }),
  };
}

/** What of a text comes after the last of a mark. */
export function cut(text: string, mark: string): string {
  return text.slice(text.lastIndexOf(mark) + 1);
}

function halves<Item>(items: readonly Item[]): readonly [readonly Item[], readonly Item[]] {
  const middle = Math.floor(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}

function json(status: number, value: object, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { "content-type": "application/json", ...headers }, body: Buffer.from(JSON.stringify(value)) };
}
