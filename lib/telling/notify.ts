import { decodeDecision } from "../guard/decision-record.ts";
import type { Messenger, NotifyPorts, Telling, TimeLeft } from "../guard/notify-ports.ts";
import type { Decision } from "../model/decision.ts";
import { messageFor } from "../slack/message.ts";
import { SlackError } from "../slack/slack-error.ts";
import { actorKey, type Going, type Item, threadKey, type Unit, unitsOf } from "./batch.ts";
import { burstPlace, tellBurst } from "./burst.ts";
import type { Desk } from "./desk.ts";
import { tellOne } from "./one.ts";
import { inWords, isHopeless, isRefusedForGood, UntellableError } from "./refusal.ts";

/** An event that the queue must hand out again, by its place in the batch. */
export interface Failure {
  readonly index: number;
  readonly error: unknown;
  /** Milliseconds that Slack asks to wait before. */
  readonly retryAfter?: number;
}

interface Received {
  readonly index: number;
  readonly event: unknown;
  readonly decision: Decision;
}

// Time for one message and its answer; who has less does not begin another (milliseconds).
const ENOUGH = 6_000;

/**
 * Tells people about the decisions of a batch of EventBridge events, each exactly once and in the order of the batch within
 * the thread of a resource. Clean decisions are not told; those without a channel go to the log. What can never be told is
 * buried; resolves to what failed otherwise, and everything after it in the same thread. Never rejects.
 */
export async function notifyAll(ports: NotifyPorts, events: readonly unknown[], timeLeft: TimeLeft): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  const received: Received[] = [];
  for (const [index, event] of events.entries()) {
    try {
      received.push({ index, event, decision: decisionIn(event) });
    } catch (error) {
      failures.push(...(await bury(ports, { index, event }, error)));
    }
  }
  const failed = await tellAll(
    ports,
    received.filter(({ decision }) => !isSilent(decision)),
    timeLeft,
  );
  return [...failures, ...failed].sort((a, b) => a.index - b.index);
}

// Nobody asked to hear of what is clean, and somebody asked not to hear of what is snoozed.
function isSilent({ outcome, excepted }: Decision): boolean {
  return outcome === "clean" || (outcome === "excepted" && excepted.every(({ exception }) => exception.startsWith("snooze-")));
}

function decisionIn(event: unknown): Decision {
  if (typeof event !== "object" || event === null || !("detail" in event)) {
    throw new UntellableError("The message is not an EventBridge event: expected an object whose `detail` is a decision");
  }
  return decodeDecision(event.detail);
}

async function tellAll(ports: NotifyPorts, received: readonly Received[], timeLeft: TimeLeft): Promise<Failure[]> {
  const { messenger } = ports;
  const items: Item[] = [];
  const failures: Failure[] = [];
  for (const one of received) {
    const channel = one.decision.channel ?? ports.channel;
    if (messenger === undefined || channel === undefined) failures.push(...(await toLog(ports, one)));
    // The same decision twice in a batch is one.
    else if (!items.some(({ decision }) => decision.id === one.decision.id)) items.push({ decision: one.decision, channel });
  }
  if (messenger === undefined || items.length === 0) return failures;
  const round = new Round(ports, messenger, timeLeft);
  try {
    for (const unit of await arrange(ports, items)) await round.tell(unit, received);
  } catch (error) {
    // The book could not be read, so that nobody knows what to tell.
    return [...failures, ...received.map(({ index }) => ({ index, error }))];
  }
  return [...failures, ...round.failures];
}

async function toLog(ports: NotifyPorts, one: Received): Promise<Failure[]> {
  const without = ports.messenger === undefined ? "Slack token" : "channel";
  try {
    const { text } = inWords(() => messageFor(one.decision));
    ports.log.info(`Decision not posted, for want of a ${without}: ${text}`, { decision: one.decision });
    return [];
  } catch (error) {
    return bury(ports, one, error);
  }
}

async function arrange({ threads, decisions }: NotifyPorts, items: readonly Item[]): Promise<Unit[]> {
  const known = new Map<string, Telling>();
  await Promise.all(
    items.map(async ({ decision: { id } }) => {
      const telling = await threads.look(id);
      if (telling !== undefined) known.set(id, telling);
    }),
  );
  const going = new Map<string, Going>();
  for (const [actor, [first]] of Map.groupBy(items, actorKey)) {
    const thread = first === undefined ? undefined : await threads.thread(burstPlace(first.decision), first.channel);
    const last = thread === undefined ? undefined : await decisions.read(thread.last);
    if (thread !== undefined && last !== undefined) going.set(actor, { thread, last });
  }
  return unitsOf(items, known, (actor) => going.get(actor));
}

async function bury({ bury: put, log }: NotifyPorts, { index, event }: Omit<Received, "decision">, error: unknown): Promise<Failure[]> {
  const reason = error instanceof Error ? error.message : String(error);
  try {
    await put(event, reason);
    log.error("An event cannot be told and was put into the dead-letter queue", { index, error });
    return [];
  } catch (cause) {
    log.error("An event cannot be told, and the dead-letter queue did not take it", { index, error, cause });
    return [{ index, error }];
  }
}

/** The telling of one batch, and what became of it. */
class Round {
  readonly failures: Failure[] = [];
  private readonly ports: NotifyPorts;
  private readonly messenger: Messenger;
  private readonly timeLeft: TimeLeft;
  // Why nothing more is told in a channel or in the thread of a resource.
  private readonly closed = new Map<string, unknown>();

  constructor(ports: NotifyPorts, messenger: Messenger, timeLeft: TimeLeft) {
    this.ports = ports;
    this.messenger = messenger;
    this.timeLeft = timeLeft;
  }

  async tell(unit: Unit, received: readonly Received[]): Promise<void> {
    const ways = [unit.channel, ...unit.items.map(threadKey)];
    const shut = ways.find((way) => this.closed.has(way));
    const events = received.filter(({ decision }) => unit.items.some((item) => item.decision.id === decision.id));
    if (shut !== undefined) return this.fail(unit, events, this.closed.get(shut));
    if (this.timeLeft() < ENOUGH) return this.fail(unit, events, new Error("No time was left to tell it; the queue tries again"));
    try {
      await this.tellSomewhere(unit);
      this.ports.log.info("Told", {
        decisions: unit.items.map(({ decision: { id, outcome } }) => ({ id, outcome })),
        channel: unit.channel,
      });
    } catch (error) {
      if (!isHopeless(error)) return this.fail(unit, events, error);
      for (const event of events) {
        const unburied = await bury(this.ports, event, error);
        if (unburied.length > 0) this.fail(unit, [event], error);
      }
    }
  }

  // A channel that is gone, or that nobody invited us to, must not keep people from hearing of it.
  private async tellSomewhere(unit: Unit): Promise<void> {
    const again = unit.again || !(await this.claim(unit));
    const desk = { ports: this.ports, messenger: this.messenger, channel: unit.channel, again, timeLeft: this.timeLeft };
    try {
      await tellIn(desk, unit);
    } catch (error) {
      const { channel } = this.ports;
      if (!isRefusedForGood(error) || channel === undefined || channel === unit.channel) throw error;
      this.ports.log.warn("A channel of the policy cannot be told; the default channel is", { channel: unit.channel, error });
      await tellIn({ ...desk, channel, instead: { channel: unit.channel, reason: error.code } }, unit);
    }
  }

  // False when an attempt before this one may have posted it.
  private async claim({ items, burst }: Unit): Promise<boolean> {
    const [first] = items;
    const claimed =
      burst === undefined ? await this.ports.threads.begin(first?.decision.id ?? "") : await this.ports.threads.beginBurst(burst);
    if (claimed === "mine" || claimed === true) return true;
    if (claimed === "begun") return false;
    throw new Error("Somebody else tells this at the same time; the queue tries again");
  }

  private fail(unit: Unit, events: readonly Received[], error: unknown): void {
    for (const item of unit.items) this.closed.set(threadKey(item), error);
    const passing = error instanceof SlackError ? error : undefined;
    // Slack is busy or down: whoever asks again at once only makes it worse.
    if (passing !== undefined) this.closed.set(unit.channel, error);
    const wait = passing?.retryAfter === undefined ? {} : { retryAfter: passing.retryAfter };
    for (const { index } of events) this.failures.push({ index, error, ...wait });
  }
}

async function tellIn(desk: Desk, { items, burst }: Unit): Promise<void> {
  const decisions = items.map(({ decision }) => decision);
  if (burst !== undefined) return tellBurst(desk, burst, decisions);
  for (const decision of decisions) await tellOne(desk, decision);
}
