import * as z from "zod/mini";
import { KIND_NAMES } from "../../model/facts.ts";
import type { Reached } from "../ports.ts";

const ReachedRecord = z.object({ kind: z.enum(KIND_NAMES), id: z.string(), possible: z.exactOptional(z.literal(true)) });

/** Writes as JSON what a change reached; the same in the same words. */
export function encodeReached({ kind, id, possible }: Reached): string {
  return JSON.stringify({ kind, id, ...(possible && { possible }) });
}

/** Reads what encodeReached wrote. Throws zod's error for anything else. */
export function decodeReached(text: string): Reached {
  return ReachedRecord.parse(JSON.parse(text));
}
