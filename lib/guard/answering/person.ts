import type { Actor } from "../../model/change.ts";

const EMAIL = /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/;

/** How Slack may know who made a change: by the policy's directory, or by an e-mail address. */
export interface Person {
  /** The Slack user whom the directory names. */
  readonly listed?: string;
  /** The e-mail address that Slack may know. */
  readonly email?: string;
}

/** Who made a change, by the session's name - for people their user name or e-mail address -, the IAM user's name, or the arn. */
export function personOf(actor: Actor, directory: Readonly<Record<string, string>>): Person {
  const { arn, session } = actor;
  const last = /^arn:[^:]*:(?:iam|sts):[^:]*:[^:]*:(?:user|assumed-role|federated-user)\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  const names = [session, last, arn].flatMap((name) => (name === undefined || name === "" ? [] : [name]));
  const users = new Map(Object.entries(directory).map(([name, user]) => [name.toLowerCase(), user]));
  const listed = names.map((name) => users.get(name.toLowerCase())).find((user) => user !== undefined);
  const email = names.find((name) => EMAIL.test(name));
  return { ...(listed !== undefined && { listed }), ...(email !== undefined && { email }) };
}
