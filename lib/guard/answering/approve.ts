import { createHash } from "node:crypto";
import type { Decision } from "../../model/decision.ts";
import { admissionsOf, type Grant, NotGrantableError } from "../../model/grant.ts";
import { longestGrant } from "../../policy/slack.ts";
import { approvalBy } from "./approvers.ts";
import type { Answer, Request, RespondPorts } from "./respond-ports.ts";
import { comesBackAsAnother, isUndoable, undo } from "./undo.ts";

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
  const approval = await approvalBy(request.user, decision, ports);
  if (approval.refusal !== undefined) return refused(approval.refusal);
  if (request.ask === "undo" && !isUndoable(decision)) return { result: "moot", says: "nothing was done that could be undone" };
  if (request.ask !== "snooze" && comesBackAsAnother(decision)) {
    return refused(
      "it would come back under another id, which no exception can name beforehand: allow it in the policy, and make it again",
    );
  }
  const now = ports.clock.now();
  const id = grantId(request, decision);
  const earlier = (await ports.grants.on(decision.change)).find((grant) => grant.id === id);
  const standing = earlier !== undefined && Date.parse(earlier.until) > now ? earlier : undefined;
  // Of this very request, whose first attempt got half way.
  if (request.ask === "allow" && earlier !== undefined && standing === undefined) {
    return { result: "moot", says: `it was allowed until ${earlier.until}, which has passed`, grant: id };
  }
  const until = standing === undefined ? untilOf(request, decision, ports) : new Date(standing.until);
  if (typeof until === "string") return refused(until);
  try {
    const grant = standing ?? grantFor(id, request, decision, until.getTime(), now);
    const verdict = await putBack(request, decision, grant, standing !== undefined, ports);
    if (!approval.unchecked || verdict.result !== "done") return verdict;
    return { ...verdict, says: `${verdict.says}. Four eyes could not be checked: Slack does not know who made this change` };
  } catch (error) {
    if (error instanceof NotGrantableError) return refused(error.message);
    throw error;
  }
}

async function putBack(request: Approval, decision: Decision, grant: Grant, stood: boolean, ports: RespondPorts): Promise<Verdict> {
  const { grants, schedules, ec2For } = ports;
  const { account, region } = decision.change;
  await grants.add(grant);
  await schedules.judgeAgain(grant);
  const granted = { grant: grant.id };
  const { until } = grant;
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
      // What is back, now or from before, stays allowed.
      if (stood || undone.acts.length > 0) {
        return {
          result: "failed",
          says: `AWS refused to put all of it back; what is back is allowed until ${until}: ${undone.error}`,
          ...granted,
        };
      }
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
function grantId(request: Approval, { id }: Decision): string {
  const key = request.ask === "undo" ? id : `${id} ${request.id}`;
  return `${request.ask}-${createHash("sha256").update(key).digest("hex").slice(0, 16)}`;
}

function grantFor(grant: string, request: Approval, { id, change, findings }: Decision, until: number, now: number): Grant {
  const whole = new Date(Math.ceil(until / 1000) * 1000);
  return {
    id: grant,
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
