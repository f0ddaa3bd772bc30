import type { Messenger, NotifyPorts, TimeLeft } from "../guard/notify-ports.ts";
import type { Decision } from "../model/decision.ts";
import { SlackError } from "../slack/slack-error.ts";
import { threadKey, type Unit } from "./batch.ts";
import { tellBurst } from "./burst.ts";
import type { Desk } from "./desk.ts";
import { tellOne } from "./one.ts";
import { isHopeless, isRefusedForGood } from "./refusal.ts";

/** An event that the queue must hand out again, by its place in the batch. */
export interface Failure {
  readonly index: number;
  readonly error: unknown;
  /** Milliseconds that Slack asks to wait before. */
  readonly retryAfter?: number;
}

/** An event of the batch with the decision that it holds. */
export interface Received {
  readonly index: number;
  readonly event: unknown;
  readonly decision: Decision;
}

// Time for one message and its answer; who has less does not begin another (milliseconds).
const ENOUGH = 6_000;

/** The telling of one batch, and what became of it. */
export class Round {
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
      this.ports.meter.add("Told", unit.items.length);
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

/** Puts what can never be told into the dead-letter queue; resolves to a failure where that does not take it either. */
export async function bury(
  { bury: put, log }: NotifyPorts,
  { index, event }: Omit<Received, "decision">,
  error: unknown,
): Promise<Failure[]> {
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
