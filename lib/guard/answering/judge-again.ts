import * as z from "zod/mini";
import { type Change, SUBJECT_KINDS } from "../../model/change.ts";
import type { Grant } from "../../model/grant.ts";

const SOURCE = "portcullis";
const TYPE = "Judge again";
const ENDED = "GrantEnded";

const text = z.string();
const JudgeAgain = z.object({
  source: z.literal(SOURCE),
  "detail-type": z.literal(TYPE),
  detail: z.object({
    account: text,
    region: text,
    subject: z.object({ kind: z.enum(SUBJECT_KINDS), id: text }),
    grant: text,
    decision: text,
    until: text,
  }),
});

/** The event by which the guard looks at a resource again when what was granted for it has ended. */
export function judgeAgainEvent({ account, region, subject, id, decision, until }: Grant): z.infer<typeof JudgeAgain> {
  return { source: SOURCE, "detail-type": TYPE, detail: { account, region, subject, grant: id, decision, until } };
}

/** The name of one end of a grant: what is granted anew under the same id ends anew. At most 64 characters, as a schedule's name. */
export function endOf({ id, until }: Pick<Grant, "id" | "until">): string {
  return `${id}-${Math.floor(Date.parse(until) / 1000)}`;
}

/** The event as a change to be guarded, by nobody and of nothing; undefined for any other event. */
export function changeToJudgeAgain(event: unknown): Change | undefined {
  // Nearly every event is another one, and a hole stands open behind it.
  if (!isOurs(event)) return undefined;
  const parsed = JudgeAgain.safeParse(event);
  if (!parsed.success) return undefined;
  const { account, region, subject, grant, decision, until } = parsed.data.detail;
  return {
    id: `${endOf({ id: grant, until })}-ended`,
    at: until,
    account,
    region,
    actor: { arn: SOURCE },
    call: { source: SOURCE, name: ENDED },
    subject,
    details: { grant, decision },
  };
}

function isOurs(event: unknown): boolean {
  return typeof event === "object" && event !== null && "source" in event && event.source === SOURCE;
}

/** Whether a change is the end of a grant and nobody's call. */
export function isGrantEnd({ call }: Pick<Change, "call">): boolean {
  return call.source === SOURCE && call.name === ENDED;
}
