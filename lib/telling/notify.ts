import type { NotifyPorts, Telling, TimeLeft } from "../guard/notify-ports.ts";
import { decodeDecision } from "../guard/records/decision-record.ts";
import { type Decision, isPassedDrill } from "../model/decision.ts";
import { messageFor } from "../slack/message.ts";
import { actorKey, type Going, type Item, isStateOnly, type Unit, unitsOf } from "./batch.ts";
import { burstPlace } from "./burst.ts";
import { inWords, UntellableError } from "./refusal.ts";
import { bury, type Failure, type Received, Round } from "./round.ts";

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
  for (const { decision } of received) {
    if (isPassedDrill(decision))
      ports.log.info(`Fire drill, not posted: ${decision.outcome} on ${decision.change.subject.id}`, { decision });
  }
  const failed = await tellAll(
    ports,
    received.filter(({ decision }) => !isSilent(decision)),
    timeLeft,
  );
  return [...failures, ...failed].sort((a, b) => a.index - b.index);
}

// Nobody asked to hear of what is clean, and somebody asked not to hear of what is snoozed.
function isSilent(decision: Decision): boolean {
  const { outcome, excepted } = decision;
  if (isPassedDrill(decision)) return true;
  if (outcome === "clean") return !isStateOnly(decision);
  return outcome === "excepted" && excepted.every(({ exception }) => exception.startsWith("snooze-"));
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
