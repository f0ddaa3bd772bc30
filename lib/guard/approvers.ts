import type { Actor } from "../model/change.ts";
import type { Decision } from "../model/decision.ts";
import { personOf } from "./person.ts";
import type { RespondPorts } from "./respond-ports.ts";

type ApprovalPorts = Pick<RespondPorts, "policy" | "desk">;

/** Why this Slack user may not approve anything about the decision; undefined where they may. Throws when Slack cannot tell. */
export async function mayApprove(user: string, { change }: Decision, ports: ApprovalPorts): Promise<string | undefined> {
  const { approvers, four_eyes: fourEyes } = ports.policy.document.slack;
  if (approvers.length === 0) return "the policy names no approvers (slack.approvers), so nobody can approve this here";
  if (!(await isAmong(user, approvers, ports))) return "you are not among the approvers that the policy names (slack.approvers)";
  if (!fourEyes) return undefined;
  const actor = await slackUserOf(change.actor, ports);
  return actor === user ? "you made this change yourself: another approver has to look at it (slack.four_eyes)" : undefined;
}

async function isAmong(user: string, approvers: readonly string[], { desk }: ApprovalPorts): Promise<boolean> {
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
