import type { NotifyPorts } from "../../lib/guard/notify-ports.ts";
import { encodeDecision } from "../../lib/guard/records/decision-record.ts";
import { type Decision, decisionId } from "../../lib/model/decision.ts";
import { FIRST } from "./attempts.ts";
import { change, decision } from "./decisions.ts";
import { MemoryMessenger, type Standing } from "./memory-messenger.ts";
import { MemoryClock, MemoryLedger, MemoryMeter, MemoryThreads } from "./memory-ports.ts";

const START = "2026-03-02T09:14:07Z";

/** What a test says about a decision. */
export interface Told {
  readonly subject: string;
  readonly actor?: string;
  readonly channel?: string;
  /** Seconds after the first. */
  readonly after?: number;
}

/** Everything around the telling, in memory. */
export class TellingRig {
  readonly clock = new MemoryClock(START);
  readonly messenger = new MemoryMessenger();
  readonly ledger = new MemoryLedger();
  readonly threads = new MemoryThreads(this.clock);
  readonly buried: { readonly event: unknown; readonly reason: string }[] = [];
  readonly logged: string[] = [];
  readonly meter = new MemoryMeter();
  // Which burst each decision was claimed for.
  private readonly bursts = new Map<string, string>();
  private made = 0;

  constructor() {
    const claim = this.threads.beginBurst.bind(this.threads);
    this.threads.beginBurst = async (burst) => {
      const mine = await claim(burst);
      if (mine) for (const id of burst.decisions) this.bursts.set(id, burst.id);
      return mine;
    };
  }

  /** The ports; `overrides` replaces some. */
  ports(overrides: Partial<NotifyPorts> = {}): NotifyPorts {
    const line = (level: string) => (message: string) => void this.logged.push(`${level}: ${message}`);
    return {
      messenger: this.messenger,
      threads: this.threads,
      decisions: this.ledger,
      channel: "#net-guard",
      directory: {},
      answers: true,
      bury: async (event, reason) => void this.buried.push({ event, reason }),
      meter: this.meter,
      log: { info: line("info"), warn: line("warn"), error: line("error") },
      ...overrides,
    };
  }

  /** A decision that the ledger has, as it comes over the bus. */
  async decided({ subject, actor = "lena", channel, after = this.made }: Told, overrides: Partial<Decision> = {}) {
    const made = change({
      id: `event-${++this.made}`,
      at: new Date(Date.parse(START) + after * 1000).toISOString(),
      subject: { kind: "security-group", id: subject },
      actor: { arn: `arn:aws:iam::111122223333:user/${actor}` },
    });
    const given = decision({
      id: decisionId(made),
      change: made,
      names: { account: "payments-prod" },
      ...(channel !== undefined && { channel }),
      ...overrides,
    });
    await this.ledger.decide(given, FIRST);
    return { decision: given, event: eventOf(given) };
  }

  /** How often a decision was told. */
  tellings(decision: Decision): number {
    return this.messenger.messages.filter((message) => this.tells(message, decision)).length;
  }

  /** Whether a message tells the decision: one of its own, or the table of its burst. */
  tells({ about = "", message }: Standing, { id, change: { subject } }: Decision): boolean {
    if (about === id) return true;
    const [, burst] = /^(burst\/.*)\/\d+$/.exec(about) ?? [];
    return burst !== undefined && this.bursts.get(id) === burst && JSON.stringify(message).includes(subject.id);
  }
}

/** A decision as EventBridge hands it to the queue. */
export function eventOf(given: Decision) {
  return { "detail-type": "Decision", source: "portcullis", detail: JSON.parse(encodeDecision(given)) };
}

/** Time as a Lambda function has it. */
export const plenty = () => 60_000;
