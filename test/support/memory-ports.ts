import { decodeDecision, encodeDecision } from "../../lib/guard/decision-record.ts";
import { decodeGrants } from "../../lib/guard/grant-record.ts";
import type { Bus, Clock, DecidedEntry, GrantBook, Ledger, LedgerEntry, Place } from "../../lib/guard/ports.ts";
import type { Change } from "../../lib/model/change.ts";
import type { Decision } from "../../lib/model/decision.ts";
import type { Grant } from "../../lib/model/grant.ts";

/** The ledger in memory; decisions go through JSON as they would in a table. */
export class MemoryLedger implements Ledger {
  readonly entries = new Map<string, { state: LedgerEntry["state"]; decision?: string }>();
  /** Runs before each write with its name; throws to refuse it. */
  before: (call: string) => void = () => {};

  async begin(id: string, _change: Change, _policyVersion: string): Promise<LedgerEntry | undefined> {
    this.before("begin");
    const entry = this.read(id);
    if (entry === undefined) this.entries.set(id, { state: "begun" });
    return entry;
  }

  async decide(decision: Decision): Promise<DecidedEntry> {
    this.before("decide");
    const entry = this.read(decision.id);
    if (entry !== undefined && entry.state !== "begun") return entry;
    this.entries.set(decision.id, { state: "decided", decision: encodeDecision(decision) });
    return { state: "decided", decision };
  }

  async published(id: string): Promise<void> {
    this.before("published");
    const entry = this.entries.get(id);
    if (entry?.decision === undefined) throw new Error(`nothing was decided about ${id}`);
    this.entries.set(id, { ...entry, state: "published" });
  }

  decisions(): Decision[] {
    return [...this.entries.values()].flatMap(({ decision }) => (decision === undefined ? [] : [decodeDecision(JSON.parse(decision))]));
  }

  private read(id: string): LedgerEntry | undefined {
    const entry = this.entries.get(id);
    if (entry === undefined) return undefined;
    if (entry.decision === undefined || entry.state === "begun") return { state: "begun" };
    return { state: entry.state, decision: decodeDecision(JSON.parse(entry.decision)) };
  }
}

/** The grants in memory; they go through JSON as they would in a table. */
export class MemoryGrants implements GrantBook {
  private readonly kept = new Map<string, string>();
  /** Runs before each call with its name; throws to refuse it. */
  before: (call: string) => void = () => {};

  async on({ account, region, subject }: Place): Promise<readonly Grant[]> {
    this.before("on");
    return this.read().filter((grant) => grant.account === account && grant.region === region && grant.subject.id === subject.id);
  }

  async add(grant: Grant): Promise<void> {
    this.before("add");
    this.kept.set(grant.id, JSON.stringify(grant));
  }

  async remove({ id }: Grant): Promise<void> {
    this.before("remove");
    this.kept.delete(id);
  }

  async all(): Promise<readonly Grant[]> {
    return this.read().sort((a, b) => (a.until < b.until ? -1 : 1));
  }

  private read(): Grant[] {
    return [...decodeGrants([...this.kept.values()].map((text): unknown => JSON.parse(text)))];
  }
}

/** A bus that keeps what it was told. */
export class MemoryBus implements Bus {
  readonly published: Decision[] = [];
  before: () => void = () => {};

  async publish(decision: Decision): Promise<void> {
    this.before();
    this.published.push(decision);
  }
}

/** A clock that stands still but for sleeping. */
export class MemoryClock implements Clock {
  time: number;
  constructor(at: string) {
    this.time = Date.parse(at);
  }

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
  }
}
