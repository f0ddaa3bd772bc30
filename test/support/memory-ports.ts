import type { BreakerBook, BreakerLimits, OpenBreaker } from "../../lib/guard/acting/breaker.ts";
import type { Closings, Contests } from "../../lib/guard/acting/contests.ts";
import type { Needed, Remainders, Seen } from "../../lib/guard/acting/remainder.ts";
import type { Meter, Metric } from "../../lib/guard/meter.ts";
import type { Burst, DecisionReader, Posted, Telling, Thread, ThreadBook } from "../../lib/guard/notify-ports.ts";
import type {
  Attempt,
  Bus,
  Clock,
  DecidedEntry,
  DirectoryBook,
  DirectoryState,
  GrantBook,
  Intent,
  Ledger,
  LedgerEntry,
  Place,
  Reached,
} from "../../lib/guard/ports.ts";
import { decodeDecision, encodeDecision } from "../../lib/guard/records/decision-record.ts";
import { decodeGrants } from "../../lib/guard/records/grant-record.ts";
import { decodeIntent, encodeIntent } from "../../lib/guard/records/intent-record.ts";
import { decodeReached, encodeReached } from "../../lib/guard/records/reached-record.ts";
import { decodeStanding, encodeStanding } from "../../lib/guard/records/standing-record.ts";
import type { Standing, StandingBook } from "../../lib/guard/sweeping/standing.ts";
import type { SweepState } from "../../lib/guard/sweeping/sweep-ports.ts";
import type { Account } from "../../lib/model/account.ts";
import type { Change, Subject } from "../../lib/model/change.ts";
import type { Decision } from "../../lib/model/decision.ts";
import type { Grant } from "../../lib/model/grant.ts";
import { ruleKey, type SecurityGroupRule } from "../../lib/model/security-group-rule.ts";

/** The ledger in memory; decisions go through JSON as they would in a table. */
export class MemoryLedger implements Ledger, DecisionReader {
  readonly entries = new Map<string, { state: LedgerEntry["state"]; decision?: string; by?: Attempt; day?: string; revision?: number }>();
  readonly intents = new Map<string, readonly string[]>();
  readonly reaches = new Map<string, ReadonlySet<string>>();
  /** Runs before each write with its name; throws to refuse it. */
  before: (call: string) => void = () => {};

  async begin(id: string, _change: Change, _policyVersion: string): Promise<LedgerEntry | undefined> {
    this.before("begin");
    const entry = this.entry(id);
    if (entry === undefined) this.entries.set(id, { state: "begun" });
    return entry;
  }

  async look(id: string): Promise<LedgerEntry | undefined> {
    this.before("look");
    return this.entry(id);
  }

  async intend(id: string, intent: Intent): Promise<void> {
    this.before("intend");
    this.intents.set(id, [...(this.intents.get(id) ?? []), encodeIntent(intent)]);
  }

  async intended(id: string): Promise<readonly Intent[]> {
    this.before("intended");
    return (this.intents.get(id) ?? []).map(decodeIntent);
  }

  async reach(change: string, reached: readonly Reached[]): Promise<void> {
    this.before("reach");
    this.reaches.set(change, new Set([...(this.reaches.get(change) ?? []), ...reached.map(encodeReached)]));
  }

  async reached(change: string): Promise<readonly Reached[]> {
    this.before("reached");
    return [...(this.reaches.get(change) ?? [])].map(decodeReached);
  }

  async decide(decision: Decision, by: Attempt): Promise<DecidedEntry> {
    this.before("decide");
    const entry = this.entry(decision.id);
    if (entry !== undefined && entry.state !== "begun") return entry;
    const day = new Date().toISOString().slice(0, 10);
    this.entries.set(decision.id, { state: "decided", decision: encodeDecision(decision), by, day });
    return { state: "decided", decision, by, revision: 0 };
  }

  async amend(decision: Decision, revision: number): Promise<DecidedEntry> {
    this.before("amend");
    const kept = this.entries.get(decision.id);
    const entry = this.entry(decision.id);
    if (kept === undefined || entry === undefined || entry.state === "begun") throw new Error(`nothing was decided about ${decision.id}`);
    if (entry.revision !== revision) return entry;
    this.entries.set(decision.id, { ...kept, state: "decided", decision: encodeDecision(decision), revision: revision + 1 });
    return { state: "decided", decision, revision: revision + 1 };
  }

  async published(id: string, revision: number): Promise<void> {
    this.before("published");
    const entry = this.entries.get(id);
    if (entry?.decision === undefined) throw new Error(`nothing was decided about ${id}`);
    if ((entry.revision ?? 0) === revision) this.entries.set(id, { ...entry, state: "published" });
  }

  decisions(): Decision[] {
    return [...this.entries.values()].flatMap(({ decision }) => (decision === undefined ? [] : [decodeDecision(JSON.parse(decision))]));
  }

  async on(day: string): Promise<readonly Decision[]> {
    const made = [...this.entries.values()].filter((entry) => entry.day === day);
    return made.flatMap(({ decision }) => (decision === undefined ? [] : [decodeDecision(JSON.parse(decision))]));
  }

  async read(id: string): Promise<Decision | undefined> {
    const entry = this.entry(id);
    return entry === undefined || entry.state === "begun" ? undefined : entry.decision;
  }

  private entry(id: string): LedgerEntry | undefined {
    const entry = this.entries.get(id);
    if (entry === undefined) return undefined;
    const { state, decision, by, revision = 0 } = entry;
    if (decision === undefined || state === "begun") return { state: "begun" };
    return { state, decision: decodeDecision(JSON.parse(decision)), ...(by !== undefined && { by }), revision };
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

/** The directory of accounts in memory. */
export class MemoryDirectory implements DirectoryBook {
  private accounts = new Map<string, Account>();
  private told: DirectoryState | undefined;
  /** Runs before each call with its name; throws to refuse it. */
  before: (call: string) => void = () => {};

  async account(id: string): Promise<Account | undefined> {
    this.before("account");
    return copy(this.accounts.get(id));
  }

  async all(): Promise<readonly Account[]> {
    this.before("all");
    return copy([...this.accounts.values()]);
  }

  async state(): Promise<DirectoryState | undefined> {
    this.before("state");
    return copy(this.told);
  }

  async replace(accounts: readonly Account[], state: DirectoryState): Promise<void> {
    this.before("replace");
    this.accounts = new Map(copy(accounts).map((account) => [account.id, account]));
    this.told = copy(state);
  }
}

/** What stands, in memory; it goes through JSON as it would in a table. */
export class MemoryStandings implements StandingBook, SweepState {
  private readonly kept = new Map<string, string>();
  private version: string | undefined;
  /** Runs before each call with its name; throws to refuse it. */
  before: (call: string) => void = () => {};

  async in(account: string, region: string): Promise<readonly Standing[]> {
    this.before("in");
    const own = [...this.kept].filter(([key]) => key.startsWith(`${account}/${region}/`));
    return own.map(([, text]) => decodeStanding(JSON.parse(text)));
  }

  async keep(account: string, region: string, standing: Standing): Promise<void> {
    this.before("keep");
    this.kept.set(`${account}/${region}/${standing.subject.kind}/${standing.subject.id}`, encodeStanding(standing));
  }

  async remove(account: string, region: string, { kind, id }: Subject): Promise<void> {
    this.before("remove");
    this.kept.delete(`${account}/${region}/${kind}/${id}`);
  }

  async sweptUnder(): Promise<string | undefined> {
    return this.version;
  }

  async noteSweptUnder(policyVersion: string): Promise<void> {
    this.before("noteSweptUnder");
    this.version = policyVersion;
  }
}

/** Breakers in memory, by the same rules as in a table. */
export class MemoryBreakers implements BreakerBook {
  private readonly windows = new Map<string, { acts: number; ends: number; open?: OpenBreaker }>();
  private readonly clock: Pick<Clock, "now">;
  /** Runs before each call with its name; throws to refuse it. */
  before: (call: string) => void = () => {};

  constructor(clock: Pick<Clock, "now">) {
    this.clock = clock;
  }

  async take(account: string, { acts, minutes, hold }: BreakerLimits, policyVersion: string): Promise<OpenBreaker | undefined> {
    this.before("take");
    const now = this.clock.now();
    const window = this.windows.get(account);
    if (window === undefined || window.ends <= now) {
      this.windows.set(account, { acts: 1, ends: now + minutes * 60_000 });
      return undefined;
    }
    if (window.open === undefined && window.acts >= acts) {
      window.ends = now + hold * 60_000;
      const until = new Date(window.ends).toISOString();
      window.open = { account, since: new Date(now).toISOString(), until, acts, minutes, policyVersion };
    }
    if (window.open === undefined) window.acts++;
    return window.open;
  }

  async giveBack(account: string): Promise<void> {
    this.before("giveBack");
    const window = this.windows.get(account);
    if (window !== undefined && window.ends > this.clock.now() && window.acts > 0) window.acts--;
  }

  async open(): Promise<readonly OpenBreaker[]> {
    const now = this.clock.now();
    return [...this.windows.values()].flatMap(({ ends, open }) => (open === undefined || ends <= now ? [] : [open]));
  }

  async reset(account: string): Promise<boolean> {
    const open = (await this.open()).some((one) => one.account === account);
    this.windows.delete(account);
    return open;
  }
}

/** What was closed how often, in memory. */
export class MemoryContests implements Contests {
  private readonly counted = new Map<string, Closings & { readonly last: string; readonly until: number }>();
  private readonly clock: Pick<Clock, "now">;
  /** Runs before each call; throws to refuse it. */
  before: () => void = () => {};

  constructor(clock: Pick<Clock, "now">) {
    this.clock = clock;
  }

  async closed(place: Place, values: readonly string[], decision: string): Promise<Closings> {
    this.before();
    const now = this.clock.now();
    let most: Closings = { count: 0, since: "" };
    for (const value of values) {
      const key = [place.account, place.region, place.subject.id, value].join(" ");
      const known = this.counted.get(key);
      const standing = known !== undefined && known.until > now ? known : { count: 0, since: new Date(now).toISOString(), last: "" };
      const count = standing.last === decision ? standing.count : standing.count + 1;
      this.counted.set(key, { count, since: standing.since, last: decision, until: now + 86_400_000 });
      if (count > most.count) most = { count, since: standing.since };
    }
    return most;
  }
}

/** What narrowings need, in memory. */
export class MemoryRemainders implements Remainders {
  private readonly known = new Map<string, Wanted>();
  /** Runs before each call; throws to refuse it. */
  before: () => void = () => {};

  async need(place: Place, rule: SecurityGroupRule, by: string): Promise<Needed> {
    const wanted = this.wanted(place, rule);
    wanted.by = [...without(wanted.by, by), by].sort();
    return { settled: wanted.settled, isGoing: wanted.goingBy !== undefined };
  }

  async settle(place: Place, rule: SecurityGroupRule, by: string): Promise<void> {
    const wanted = this.wanted(place, rule);
    Object.assign(wanted, { by: without(wanted.by, by), isSurplus: false, settled: wanted.settled + 1 });
  }

  async forgo(place: Place, rule: SecurityGroupRule, by: string, { settled, added }: Seen): Promise<boolean> {
    const wanted = this.wanted(place, rule);
    wanted.by = without(wanted.by, by);
    if (wanted.settled !== settled) return false;
    const isSurplus = wanted.isSurplus || added;
    const isLast = wanted.by.length === 0;
    wanted.isSurplus = isSurplus && !isLast;
    if (isSurplus && isLast) wanted.goingBy = by;
    return isSurplus && isLast;
  }

  async tookBack(place: Place, rule: SecurityGroupRule, by: string): Promise<void> {
    const wanted = this.wanted(place, rule);
    if (wanted.goingBy === by) wanted.goingBy = undefined;
  }

  /** Does not wait: tests have nobody who takes longer. */
  async untaken(): Promise<void> {
    this.before();
  }

  /** Which narrowing is taking the rule back. */
  goingBy(place: Place, rule: SecurityGroupRule): string | undefined {
    return this.wanted(place, rule).goingBy;
  }

  private wanted({ account, region, subject }: Place, rule: SecurityGroupRule): Wanted {
    this.before();
    const key = [account, region, subject.id, ruleKey(rule)].join(" ");
    const wanted = this.known.get(key) ?? { by: [], goingBy: undefined, settled: 0, isSurplus: false };
    this.known.set(key, wanted);
    return wanted;
  }
}
interface Wanted {
  by: readonly string[];
  goingBy: string | undefined;
  settled: number;
  isSurplus: boolean;
}

function without(all: readonly string[], one: string): readonly string[] {
  return all.filter((other) => other !== one);
}

const THREAD_LIVES = 30 * 24 * 3_600_000;

/** What was told where, in memory; it goes through JSON as it would in a table. */
export class MemoryThreads implements ThreadBook {
  private readonly claims = new Map<string, Telling>();
  private readonly kept = new Map<string, { readonly thread: Thread; readonly ends: number }>();
  private readonly clock: Pick<Clock, "now">;

  constructor(clock: Pick<Clock, "now">) {
    this.clock = clock;
  }

  async look(decision: string): Promise<Telling | undefined> {
    return copy(this.claims.get(decision));
  }

  async begin(decision: string): Promise<"mine" | Telling> {
    const standing = this.claims.get(decision);
    if (standing === undefined) this.claims.set(decision, "begun");
    return copy(standing) ?? "mine";
  }

  async beginBurst(burst: Burst): Promise<boolean> {
    if (burst.decisions.some((decision) => this.claims.has(decision))) return false;
    for (const decision of burst.decisions) this.claims.set(decision, copy(burst));
    return true;
  }

  async told(decision: string, { channel, ts }: Posted): Promise<void> {
    const standing = this.claims.get(decision);
    const isTold = typeof standing === "object" && "ts" in standing;
    if (!isTold) this.claims.set(decision, { channel, ts });
  }

  async thread(place: Place, channel: string): Promise<Thread | undefined> {
    return copy(this.standing(place, channel));
  }

  async keep(thread: Thread): Promise<void> {
    if ((this.standing(thread, thread.channel)?.count ?? 0) >= thread.count) return;
    this.kept.set(keyOf(thread, thread.channel), { thread: copy(thread), ends: this.clock.now() + THREAD_LIVES });
  }

  private standing(place: Place, channel: string): Thread | undefined {
    const entry = this.kept.get(keyOf(place, channel));
    return entry === undefined || entry.ends <= this.clock.now() ? undefined : entry.thread;
  }
}

function keyOf({ account, region, subject }: Place, channel: string): string {
  return [account, region, subject.id, channel].join("/");
}

function copy<T>(value: T): T {
  return structuredClone(value);
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

/** A meter that keeps what it was told: the values of each metric, by `Decisions acted` where they have another dimension. */
export class MemoryMeter implements Meter {
  readonly values: Record<string, number[]> = {};

  add(metric: Metric, value: number, by: Readonly<Record<string, string>> = {}): void {
    const key = [metric, ...Object.values(by)].join(" ");
    this.values[key] = [...(this.values[key] ?? []), value];
  }
}
