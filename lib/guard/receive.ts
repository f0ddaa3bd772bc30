import { changesOf } from "../cloudtrail/parse.ts";
import type { Change } from "../model/change.ts";
import type { Decision } from "../model/decision.ts";
import { changeToJudgeAgain } from "./answering/judge-again.ts";
import { guard } from "./guard.ts";
import type { GuardPorts, Ignored } from "./guarding.ts";
import { type Meter, NO_METER } from "./meter.ts";
import type { Log } from "./notify-ports.ts";
import type { Attempt, Self } from "./ports.ts";
import { isOwnAct } from "./self.ts";

/** Thrown for an event that cannot be read: the queue hands it out again, then dead-letters it. */
class UnreadableEventError extends Error {
  override readonly name = "UnreadableEventError";
}

/** Thrown for the end of a grant that is yet to come: the queue hands the event out again. */
class TooEarlyError extends Error {
  override readonly name = "TooEarlyError";
}

/**
 * Takes one EventBridge event and guards every change in it. Throws when the event should be tried again.
 */
export async function receive(event: unknown, ports: GuardPorts, log: Log, attempt: Attempt, meter: Meter = NO_METER): Promise<void> {
  const ended = changeToJudgeAgain(event);
  if (ended !== undefined) return judgeAgain(ended, ports, log, attempt);
  const parsed = changesOf(event);
  if (parsed.kind !== "changes" || parsed.changes.some((change) => isOfOthers(change, ports.self))) meter.add("Events", 1);
  if (parsed.kind === "unreadable") {
    meter.add(parsed.forged === true ? "Refused" : "Unreadable", 1);
    throw new UnreadableEventError(parsed.reason);
  }
  if (parsed.kind === "ignored") return log.info("Ignored", { reason: parsed.reason });
  for (const change of parsed.changes) {
    for (const answer of await guard(change, ports, attempt)) tell(change, answer, log);
  }
}

// The guard's own calls come back as events, and so do those of the fire drill: no sign that anybody else is heard of.
function isOfOthers(change: Change, self: Self): boolean {
  const { actor } = change;
  return !isOwnAct(change, self) && (actor.role === undefined || !self.drills?.includes(actor.role));
}

// A schedule may run a little early, and then the grant still stands.
async function judgeAgain(change: Change, ports: GuardPorts, log: Log, attempt: Attempt): Promise<void> {
  if (ports.clock.now() <= Date.parse(change.at)) throw new TooEarlyError(`${change.details?.grant} stands until ${change.at}`);
  for (const answer of await guard(change, ports, attempt)) tell(change, answer, log);
}

function tell(change: Change, answer: Decision | Ignored, log: Log): void {
  const about = { change: change.id, call: change.call.name, account: change.account, region: change.region, subject: change.subject.id };
  if ("ignored" in answer) {
    log.info("Ignored", { ...about, reason: answer.ignored });
  } else {
    const { id, outcome, mode, policyVersion, findings, acts, latency } = answer;
    const details = { ...about, decision: id, outcome, mode, policyVersion, findings: findings.map(({ message }) => message), latency };
    if (outcome === "failed") log.warn("Failed", { ...details, errors: acts.flatMap(({ error }) => error ?? []) });
    else log.info("Decided", details);
  }
}
