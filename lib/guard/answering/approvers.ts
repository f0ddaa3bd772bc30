import type { Actor } from "../../model/change.ts";
import type { Decision } from "../../model/decision.ts";
import { isGrantEnd } from "./judge-again.ts";
import { personOf } from "./person.ts";
import type { RespondPorts } from "./respond-ports.ts";

type ApprovalPorts = Pick<RespondPorts, "policy" | "desk" | "decisions">;

/** Whether somebody may approve, or why not; `unchecked` where four eyes are asked for and Slack does not know whose change it was. */
export type Approval = { readonly refusal: string } | { readonly refusal?: undefined; readonly unchecked: boolean };

// An exception may follow upon another many times.
const LONGEST_CHAIN = 50;

/** Why this Slack user is no approver; undefined for one who is. Throws when Slack cannot tell. */
export async function refusalOf(user: string, ports: Pick<ApprovalPorts, "policy" | "desk">): Promise<string | undefined> {
  const { approvers } = ports.policy.document.slack;
  if (approvers.length === 0) return "the policy names no approvers (slack.approvers), so nobody can approve this here";
  if (await isAmong(user, approvers, ports)) return undefined;
  return "you are not among the approvers that the policy names (slack.approvers)";
}

/** Whether this Slack user may approve anything about the decision. Throws when Slack or the ledger cannot tell. */
export async function approvalBy(user: string, decision: Decision, ports: ApprovalPorts): Promise<Approval> {
  const { four_eyes: fourEyes } = ports.policy.document.slack;
  const refusal = await refusalOf(user, ports);
  if (refusal !== undefined) return { refusal };
  if (!fourEyes) return { unchecked: false };
  const origin = await originOf(decision, ports);
  if (origin === undefined) {
    return { refusal: "the decision that this goes back to has left the ledger, so nobody can tell whose change it was (slack.four_eyes)" };
  }
  const actor = await slackUserOf(origin.change.actor, ports);
  if (actor === undefined) return { unchecked: true };
  if (actor !== user) return { unchecked: false };
  return { refusal: "you made this change yourself: another approver has to look at it (slack.four_eyes)" };
}

// The end of an exception is nobody's change: it goes back to the one that the exception was for.
async function originOf(decision: Decision, { decisions }: ApprovalPorts): Promise<Decision | undefined> {
  let origin: Decision | undefined = decision;
  for (let i = 0; i < LONGEST_CHAIN && origin !== undefined && isGrantEnd(origin.change); i++) {
    origin = await decisions.read(origin.change.details?.decision ?? "");
  }
  return origin === undefined || isGrantEnd(origin.change) ? undefined : origin;
}

async function isAmong(user: string, approvers: readonly string[], { desk }: Pick<ApprovalPorts, "desk">): Promise<boolean> {
  if (approvers.includes(user)) return true;
  for (const group of approvers.filter((id) => id.startsWith("S"))) {
    if ((await desk.membersOf(group)).includes(user)) return true;
  }
  return false;
}

/** The Slack user who made a change, by the policy's directory, or by the e-mail address in the name of the session. */
async function slackUserOf(actor: Actor, { policy, desk }: ApprovalPorts): Promise<string | undefined> {
  const { listed, email } = personOf(actor, policy.document.slack.directory);
  return listed ?? (email === undefined ? undefined : desk.userByEmail(email));
}
