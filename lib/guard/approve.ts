import { createHash } from "node:crypto";
import type { Decision } from "../model/decision.ts";
import { admissionsOf, type Grant, NotGrantableError } from "../model/grant.ts";
import { longestGrant } from "../policy/slack.ts";
import { mayApprove } from "./approvers.ts";
import type { Answer, Request, RespondPorts } from "./respond-ports.ts";
import { isUndoable, undo } from "./undo.ts";

/** A request about a decision that changes something. */
type Approval = Extract<Request, { ask: "undo" | "allow" | "snooze" }>;

/** What was said to a request, and the decision that it is about. */
export interface Answered {
  readonly answer: Answer;
  readonly decision?: Decision;
}

const DAY = 86_400_000;
const SNOOZE = 7 * DAY;

/**
 * Answers a request about a decision: whether its sender may, and then undoes, grants or snoozes. What is granted is written
 * before anything is put back, or the guard would close it again. Everything is safe to repeat: a delivery that comes again
 * finds its answer, and one that died on the way goes on. Throws what is worth another try.
 */
export async function approve(request: Approval, ports: RespondPorts): Promise<Answered> {
  const earlier = await ports.answers.answered(request.id);
  const decision = await ports.decisions.read(request.decision);
  if (earlier !== undefined) return { answer: earlier, ...(decision !== undefined && { decision }) };
  const verdict = decision === undefined ? GONE_FROM_LEDGER : await answerTo(request, decision, ports);
  const answer: Answer = {
    id: request.id,
    at: new Date(ports.clock.now()).toISOString(),
    user: request.user,
    ask: request.ask,
    decision: request.decision,
    ...(request.ask === "allow" && { reason: request.reason }),
    ...verdict,
  };
  await ports.answers.record(answer);
  return { answer, ...(decision !== undefined && { decision }) };
}

type Verdict = Pick<Answer, "result" | "says" | "grant">;
const GONE_FROM_LEDGER: Verdict = { result: "moot", says: "this decision has left the ledger, so nothing can be done about it any more" };

async function answerTo(request: Approval, decision: Decision, ports: RespondPorts): Promise<Verdict> {
  const refusal = await mayApprove(request.user, decision, ports);
  if (refusal !== undefined) return refused(refusal);
  if (request.ask === "undo" && !isUndoable(decision)) return { result: "moot", says: "nothing was done that could be undone" };
  const until = untilOf(request, decision, ports);
  if (typeof until === "string") return refused(until);
  try {
    const grant = grantFor(request, decision, until.getTime(), ports.clock.now());
    return await putBack(request, decision, grant, ports);
  } catch (error) {
    if (error instanceof NotGrantableError) return refused(error.message);
    throw error;
  }
}

async function putBack(request: Approval, decision: Decision, grant: Grant, ports: RespondPorts): Promise<Verdict> {
  const { grants, schedules, ec2For } = ports;
  const { account, region } = decision.change;
  const standing = (await grants.on(grant)).find(({ id }) => id === grant.id);
  await grants.add(standing ?? grant);
  await schedules.judgeAgain(standing ?? grant);
  const granted = { grant: grant.id };
  const until = (standing ?? grant).until;
  if (request.ask === "snooze") return { result: "done", says: `not told again before ${until}`, ...granted };
  if (!isUndoable(decision)) return { result: "done", says: `allowed until ${until}`, ...granted };
  const undone = await undo(decision, ec2For(account, region));
  switch (undone.kind) {
    case "done":
      return { result: "done", says: `put back as it was, and allowed until ${until}`, ...granted };
    case "stands":
      return { result: "moot", says: `it stands already, and is allowed until ${until}`, ...granted };
    case "gone":
      await grants.remove(grant);
      return { result: "moot", says: `${decision.change.subject.id} does not exist any more, so there is nothing to put back` };
    case "failed":
      await grants.remove(grant);
      return { result: "failed", says: `AWS refused to put it back: ${undone.error}` };
  }
}

/** The moment at which a grant ends, or why there can be none. */
function untilOf(request: Approval, decision: Decision, { policy, clock }: RespondPorts): Date | string {
  const now = clock.now();
  const severities = decision.findings.map(({ severity }) => severity);
  const latest = now + longestGrant(policy, severities);
  if (request.ask === "snooze") return new Date(Math.min(latest, now + SNOOZE));
  if (request.ask === "undo") return new Date(latest);
  const until = Date.parse(request.until);
  if (Number.isNaN(until)) return `"${request.until}" is no moment: expected a date and time`;
  if (until <= now) return `${request.until} is past already: choose a moment to come`;
  // What was chosen in a dialog is a little older when it arrives.
  if (until > latest + 60_000)
    return `${request.until} is too long: the policy allows at most ${spanOf(latest - now)} for what was found here`;
  return new Date(until);
}

// The same request, or the undoing of the same decision, has the same grant however often it comes.
function grantFor(request: Approval, { id, change, findings }: Decision, until: number, now: number): Grant {
  const key = request.ask === "undo" ? id : `${id} ${request.id}`;
  const whole = new Date(Math.ceil(until / 1000) * 1000);
  return {
    id: `${request.ask}-${createHash("sha256").update(key).digest("hex").slice(0, 16)}`,
    account: change.account,
    region: change.region,
    subject: change.subject,
    admits: admissionsOf(findings),
    until: whole.toISOString(),
    reason: request.ask === "allow" ? request.reason : request.ask === "undo" ? "undone" : "snoozed",
    approvedBy: request.user,
    grantedAt: new Date(now).toISOString(),
    decision: id,
  };
}

function refused(says: string): Verdict {
  return { result: "refused", says };
}

function spanOf(milliseconds: number): string {
  const hours = Math.round(milliseconds / 3_600_000);
  return hours % 24 === 0 ? `${hours / 24} ${hours === 24 ? "day" : "days"}` : `${hours} h`;
}
