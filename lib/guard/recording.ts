import type { Change } from "../model/change.ts";
import { type Decision, decisionId } from "../model/decision.ts";
import type { Policy } from "../policy/policy.ts";
import { isSwept } from "./judging/swept.ts";
import type { Attempt, Bus, Clock, DecidedEntry, Ledger } from "./ports.ts";
import { findingKey, type StandingBook, stillFound } from "./sweeping/standing.ts";

interface RecordingPorts {
  readonly policy: Policy;
  readonly ledger: Ledger;
  readonly standings: Pick<StandingBook, "keep">;
  readonly bus: Bus;
  readonly clock: Clock;
}

// Of invocations that guard one change at once there are as many as its event came times: rarely two.
const ADDITIONS = 5;
// How long an invocation may take from its decision to the bus, as a rule (milliseconds).
const ANNOUNCED_IN = 2_000;

/** How what was decided about one change is recorded, and announced. */
export class Recording {
  private readonly change: Change;
  private readonly ports: RecordingPorts;
  private readonly attempt: Attempt;

  constructor(change: Change, ports: RecordingPorts, attempt: Attempt) {
    this.change = change;
    this.ports = ports;
    this.attempt = attempt;
  }

  /** The ledger first, the bus after it whatever the ledger said: a decision that cannot be recorded must still be told. */
  async record(decision: Decision): Promise<Decision> {
    const [recorded] = await Promise.allSettled([this.ports.ledger.decide(decision, this.attempt)]);
    if (recorded.status === "rejected") {
      await this.ports.bus.publish(decision);
      throw recorded.reason;
    }
    // Another invocation may have decided the same change meanwhile: what stands in the ledger is what it tells, or its retry.
    const standing = recorded.value;
    if (standing.decision !== decision) return this.seeAnnounced(await this.add(decision, standing));
    await this.announce(standing);
    await this.remember(decision);
    return decision;
  }

  /** In the ledger alone, where nobody need hear of it. */
  async keep(decision: Decision): Promise<void> {
    const { revision } = await this.ports.ledger.decide(decision, this.attempt);
    await this.ports.ledger.published(decision.id, revision);
  }

  /**
   * Of invocations that guarded one change at once, each but the first adds to the decision that stands what it did itself; what is news
   * for those who were told of that is a decision of its own.
   */
  async add(decision: Decision, first: DecidedEntry): Promise<DecidedEntry> {
    const { parted, withActsOf } = await import("./retrying/one-decision.ts");
    let [entry, left] = [first, decision];
    for (let turn = 1; turn <= ADDITIONS; turn++) {
      const { rest, news } = parted(left, entry.decision, this.isAgain());
      if (news !== undefined) await this.recordBeside(news);
      left = rest;
      const whole = withActsOf(left, entry.decision, this.isAgain());
      if (whole === undefined) return entry;
      entry = await this.ports.ledger.amend(whole, entry.revision);
      if (entry.decision !== whole) continue;
      await this.announce(entry);
      return { ...entry, state: "published" };
    }
    throw new Error(`what was done about ${decision.id} could not be added to the decision that stands`);
  }

  private async recordBeside(decision: Decision): Promise<void> {
    const [{ decidedAgain }, { parted }] = await Promise.all([import("./retrying/again.ts"), import("./retrying/one-decision.ts")]);
    let news: Decision | undefined = decision;
    for (let turn = 1; turn <= ADDITIONS; turn++) {
      const { all, next } = await decidedAgain(this.ports.ledger, decisionId(this.change));
      // Another attempt may tell the same at the same time.
      for (const { entry } of all) if (news !== undefined && entry.state !== "begun") news = parted(news, entry.decision, true).news;
      if (news === undefined) return;
      const made: Decision = { ...news, id: next };
      const entry = await this.ports.ledger.decide(made, this.attempt);
      if (entry.decision === made) return this.announce(entry);
    }
    throw new Error(`what was done beside ${decision.id} could not be recorded`);
  }

  private isAgain(): boolean {
    return this.attempt.number > 1;
  }

  /** Whoever decided first announces; where it could not, and its message is gone with ours, nobody else would. */
  private async seeAnnounced({ state, decision }: DecidedEntry): Promise<Decision> {
    if (state === "published") return decision;
    await this.ports.clock.sleep(ANNOUNCED_IN);
    const entry = await this.ports.ledger.begin(decision.id, this.change, this.ports.policy.version);
    if (entry?.state === "decided") await this.announce(entry);
    return decision;
  }

  // What was told and stands is nothing new to a sweep. Where this cannot be kept, it is told again then.
  private async remember(decision: Decision): Promise<void> {
    const keys = stillFound(decision).map(findingKey);
    if (keys.length === 0 || isSwept(this.change)) return;
    const { account, region, subject } = this.change;
    const { outcome, id } = decision;
    await this.ports.standings.keep(account, region, { subject, keys, outcome, decision: id }).catch(() => {});
  }

  /** Hands a decision to the bus, and notes that it did; safe to repeat. */
  async announce({ decision, revision }: DecidedEntry): Promise<void> {
    await this.ports.bus.publish(decision);
    await this.ports.ledger.published(decision.id, revision);
  }
}
