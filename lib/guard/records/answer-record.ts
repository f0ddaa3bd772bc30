import * as z from "zod/mini";
import type { Answer } from "../answering/respond-ports.ts";

const text = z.string();
const AnswerRecord = z.object({
  id: text,
  at: text,
  user: text,
  ask: z.enum(["undo", "snooze", "explain", "allow", "explain-resource", "exceptions", "status", "reset-breaker"]),
  decision: z.exactOptional(text),
  result: z.enum(["done", "refused", "moot", "failed"]),
  says: text,
  reason: z.exactOptional(text),
  grant: z.exactOptional(text),
});

/** Reads an answer from its parsed JSON. Throws zod's error for anything else. */
export function decodeAnswer(record: unknown): Answer {
  return AnswerRecord.parse(record);
}
