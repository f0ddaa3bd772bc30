import type { Decision } from "../model/decision.ts";
import type { Meter } from "./meter.ts";
import type { Place } from "./ports.ts";

/** A message as a messenger takes it: Block Kit, and one line for notifications and screen readers. */
export interface Announcement {
  readonly text: string;
  readonly blocks: readonly { readonly type: string }[];
}

/** A message that stands: the channel's id, as the messenger answered, and the message's own. */
export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/** Milliseconds that the caller can still wait; without it, a few seconds. */
export type TimeLeft = () => number;

export interface PostOptions {
  /** The message in whose thread to answer. */
  readonly thread?: string;
  /** What the message is about, invisibly: `find` knows it by this. */
  readonly about?: string;
  readonly timeLeft?: TimeLeft | undefined;
}

/** Where people read what the guard decided. All methods throw when Slack does not take the call, so that the queue tries again. */
export interface Messenger {
  /** Posts to a channel, by name or id. */
  post(channel: string, message: Announcement, options?: PostOptions): Promise<Posted>;
  /** Gives a message that stands another content. */
  update(posted: Posted, message: Announcement, timeLeft?: TimeLeft): Promise<void>;
  /** The message about this among the latest of a channel, or of a thread in it: for an answer that never arrived. */
  find(channel: string, about: string, thread?: string): Promise<Posted | undefined>;
  /** The id of the user with this e-mail address; undefined where Slack knows none. */
  userByEmail(email: string): Promise<string | undefined>;
}

/** The structured log, as far as notifying needs it. */
export interface Log {
  info(message: string, details: Readonly<Record<string, unknown>>): void;
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
  error(message: string, details: Readonly<Record<string, unknown>>): void;
}

/** A thread: everything that was told about one resource in one channel. */
export interface Thread extends Place {
  /** The channel as the policy names it. */
  readonly channel: string;
  /** The message that opened it. */
  readonly parent: Posted;
  /** The decision that the parent tells, and the one that came last. */
  readonly first: string;
  readonly last: string;
  /** How many decisions were told in it. */
  readonly count: number;
  /** The decisions that the parent counts, where it tells a burst. */
  readonly burst?: readonly string[];
}

/** Several decisions that are told together, in one message and its thread. */
export interface Burst {
  /** `burst/` and the id of its first decision. */
  readonly id: string;
  readonly decisions: readonly string[];
  /** The message of an earlier burst that this one goes on with. */
  readonly joins?: Posted;
}

/** What is known of the telling of a decision: somebody began, alone or in a burst, and no answer is known; or it was told. */
export type Telling = "begun" | Burst | Posted;

/** What was told where: the memory that keeps a decision from being told twice. Every write is conditional and safe to repeat. */
export interface ThreadBook {
  /** Looks, and claims nothing. Undefined for a decision that nobody has begun to tell. */
  look(decision: string): Promise<Telling | undefined>;
  /** Claims the telling of a decision. */
  begin(decision: string): Promise<"mine" | Telling>;
  /** Claims the telling of all decisions of a burst; false, and nothing is claimed, when one of them was claimed before. */
  beginBurst(burst: Burst): Promise<boolean>;
  /** Notes where a decision was told. */
  told(decision: string, posted: Posted): Promise<void>;
  /** The thread that later decisions are answered in; undefined where nothing was told for a month. */
  thread(place: Place, channel: string): Promise<Thread | undefined>;
  /** Keeps a thread, unless the one that is kept has as many decisions or more: of two that opened one at once, the first stands. */
  keep(thread: Thread): Promise<void>;
}

/** The decisions that were made, whole. */
export interface DecisionReader {
  /** The decision with this id; undefined where the ledger has none (any more). */
  read(id: string): Promise<Decision | undefined>;
}

/** What telling people needs from outside. Without a messenger, or without a channel, decisions go to the log only. */
export interface NotifyPorts {
  readonly messenger?: Messenger;
  readonly threads: ThreadBook;
  readonly decisions: DecisionReader;
  /** Whether anybody answers buttons: messages have them only then. */
  readonly answers?: boolean;
  /** The channel for decisions whose scope names none. */
  readonly channel?: string;
  /** IAM session names, user names and e-mail addresses, each with its Slack user, as the policy's directory has them. */
  readonly directory: Readonly<Record<string, string>>;
  /** Puts an event that can never be told into the dead-letter queue at once. */
  readonly bury: (event: unknown, reason: string) => Promise<void>;
  readonly meter: Meter;
  readonly log: Log;
}
