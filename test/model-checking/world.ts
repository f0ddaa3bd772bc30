import assert from "node:assert/strict";
import { approve } from "../../lib/guard/answering/approve.ts";
import type { Request, RespondPorts } from "../../lib/guard/answering/respond-ports.ts";
import { guard } from "../../lib/guard/guard.ts";
import type { GuardPorts } from "../../lib/guard/guarding.ts";
import { isSwept } from "../../lib/guard/judging/swept.ts";
import { type Attempt, type Ec2, Ec2Error } from "../../lib/guard/ports.ts";
import { encodeDecision } from "../../lib/guard/records/decision-record.ts";
import { sweep } from "../../lib/guard/sweeping/sweep.ts";
import type { SweepPorts } from "../../lib/guard/sweeping/sweep-ports.ts";
import type { Change } from "../../lib/model/change.ts";
import type { Decision } from "../../lib/model/decision.ts";
import type { Grant } from "../../lib/model/grant.ts";
import { isGroupRemedy, type Remedy } from "../../lib/model/remedy.ts";
import { formatRule, type SecurityGroupRule } from "../../lib/model/security-group-rule.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { notifyAll } from "../../lib/telling/notify.ts";
import { LiveWorld } from "../../lib/worlds/live.ts";
import { WholeWorld } from "../../lib/worlds/whole.ts";
import { FIRST } from "../support/attempts.ts";
import { AT, granting } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";
import type { MemoryEc2 } from "../support/memory-ec2.ts";
import { type Around, surrounded } from "../support/port-calls.ts";
import { respondRig } from "../support/respond-rig.ts";
import { HUB, REGION } from "../support/sweep-rig.ts";
import { eventOf, plenty, TellingRig } from "../support/telling-rig.ts";
import type { Started } from "./explore.ts";
import { Scheduler, type Touch, textOf } from "./scheduler.ts";

export const GROUP = "sg-1";
/** What nobody may take. */
const LAWFUL = "tcp 22 from 10.0.0.0/8";
/** What an exception admits until `EXCEPTION_ENDS`, and stands open. */
export const EXCEPTED = "tcp 8080 from 0.0.0.0/0";
export const EXCEPTION: Grant = {
  id: "allow-8080",
  account: HUB,
  region: REGION,
  subject: { kind: "security-group", id: GROUP },
  admits: [{ rule: "no-public-ingress", allow: [{ protocol: "tcp", ports: "8080", from: ["0.0.0.0/0"] }], parts: [] }],
  until: new Date(Date.parse(AT) + 60_000).toISOString(),
  reason: "a demonstration",
  approvedBy: "U0APPROVER",
  grantedAt: AT,
  decision: "earlier/sg-1",
};

/** What a world is like before its actors begin: the policy, and the rule that people open. */
export interface Setting {
  readonly policy: string;
  readonly forbidden: string;
  /** What of it is lawful, and is left where it is narrowed. */
  readonly remainder: readonly string[];
  /** How many acts a window of the breaker has room for; plenty unless given. */
  readonly breaker?: number;
}
export const REVOKING: Setting = { policy: "mode: enforce", forbidden: "tcp 22 from 0.0.0.0/0", remainder: [] };
export const NARROWING: Setting = {
  policy: "mode: enforce\nrules: { no-public-ingress: { remedy: narrow } }",
  forbidden: "tcp 443-444 from 0.0.0.0/0",
  remainder: ["tcp 443 from 0.0.0.0/0"],
};

const POLICIES = new Map<Setting, Policy>();

function policyOf(setting: Setting): Policy {
  const breaker = setting.breaker === undefined ? "" : `breaker: { acts: ${setting.breaker}, minutes: 10 }`;
  const text = `version: 1\n${setting.policy}\nslack: { approvers: [U0APPROVER] }\n${breaker}`;
  const policy = POLICIES.get(setting) ?? parsePolicy(text, "portcullis.yml");
  POLICIES.set(setting, policy);
  return policy;
}

/** One who does something while others do. */
export interface Actor {
  readonly name: string;
  /** What of the world it shares with others besides EC2; all else is nobody's but its own, and comes to the same in any order. */
  readonly shares: readonly Shared[];
  /** Ends when it has done all. */
  act(stage: Stage): Promise<void>;
}
type Shared = "grants" | "standings" | "ledger" | "life" | "reads";

const PORTS_OF: Readonly<Record<Shared, readonly string[]>> = {
  grants: ["grants"],
  standings: ["standings"],
  ledger: ["ledger", "bus"],
  // Each read makes the next one less stale.
  reads: [],
  // Who may die at any call dies at each.
  life: ["grants", "standings", "ledger", "bus", "decisions", "answers", "schedules"],
};

// What only looks.
const READS: ReadonlySet<string> = new Set([
  ...["ec2.get", "ec2.list", "ec2.mayRevoke", "ec2.mayCarryOut"],
  ...["grants.on", "grants.all", "standings.in", "standings.sweptUnder", "breaker.open", "answers.answered"],
  ...["ledger.look", "ledger.intended", "ledger.reached", "decisions.read"],
]);

// The ledger keeps each decision, and what was meant to be done for it, by itself.
function touches(call: string, [first]: readonly unknown[]): Touch {
  const port = call.slice(0, call.indexOf("."));
  const isRead = READS.has(call);
  if (port !== "ledger" && port !== "decisions") return { what: port, isRead };
  return { what: `ledger ${typeof first === "object" && first !== null && "id" in first ? first.id : first}`, isRead };
}

// Reads show what was granted so long ago, so nobody waits for that.
const HEARD_AFTER = 31_000;

/** A guard, people and controllers around one security group, whose calls a scheduler puts in order. */
export class Stage implements Started {
  readonly scheduler = new Scheduler();
  readonly setting: Setting;
  readonly ec2: MemoryEc2;
  /** The decision to close `forbidden`, which was opened before anything here began. */
  earlier!: Decision;
  /** True when a person has closed by hand what others may put back. */
  closedByOwner = false;
  readonly delivered = new Map<string, Change>();
  readonly asked = new Map<string, Request & { ask: "allow" | "undo" | "snooze" }>();
  /** The invocations of the guard, by name, and what each of them guards. */
  readonly invocations = new Map<string, Change>();
  private readonly rig: ReturnType<typeof guardRig>;
  private readonly desk: ReturnType<typeof respondRig>;
  // Whether the answer to the next call that takes or adds a rule is lost: the SDK asks once more by itself.
  private losesAnswer = false;
  // How often each message that failed was handed out.
  private readonly failed = new Map<string, number>();
  private readonly failures: string[] = [];
  // How often EC2 took a rule for the guard of a change, less how often it put it back.
  private readonly taken = new Map<string, number>();
  // Ports whose calls are put in order.
  private readonly ordered: ReadonlySet<string>;
  private readonly touches: (call: string, args: readonly unknown[]) => Touch;

  private constructor(setting: Setting, actors: readonly Actor[]) {
    this.setting = setting;
    const shared = actors.flatMap(({ shares }) => shares.flatMap((one) => PORTS_OF[one]));
    this.ordered = new Set([
      "ec2",
      "contests",
      "remainders",
      ...shared,
      ...(setting.breaker === undefined ? [] : ["breaker", "standings"]),
    ]);
    const isLagging = actors.some(({ shares }) => shares.includes("reads"));
    this.touches = (call, args) => (isLagging && call.startsWith("ec2.") ? { what: "ec2", isRead: false } : touches(call, args));
    this.rig = guardRig(policyOf(setting));
    this.desk = respondRig(this.rig);
    this.ec2 = this.rig.ec2;
  }

  static async start(setting: Setting, actors: readonly Actor[]): Promise<Stage> {
    const stage = new Stage(setting, actors);
    const { rig } = stage;
    rig.ec2.createGroup(GROUP, [LAWFUL, EXCEPTED, setting.forbidden]);
    await rig.grants.add(EXCEPTION);
    const ec2 = stage.counted("earlier");
    const [earlier] = await guard(stage.changeOf("earlier", setting.forbidden), { ...rig.ports, ec2For: () => ec2 }, FIRST);
    assert(earlier !== undefined && !("ignored" in earlier));
    stage.earlier = earlier;
    rig.ec2.take(GROUP, ...setting.remainder);
    for (const actor of actors) void actor.act(stage).catch((error) => stage.failures.push(String(error)));
    await stage.scheduler.settle();
    return stage;
  }

  get now(): number {
    return this.rig.clock.now();
  }

  loseAnswer(): void {
    this.losesAnswer = true;
  }

  isOpen(rule: string): boolean {
    return this.rig.open(GROUP).includes(rule);
  }

  passTo(time: number): void {
    this.rig.clock.time = Math.max(this.rig.clock.time, time);
  }

  /** The call that opened a rule, as CloudTrail tells of it. */
  changeOf(id: string, rule: string): Change {
    return { ...granting(rule), id, at: new Date(Math.floor((this.now - HEARD_AFTER) / 1000) * 1000).toISOString() };
  }

  /** One invocation of the guard, with a message of its own; what throws comes again. */
  guard(name: string, change: Change): Promise<void> {
    this.delivered.set(change.id, change);
    this.invocations.set(name, change);
    return this.attempt(name, { message: name, number: 1 }, change);
  }

  /** The message of an invocation that died comes again. */
  async redeliver(name: string): Promise<void> {
    const change = this.invocations.get(name);
    if (change !== undefined) await this.attempt(`${name}, again`, { message: name, number: 2 }, change);
  }

  private async attempt(name: string, attempt: Attempt, change: Change): Promise<void> {
    try {
      await guard(change, this.guardPorts(this.around(name), { id: change.id, waiter: name }), attempt);
    } catch {
      this.failed.set(attempt.message, attempt.number);
    }
  }

  async approve(name: string, ask: "allow" | "undo"): Promise<void> {
    const request =
      ask === "undo" ? this.desk.ask(ask, this.earlier) : this.desk.ask(ask, this.earlier, { until: this.inAnHour(), reason: "needed" });
    const named = { ...request, id: name };
    this.asked.set(name, named);
    await approve(named, this.respondPorts(this.around(name)));
  }

  async sweep(name: string): Promise<void> {
    const at = new Date(this.now).toISOString();
    await sweep({ run: name, at, account: HUB, region: REGION }, this.sweepPorts(this.around(name), name));
  }

  private around(name: string): Around {
    return this.scheduler.around(name, { atOnce: (call) => !this.ordered.has(call.slice(0, call.indexOf("."))), touches: this.touches });
  }

  // EC2 as the guard uses it: what it takes and gives is counted.
  private counted(id: string): Ec2 {
    const { ec2 } = this;
    const count = (rules: readonly SecurityGroupRule[], by: number) => {
      for (const rule of rules) {
        const key = `${formatRule(rule)} for ${id}`;
        this.taken.set(key, (this.taken.get(key) ?? 0) + by);
      }
    };
    return {
      get: (kind, name) => ec2.get(kind, name),
      list: (kind, where) => ec2.list(kind, where),
      mayRevoke: (group, rules) => ec2.mayRevoke(group, rules),
      carryOut: (remedy) => ec2.carryOut(remedy),
      mayCarryOut: (remedy) => ec2.mayCarryOut(remedy),
      revoke: async (group, rules) => {
        const revoke = async () => {
          const answer = await ec2.revoke(group, rules);
          count(answer.revoked ?? [], 1);
          return answer;
        };
        return this.answered(revoke);
      },
      authorize: async (group, rules) => {
        const authorize = async () => {
          await ec2.authorize(group, rules);
          count(rules, -1);
        };
        return this.answered(authorize);
      },
    };
  }

  private async answered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const answer = await call();
    if (!this.losesAnswer) return answer;
    this.losesAnswer = false;
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      throw new Ec2Error(error.refusal, error.code, error.message, { mayHaveTakenEffect: true });
    }
  }

  // EC2 as people's answers use it: who took what is back need not tell of it.
  private puttingBack(): Ec2 {
    const { ec2 } = this;
    const authorize: Ec2["authorize"] = async (group, rules) => {
      await ec2.authorize(group, rules);
      for (const key of this.taken.keys()) if (rules.some((rule) => key.startsWith(`${formatRule(rule)} for `))) this.taken.set(key, 0);
    };
    return { ...this.counted(""), revoke: (group, rules) => ec2.revoke(group, rules), authorize };
  }

  // Who waits for another to take something back waits until that is done, or its doer died.
  private remainders(around: Around, waiter: string | undefined): GuardPorts["remainders"] {
    const { remainders } = this.rig;
    const ordered = surrounded("remainders", remainders, around);
    if (waiter === undefined) return ordered;
    return {
      need: (place, rule, by) => ordered.need(place, rule, by),
      settle: (place, rule, by) => ordered.settle(place, rule, by),
      forgo: (place, rule, by, seen) => ordered.forgo(place, rule, by, seen),
      tookBack: (place, rule, by) => ordered.tookBack(place, rule, by),
      untaken: (place, rule) => {
        const isDue = () => !this.scheduler.isAlive(actorOf(remainders.goingBy(place, rule) ?? ""));
        return this.scheduler.wait(waiter, "remainders.untaken", { isDue, act: () => {} });
      },
    };
  }

  private guardPorts(around: Around, { id = "", waiter }: { readonly id?: string; readonly waiter?: string } = {}): GuardPorts {
    const { ports } = this.rig;
    // Time passes between calls, and none of it for waiting: others may do anything meanwhile all the same.
    const clock = { now: () => this.now, sleep: async () => {} };
    const ec2 = surrounded("ec2", this.counted(id), around);
    return {
      ...ports,
      ec2For: () => ec2,
      worldOf: (api, expected) => new LiveWorld(api, clock, expected),
      ledger: surrounded("ledger", this.rig.ledger, around),
      grants: surrounded("grants", this.rig.grants, around),
      directory: surrounded("directory", this.rig.directory, around),
      standings: surrounded("standings", this.rig.standings, around),
      breaker: surrounded("breaker", this.rig.breaker, around),
      contests: surrounded("contests", this.rig.contests, around),
      remainders: this.remainders(around, waiter),
      bus: surrounded("bus", this.rig.bus, around),
      clock,
    };
  }

  private sweepPorts(around: Around, waiter?: string): SweepPorts {
    const ports = this.guardPorts(around, waiter === undefined ? {} : { waiter });
    return {
      ...ports,
      grants: surrounded("grants", this.rig.grants, around),
      standings: surrounded("standings", this.rig.standings, around),
      wholeWorldOf: (api) => new WholeWorld(ports.worldOf(api)),
      state: this.rig.standings,
      readOrganization: async () => ({ accounts: [], ous: [] }),
      home: HUB,
      regions: [REGION],
      ask: async () => {},
      timeLeft: () => 300_000,
      meter: { add: () => {} },
      log: { info: () => {}, warn: () => {}, error: () => {} },
    };
  }

  private respondPorts(around: Around): RespondPorts {
    const { ports } = this.desk;
    const { clock, directory } = this.guardPorts(around);
    const ec2 = surrounded("ec2", this.puttingBack(), around);
    return {
      ...ports,
      ec2For: () => ec2,
      clock,
      directory,
      decisions: surrounded("decisions", ports.decisions, around),
      grants: surrounded("grants", this.rig.grants, around),
      schedules: surrounded("schedules", ports.schedules, around),
      answers: surrounded("answers", ports.answers, around),
    };
  }

  private inAnHour(): string {
    return new Date(Date.parse(AT) + 3_600_000).toISOString();
  }

  snapshot(): string {
    const { rig } = this;
    return textOf(
      [
        rig.ec2.rules(GROUP).map(formatRule).sort(),
        [...rig.ledger.entries].sort(),
        [...rig.ledger.intents].sort(),
        rig.clock.now(),
        this.losesAnswer,
        rig.ec2.staleness,
        // Each is told by itself: which of two was published first is all the same.
        [...Map.groupBy(rig.bus.published, ({ id }) => id)].map(([id, told]) => [id, told.map(({ outcome }) => outcome)]).sort(),
        rig.grants,
        rig.standings,
        rig.breaker,
        rig.contests,
        rig.remainders,
        [...this.desk.answers].sort(),
        [...this.failed].sort(),
      ].map((part) =>
        part instanceof Object && !Array.isArray(part)
          ? Object.values(part).map((kept) => (kept instanceof Map ? [...kept].sort() : 0))
          : part,
      ),
    );
  }

  /** Lets everything settle - what failed comes again, then a sweep - and checks what is to hold. */
  async finish(): Promise<void> {
    assert.deepEqual(this.failures, []);
    for (const [message, number] of this.failed) {
      const change = this.invocations.get(message);
      assert(change !== undefined);
      await guard(
        change,
        this.guardPorts((_, act) => act(), { id: change.id }),
        { message, number: number + 1 },
      );
    }
    await sweep(
      { run: "last", at: new Date(this.now).toISOString(), account: HUB, region: REGION },
      this.sweepPorts((_, act) => act()),
    );
    await this.checkRules();
    this.checkActs();
    this.checkLedger();
    await this.checkTold();
  }

  private async checkRules(): Promise<void> {
    const { forbidden, remainder } = this.setting;
    const open = this.rig.open(GROUP);
    const stands = Date.parse(EXCEPTION.until) > this.now;
    const grants = (await this.rig.grants.all()).filter(
      ({ decision, until }) => decision === this.earlier.id && Date.parse(until) > this.now,
    );
    const isHeld = this.rig.ledger.decisions().some(({ held }) => held !== undefined);
    assert(open.includes(LAWFUL), `${LAWFUL} was lawful, and is gone`);
    // What the exception admits is there for as long as it stands, and not a moment longer.
    if (!isHeld) assert.equal(open.includes(EXCEPTED), stands, `whether ${EXCEPTED} is open`);
    const answers = [...this.desk.answers.values()];
    const isAllowed = grants.length > 0;
    assert.deepEqual(
      answers.filter(({ result }) => result === "failed" || result === "refused"),
      [],
    );
    if (!isAllowed && !isHeld) assert(!open.includes(forbidden), `${forbidden} is open, and nobody allowed it`);
    // What is narrowed keeps its lawful part, but where its owner closed it by hand: the guard opens nothing.
    const isNarrowed =
      this.delivered.size > 0 && [...this.delivered.keys()].some((id) => (this.taken.get(`${forbidden} for ${id}`) ?? 0) > 0);
    if (isNarrowed && !this.closedByOwner && !open.includes(forbidden))
      assert.deepEqual(
        remainder.filter((rule) => !open.includes(rule)),
        [],
        "what was narrowed is gone whole",
      );
    if (isAllowed && answers.length > 0 && !this.closedByOwner)
      assert(open.includes(forbidden), `${forbidden} was put back and allowed, and is closed`);
    assert.deepEqual(
      open.filter((rule) => ![LAWFUL, EXCEPTED, forbidden, ...remainder].includes(rule)),
      [],
    );
  }

  // A decision has a permit of the breaker, and may act in its four rounds and once before them.
  private checkActs(): void {
    const { breaker, forbidden } = this.setting;
    if (breaker === undefined) return;
    const acts = [...this.taken].reduce((sum, [key, times]) => (key.startsWith(forbidden) ? sum + times : sum), 0);
    assert(acts <= 5 * breaker, `${acts} acts under a breaker of ${breaker}`);
    assert(
      !this.isOpen(forbidden) || this.rig.ledger.decisions().some(({ held }) => held !== undefined),
      "open, and no decision tells that it is held",
    );
  }

  private checkLedger(): void {
    const decided = this.rig.ledger.decisions();
    for (const id of this.delivered.keys())
      assert.equal(decided.filter((decision) => decision.id === `${id}/${GROUP}`).length, 1, `decisions on ${id}`);
    assert.deepEqual(
      [...this.rig.ledger.entries].filter(([, { state }]) => state !== "published"),
      [],
    );
    // Whatever the guard of a change took and nobody put back, its decision tells.
    for (const id of this.delivered.keys()) {
      for (const rule of [this.setting.forbidden, EXCEPTED]) {
        if ((this.taken.get(`${rule} for ${id}`) ?? 0) <= 0 || this.isOpen(rule)) continue;
        const acts = decided.filter(({ change }) => change.id === id).flatMap((decision) => decision.acts);
        assert(
          acts.some(({ result, remedy }) => result === "done" && takes(remedy, rule)),
          `the guard of ${id} took ${rule}, and its decision does not tell`,
        );
      }
    }
  }

  // Decisions as the bus hands them out: told once each, however often they were announced.
  private async checkTold(): Promise<void> {
    const telling = new TellingRig();
    for (const decision of this.rig.ledger.decisions())
      telling.ledger.entries.set(decision.id, { state: "published", decision: encodeDecision(decision), revision: 0 });
    for (const decision of this.rig.bus.published) assert.deepEqual(await notifyAll(telling.ports(), [eventOf(decision)], plenty), []);
    for (const decision of this.rig.ledger.decisions()) {
      const { id, outcome, acts, contest } = decision;
      // What a sweep finds as it was told before is no news.
      const isKnown = isSwept(decision.change) && !this.rig.bus.published.some((one) => one.id === id);
      // Nor is what was closed once more and put back at once, since somebody had granted it.
      const isBack = id.includes("/again-") && acts.length === 0;
      const due = outcome === "clean" || isBack || (contest?.count ?? 0) > 2 || isKnown ? 0 : 1;
      assert.equal(telling.tellings(decision), due, `how often ${id} (${outcome}) was told`);
    }
  }
}

// Its narrowings have the name of its message, and which attempt it is.
function actorOf(narrowing: string): string {
  const [message = "", number] = narrowing.split("/");
  if (message.startsWith("swept-")) return "sweep";
  return number === "1" ? message : `${message}, again`;
}

function takes(remedy: Remedy, rule: string): boolean {
  return isGroupRemedy(remedy) && remedy.revoke.map(formatRule).includes(rule);
}
