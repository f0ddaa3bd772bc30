import { changesOf } from "../../../lib/cloudtrail/parse.ts";
import { receive } from "../../../lib/guard/receive.ts";
import { FIRST } from "../../support/attempts.ts";
import { guardRig } from "../../support/guard-rig.ts";
import type { Json } from "../json.ts";
import { mutated } from "../mutate.ts";
import { BROKEN, RECORDED, STRICT } from "../recordings.ts";
import { insist, type Target } from "../target.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const LAWFUL = ["tcp 443 from 0.0.0.0/0", "tcp 8080 from 10.0.0.0/8"];
const EVENTS = [...RECORDED.map(([, event]) => event), ...BROKEN];
const GRANTS = RECORDED.filter(([path]) => /SecurityGroup(Rules|Ingress|Egress)/.test(path)).map(([, event]) => event);
const FAVOURITES = ["requestParameters", "responseElements", "userIdentity"];
// What the queue is told, so that the message comes again and is dead-lettered in the end.
const TRIED_AGAIN = new Set(["UnreadableEventError", "TooEarlyError", "UnreachedError", "Ec2Error"]);
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * EventBridge events and bare records through the guard's entrance, all rules on. Every group that the event names stands open:
 * whatever the event says of it, a decision must have closed that, and left alone what is lawful.
 */
export const guardedEvents: Target = {
  name: "guarded-events",
  make: (luck) => mutated(luck.pick(luck.percent(50) ? GRANTS : EVENTS), luck, { favourites: FAVOURITES, donors: EVENTS }),
  check: async (event) => {
    const parsed = changesOf(event);
    insist(["changes", "ignored", "unreadable"].includes(parsed.kind), () => `the parser says "${parsed.kind}"`);
    const rig = guardRig(STRICT);
    const groups = groupsIn(event);
    for (const id of groups) rig.ec2.createGroup(id, [SSH, ...LAWFUL]);
    try {
      await receive(event, rig.ports, SILENT, FIRST);
    } catch (error) {
      if (error instanceof Error && TRIED_AGAIN.has(error.name)) return;
      throw error;
    }
    for (const { change, outcome, notJudged } of rig.ledger.decisions()) {
      const { kind, id } = change.subject;
      if (kind !== "security-group" || !groups.has(id) || isGone(parsed)) continue;
      insist(!rig.open(id).includes(SSH), () => `${outcome} on ${id}, and ${SSH} stands`);
      insist(outcome !== "clean", () => `${id} is called clean, and ${SSH} stood open (${notJudged.length} not judged)`);
    }
    for (const id of groups) {
      const lost = LAWFUL.filter((rule) => !rig.open(id).includes(rule));
      insist(lost.length === 0, () => `${lost} was lawful and is gone from ${id}`);
    }
  },
};

function isGone(parsed: ReturnType<typeof changesOf>): boolean {
  return parsed.kind === "changes" && parsed.changes.some(({ claim }) => claim?.kind === "group-deleted");
}

function groupsIn(event: Json): ReadonlySet<string> {
  const found = new Set<string>();
  const left: Json[] = [event];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value === "string" && /^sg-[\w-]+$/.test(value)) found.add(value);
    else if (typeof value === "object" && value !== null) left.push(...Object.values(value));
  }
  return found;
}
