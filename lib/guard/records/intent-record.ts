import * as z from "zod/mini";
import type { Intent } from "../ports.ts";
import { FindingRecord, RemedyRecord } from "./decision-record.ts";

const AttemptRecord = z.object({ message: z.string(), number: z.int() });
const IntentRecord = z.object({ by: AttemptRecord, findings: z.array(FindingRecord), remedies: z.array(RemedyRecord) });

/** Writes an intent as JSON. */
export function encodeIntent(intent: Intent): string {
  return JSON.stringify(intent);
}

/** Reads what encodeIntent wrote. Throws zod's error for anything else. */
export function decodeIntent(text: string): Intent {
  return IntentRecord.parse(JSON.parse(text));
}
