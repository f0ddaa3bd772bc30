import * as z from "zod/mini";
import { SUBJECT_KINDS } from "../../model/change.ts";
import type { Grant } from "../../model/grant.ts";

const text = z.string();
const texts = z.array(text);
const GrantRecord = z.object({
  id: text,
  account: text,
  region: text,
  subject: z.object({ kind: z.enum(SUBJECT_KINDS), id: text }),
  admits: z.array(
    z.object({
      rule: text,
      allow: z.array(z.object({ protocol: text, ports: z.exactOptional(text), from: z.exactOptional(texts), to: z.exactOptional(texts) })),
      parts: texts,
    }),
  ),
  until: text,
  reason: text,
  approvedBy: text,
  grantedAt: text,
  decision: text,
});

/** Reads grants from their parsed JSON. Throws zod's error for anything else. */
export function decodeGrants(record: unknown): readonly Grant[] {
  return z.array(GrantRecord).parse(record);
}
