import { decodeDecision } from "../guard/decision-record.ts";
import type { NotifyPorts } from "../guard/notify-ports.ts";
import { messageFor } from "./message.ts";

/**
 * Tells people about one decision. `event` is the EventBridge event whose `detail` is the decision. Clean decisions are not
 * told; those without a channel go to the log. Throws for an event that holds no decision, and what the messenger throws.
 */
export async function notify({ messenger, channel, log }: NotifyPorts, event: unknown, timeLeft?: () => number): Promise<void> {
  const decision = decodeDecision(detailOf(event));
  if (decision.outcome === "clean") return;
  const message = messageFor(decision);
  const to = decision.channel ?? channel;
  if (messenger === undefined || to === undefined) {
    const without = messenger === undefined ? "Slack token" : "channel";
    log.info(`Decision not posted, for want of a ${without}: ${message.text}`, { decision });
    return;
  }
  const { ts } = await messenger.post(to, message, timeLeft);
  log.info("Decision posted", { decision: decision.id, outcome: decision.outcome, channel: to, ts });
}

function detailOf(event: unknown): unknown {
  if (typeof event === "object" && event !== null && "detail" in event) return event.detail;
  throw new TypeError("The message is not an EventBridge event: expected an object whose `detail` is a decision");
}
