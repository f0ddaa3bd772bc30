import { setTimeout as sleep } from "node:timers/promises";
import type { Messenger, NotifyPorts } from "../guard/notify-ports.ts";
import type { Actor } from "../model/change.ts";

// A mention is a courtesy: the message does not wait longer for it (milliseconds).
const PATIENCE = 1000;
const EMAIL = /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/;

// What Slack answered, for as long as this container lives.
const asked = new WeakMap<Messenger, Map<string, Promise<string | undefined>>>();

/** The Slack user who made the change, as far as the directory or Slack knows; never throws. */
export async function userOf({ directory, messenger, log }: NotifyPorts, actor: Actor): Promise<string | undefined> {
  const names = namesOf(actor);
  const listed = new Map(Object.entries(directory).map(([name, user]) => [name.toLowerCase(), user]));
  for (const name of names) {
    const user = listed.get(name.toLowerCase());
    if (user !== undefined) return user;
  }
  const email = names.find((name) => EMAIL.test(name));
  if (messenger === undefined || email === undefined) return undefined;
  const timer = new AbortController();
  const late = sleep(PATIENCE, undefined, { signal: timer.signal, ref: false }).catch(() => undefined);
  try {
    return await Promise.race([ask(messenger, email), late]);
  } catch (error) {
    log.warn("Whom to mention could not be looked up in Slack", { email, error });
    return undefined;
  } finally {
    timer.abort();
  }
}

// The session's name, which for people is their user name or e-mail address, or the IAM user's name.
function namesOf({ arn, session }: Actor): string[] {
  const last = /^arn:[^:]*:(?:iam|sts):[^:]*:[^:]*:(?:user|assumed-role|federated-user)\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  return [session, last].flatMap((name) => (name === undefined || name === "" ? [] : [name]));
}

function ask(messenger: Messenger, email: string): Promise<string | undefined> {
  const answers = asked.get(messenger) ?? new Map<string, Promise<string | undefined>>();
  asked.set(messenger, answers);
  const standing = answers.get(email);
  if (standing !== undefined) return standing;
  const answer = messenger.userByEmail(email);
  answers.set(email, answer);
  // What failed is asked again with the next message.
  answer.catch(() => answers.delete(email));
  return answer;
}
