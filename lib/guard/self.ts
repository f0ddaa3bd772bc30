import type { Change } from "../model/change.ts";
import type { Self } from "./ports.ts";

/** Whether the guard itself made the call. */
export function isOwnAct({ actor, account }: Change, { role, member, session }: Self): boolean {
  if (actor.session !== session || actor.role === undefined) return false;
  return actor.role === role || (member !== undefined && actor.role.endsWith(`:iam::${account}:role/${member}`));
}

/** Whether the fire drill made the change: CloudTrail states the role, and nobody but the drill can take it on. */
export function isDrill({ actor, subject }: Change, { drills = [] }: Self): boolean {
  return subject.kind === "security-group" && actor.role !== undefined && drills.includes(actor.role);
}
