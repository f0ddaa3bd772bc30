import type { Announcement, Messenger, Posted, PostOptions, TimeLeft } from "../../lib/guard/notify-ports.ts";
import { adviceFor, SlackError } from "../../lib/slack/slack-error.ts";

/** A message that stands. */
export interface Standing extends Posted {
  readonly thread?: string;
  readonly about?: string;
  message: Announcement;
  /** How often it was edited. */
  edits: number;
}

/** A call of the messenger: what is asked, and of which channel. */
export interface MessengerCall {
  readonly name: keyof Messenger;
  readonly channel: string;
}

/** Slack in memory: channels, threads, edits, and what each message is about. */
export class MemoryMessenger implements Messenger {
  readonly messages: Standing[] = [];
  readonly users: Record<string, string> = {};
  readonly lookups: string[] = [];
  /** Runs before each call takes effect; throws to refuse it. */
  before: (call: MessengerCall) => void = () => {};
  /** Runs after each call took effect; throws to lose its answer. */
  after: (call: MessengerCall) => void = () => {};

  post(channel: string, message: Announcement, { thread, about }: PostOptions = {}): Promise<Posted> {
    return this.take({ name: "post", channel }, () => {
      const posted = { channel: idOf(channel), ts: `${1_700_000_000 + this.messages.length}.000100` };
      this.messages.push({ ...posted, ...(thread !== undefined && { thread }), ...(about !== undefined && { about }), message, edits: 0 });
      return posted;
    });
  }

  update({ channel, ts }: Posted, message: Announcement, _timeLeft?: TimeLeft): Promise<void> {
    return this.take({ name: "update", channel }, () => {
      const standing = this.messages.find((one) => one.channel === channel && one.ts === ts);
      if (standing === undefined) throw refusal("message_not_found", channel);
      standing.message = message;
      standing.edits++;
    });
  }

  find(channel: string, about: string, thread?: string): Promise<Posted | undefined> {
    return this.take({ name: "find", channel }, () => {
      const found = this.messages.find((one) => one.channel === idOf(channel) && one.thread === thread && one.about === about);
      return found === undefined ? undefined : { channel: found.channel, ts: found.ts };
    });
  }

  userByEmail(email: string): Promise<string | undefined> {
    this.lookups.push(email);
    return this.take({ name: "userByEmail", channel: "" }, () => this.users[email]);
  }

  /** The messages that opened threads. */
  parents(): Standing[] {
    return this.messages.filter(({ thread }) => thread === undefined);
  }

  /** What stands in the thread of a message, in order. */
  answers({ channel, ts }: Posted): Standing[] {
    return this.messages.filter((one) => one.channel === channel && one.thread === ts);
  }

  private async take<Result>(call: MessengerCall, act: () => Result): Promise<Result> {
    this.before(call);
    const result = act();
    this.after(call);
    return result;
  }
}

/** Slack's id of a channel, which is not the name that people gave it. */
export function idOf(channel: string): string {
  return channel.startsWith("C-") ? channel : `C-${channel.replace("#", "")}`;
}

/** An error as Slack's client throws it. */
export function refusal(code: string, channel: string, retryAfter?: number): SlackError {
  const what = `take the message for ${channel}`;
  const { permanent, say } = adviceFor(code, { scope: "chat:write" });
  return new SlackError(code, { what, advice: say }, { permanent, ...(retryAfter !== undefined && { retryAfter }) });
}
