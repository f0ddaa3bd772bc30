import * as z from "zod/mini";
import { SUBJECT_KINDS } from "../../model/change.ts";
import { OUTCOMES } from "../../model/decision.ts";
import type { Standing } from "../sweeping/standing.ts";
import { ChangeRecord } from "./decision-record.ts";

const StandingRecord = z.object({
  subject: z.object({ kind: z.enum(SUBJECT_KINDS), id: z.string() }),
  keys: z.array(z.string()),
  outcome: z.exactOptional(z.enum(OUTCOMES)),
  decision: z.exactOptional(z.string()),
  begun: z.exactOptional(ChangeRecord),
});

/** Writes what stands as JSON. */
export function encodeStanding(standing: Standing): string {
  return JSON.stringify(standing);
}

/** Reads what encodeStanding wrote, from its parsed JSON. Throws zod's error for anything else. */
export function decodeStanding(record: unknown): Standing {
  return StandingRecord.parse(record);
}
