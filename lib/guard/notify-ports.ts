/** A message as a messenger takes it: Block Kit, and one line for notifications and screen readers. */
export interface Announcement {
  readonly text: string;
  readonly blocks: readonly { readonly type: string }[];
}

/** Where people read what the guard decided. */
export interface Messenger {
  /**
   * Posts to a channel, by name or id. Throws when the message was not taken, so that the queue tries again.
   * `timeLeft` tells how many milliseconds the caller can still wait; without it, a few seconds.
   */
  post(channel: string, message: Announcement, timeLeft?: () => number): Promise<{ ts: string }>;
}

/** The structured log, as far as notifying needs it. */
export interface Log {
  info(message: string, details: Readonly<Record<string, unknown>>): void;
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
  error(message: string, details: Readonly<Record<string, unknown>>): void;
}

/** What telling people needs from outside. Without a messenger, or without a channel, decisions go to the log only. */
export interface NotifyPorts {
  readonly messenger?: Messenger;
  /** The channel for decisions whose scope names none. */
  readonly channel?: string;
  readonly log: Log;
}
