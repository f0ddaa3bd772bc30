import * as z from "zod/mini";
import type { Request } from "../answering/respond-ports.ts";

const text = z.string();
const who = { user: text, id: text, answerTo: text };
const RequestRecord = z.discriminatedUnion("ask", [
  z.object({ ...who, ask: z.literal("undo"), decision: text }),
  z.object({ ...who, ask: z.literal("snooze"), decision: text }),
  z.object({ ...who, ask: z.literal("explain"), decision: text }),
  z.object({ ...who, ask: z.literal("allow"), decision: text, until: text, reason: text }),
  z.object({ ...who, ask: z.literal("explain-resource"), resource: text, account: z.exactOptional(text), region: z.exactOptional(text) }),
  z.object({ ...who, ask: z.literal("exceptions") }),
  z.object({ ...who, ask: z.literal("status") }),
  z.object({ ...who, ask: z.literal("reset-breaker"), account: text }),
]);

/** Reads a request from its parsed JSON, as it comes out of the queue. Throws zod's error for anything else. */
export function decodeRequest(record: unknown): Request {
  return RequestRecord.parse(record);
}
