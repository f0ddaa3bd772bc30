import { setTimeout as sleep } from "node:timers/promises";
import { personOf } from "../guard/answering/person.ts";
import type { Messenger, NotifyPorts } from "../guard/notify-ports.ts";
import type { Actor } from "../model/change.ts";

// A mention is a courtesy: the message does not wait longer for it (milliseconds).
const PATIENCE = 1000;

// What Slack answered, for as long as this container lives.
const asked = new WeakMap<Messenger, Map<string, Promise<string | undefined>>>();

/** The Slack user who made the change, as far as the directory or Slack knows; never throws. */
export async function userOf({ directory, messenger, log }: NotifyPorts, actor: Actor): Promise<string | undefined> {
  const { listed, email } = personOf(actor, directory);
  if (listed !== undefined) return listed;
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
