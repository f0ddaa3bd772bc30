import type { Actor, Change } from "../model/change.ts";
import { type Act, type Decision, decisionId } from "../model/decision.ts";
import type { Finding } from "../model/finding.ts";
import { SecurityGroup } from "../model/security-group.ts";
import { ruleKey, type SecurityGroupRule, valueKey } from "../model/security-group-rule.ts";
import { isUnknown, type World } from "../model/world.ts";
import type { Policy, Ruling } from "../policy/policy.ts";
import { apply, probe } from "./apply.ts";
import { decide, openFor, rulingOn } from "./decide.ts";
import { type Judgement, judge } from "./judge.ts";
import { type Planned, plan } from "./plan.ts";
import type { Bus, Clock, Ec2, Ec2For, Expectation, Ledger, Self } from "./ports.ts";
import { addedTo, judgeReached, touchedBy, whyUntouched } from "./touch.ts";

/** What guarding needs from outside. `worldOf` reads the live network anew each time it is called. */
export interface GuardPorts {
  readonly policy: Policy;
  readonly ec2For: Ec2For;
  readonly worldOf: (ec2: Ec2, expected?: Expectation) => World;
  readonly ledger: Ledger;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly self: Self;
}

/** A change that the guard leaves alone, and why. */
export interface Ignored {
  readonly ignored: string;
}

// A change older than this is in every EC2 read; younger ones may have to be waited for (milliseconds).
const FRESH = 30_000;
// Each round closes everything that a read shows, so more than two are needed only against someone who keeps opening.
const ROUNDS = 4;
const ROUND_PAUSE = 500;

/**
 * Guards one change, with a decision for each group that it touches: closes what it claims to have opened if that is forbidden
 * by itself, then settles - reads the whole group, judges it, acts, until nothing is forbidden - records the decision and
 * announces it. Guarding the same change again does nothing more. Throws when it should be tried again: everything done so
 * far stays done and is found again.
 */
export async function guard(change: Change, ports: GuardPorts): Promise<readonly (Decision | Ignored)[]> {
  if (isOwnAct(change.actor, ports.self)) return [{ ignored: "own act" }];
  if (change.failed !== undefined) return [{ ignored: `the call failed: ${change.failed}` }];
  const world = ports.worldOf(ports.ec2For(change.account, change.region));
  const touched = await touchedBy(change, world);
  if (touched.length === 0) return [{ ignored: whyUntouched(change) }];
  const answers: (Decision | Ignored)[] = [];
  for (const one of touched) answers.push(await new Guarding(one, ports).run());
  return answers;
}

/** One change on its way through the guard. */
class Guarding {
  private readonly change: Change;
  private readonly ports: GuardPorts;
  private readonly ec2: Ec2;
  private readonly started: number;
  private readonly granted: readonly SecurityGroupRule[];
  private readonly introduced: ReadonlySet<string>;
  private acts: Act[] = [];
  private readonly findings = new Map<string, Finding>();
  // Values that EC2 was asked to revoke: gone now, or not there before.
  private readonly tried = new Set<string>();
  private closed: number | undefined;
  /** Why the policy's ruling for this place is a guess; nothing is done under one. */
  private guessed: string | undefined;

  constructor(change: Change, ports: GuardPorts) {
    this.change = change;
    this.ports = ports;
    this.ec2 = ports.ec2For(change.account, change.region);
    this.started = ports.clock.now();
    this.granted = grantedBy(change);
    this.introduced = new Set(this.granted.map(ruleKey));
  }

  async run(): Promise<Decision | Ignored> {
    const { ledger, policy } = this.ports;
    const ruling = await this.ruling();
    if (ruling.mode === "off" && this.guessed === undefined) return { ignored: "the policy's mode is off here" };

    const id = decisionId(this.change);
    // Nothing slow stands before the first act, so the intent is written beside it.
    const [begun, closed] = await Promise.allSettled([ledger.begin(id, this.change, policy.version), this.closeClaimed(ruling)]);
    if (closed.status === "rejected") throw closed.reason;
    // A ledger that fails here must not hide what was just done: deciding writes to it once more, and announces in any case.
    const entry = begun.status === "fulfilled" ? begun.value : undefined;
    if (entry !== undefined && entry.state !== "begun") {
      // A duplicate: its claim was closed again in case somebody had re-opened it meanwhile. That would be news of its own.
      if (this.hasActed()) return this.settle(ruling, `${id}/again-${this.started}`, closed.value, false);
      if (entry.state === "decided") await this.announce(entry.decision);
      return entry.decision;
    }
    return this.settle(ruling, id, closed.value, entry?.state === "begun");
  }

  /** The ruling for this place; the group is read only if the policy's scopes ask for its VPC or tags. */
  private async ruling(): Promise<Ruling> {
    const read = () => this.ports.worldOf(this.ec2, this.expectation()).get("security-group", this.change.subject.id);
    const { ruling, guessed } = await rulingOn(this.change, this.ports.policy, new Date(this.started).toISOString(), read);
    this.guessed = guessed;
    return ruling;
  }

  /** Closes at once what the claim alone shows to be forbidden: one EC2 call after hearing of it. */
  private async closeClaimed(ruling: Ruling): Promise<readonly Finding[]> {
    if (this.granted.length === 0 || this.guessed !== undefined) return [];
    const claimed = new SecurityGroup({ id: this.change.subject.id, rules: this.granted, partial: true });
    const judgement = await judge(claimed, CLAIM_ONLY, ruling, this.introduced);
    // A sum may have lost a part since, and what is narrowed must be there with its description and tags: both need a read.
    const certain = judgement.findings.filter(({ rules }) => rules.length === 1);
    const planned = await plan(claimed, CLAIM_ONLY, certain, ruling);
    await this.enforce(planned.filter(({ remedy }) => remedy.authorize.length === 0));
    return judgement.findings;
  }

  private async settle(ruling: Ruling, id: string, claimed: readonly Finding[], resumed: boolean): Promise<Decision> {
    const attempted = this.acts.length > 0;
    const { world, group, judgement } = await this.closeAll(ruling);
    const mistaken = (rules: readonly SecurityGroupRule[]) => rules.every((rule) => this.isOfOtherDirection(rule, group));
    this.acts = this.acts.filter(({ result, remedy }) => result === "done" || !mistaken(remedy.revoke));
    // A claim that matched nothing was not there (any more): it is no finding, unless closing it was our doing.
    const ours = claimed.filter(({ rules }) => this.closedOrRefused(rules) || (resumed && attempted));
    this.note(ours.filter(({ rules }) => !mistaken(rules)));
    if (group !== undefined) await this.probeDryRun(await plan(group, world, judgement.findings, ruling));
    const decision = decide({
      id,
      change: this.change,
      policy: this.ports.policy,
      ruling,
      group: group?.facts,
      acts: this.acts,
      findings: [...this.findings.values()],
      excepted: judgement.excepted,
      notJudged: judgement.notJudged,
      resumed,
      latency: {
        eventAge: this.started - Date.parse(this.change.at),
        ...(this.closed !== undefined && { toClosed: this.closed - this.started }),
      },
    });
    return this.record(decision);
  }

  /** Reads, judges and closes until a read shows nothing forbidden that the policy wants closed. */
  private async closeAll(ruling: Ruling): Promise<{ world: World; group: SecurityGroup | undefined; judgement: Judgement }> {
    for (let round = 1; ; round++) {
      if (this.guessed !== undefined)
        return { world: CLAIM_ONLY, group: undefined, judgement: { ...NOTHING, notJudged: openFor(ruling, this.guessed) } };
      const world = this.ports.worldOf(this.ec2, this.expectation());
      const facts = await world.get("security-group", this.change.subject.id);
      if (facts === undefined) return { world, group: undefined, judgement: NOTHING };
      if (isUnknown(facts)) return { world, group: undefined, judgement: { ...NOTHING, notJudged: openFor(ruling, facts.unknown) } };
      const group = new SecurityGroup(facts);
      const judgement = await judgeReached(this.change, this.introduced, { group, world, ruling });
      this.note(judgement.findings);
      const toClose = (await plan(group, world, judgement.findings, ruling)).filter(({ mode }) => mode === "enforce");
      if (toClose.length === 0) return { world, group, judgement };
      if (round > ROUNDS) {
        this.acts.push(...toClose.map(({ remedy }): Act => ({ remedy, result: "failed", error: `still open after ${ROUNDS} attempts` })));
        return { world, group, judgement };
      }
      const acts = await this.enforce(toClose);
      if (acts.some(({ result }) => result === "denied" || result === "failed")) return { world, group, judgement };
      // EC2 says that it is gone and still shows it: the read was stale.
      if (acts.every(({ result }) => result === "already")) await this.ports.clock.sleep(ROUND_PAUSE * round);
    }
  }

  private async enforce(planned: readonly Planned[]): Promise<Act[]> {
    const acts: Act[] = [];
    for (const { remedy, mode } of planned) {
      if (mode !== "enforce") continue;
      for (const rule of remedy.revoke) this.tried.add(valueKey(rule));
      acts.push(await apply(remedy, this.ec2));
    }
    if (acts.some(({ result }) => result === "done")) this.closed = this.ports.clock.now();
    this.acts.push(...acts);
    return acts;
  }

  private async probeDryRun(planned: readonly Planned[]): Promise<void> {
    for (const { remedy, mode } of planned) if (mode === "dry-run") this.acts.push(await probe(remedy, this.ec2));
  }

  /** What a read must show to be believed: what was granted a moment ago and not closed by this guard. */
  private expectation(): Expectation | undefined {
    if (this.started - Date.parse(this.change.at) > FRESH || this.change.claim?.kind === "group-deleted") return undefined;
    const values = this.granted.map(valueKey).filter((key) => !this.tried.has(key));
    const { subject, via, claim } = this.change;
    const added = via?.kind === "prefix-list" ? addedTo(claim) : undefined;
    return { group: subject.id, values: new Set(values), ...(via && added && { list: { id: via.id, cidrs: added } }) };
  }

  private hasActed(): boolean {
    return this.acts.some(({ result }) => result === "done");
  }

  private closedOrRefused(rules: readonly SecurityGroupRule[]): boolean {
    const keys = new Set(rules.map(ruleKey));
    return this.acts.some(({ result, remedy }) => result !== "already" && remedy.revoke.some((rule) => keys.has(ruleKey(rule))));
  }

  // A modified rule counts in both directions until it turns out, by its id, in which of them it stands or was closed.
  private isOfOtherDirection({ id, direction }: SecurityGroupRule, group: SecurityGroup | undefined): boolean {
    if (id === undefined || this.change.claim?.kind !== "rules-modified") return false;
    const closed = this.acts.flatMap(({ result, remedy }) => (result === "done" ? remedy.revoke : []));
    const same = [...closed, ...(group?.rules ?? [])].filter((rule) => rule.id === id);
    return same.length > 0 && same.every((rule) => rule.direction !== direction);
  }

  private note(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const key = `${finding.rule} ${finding.rules.map(ruleKey).join(" ")}`;
      if (!this.findings.has(key)) this.findings.set(key, finding);
    }
  }

  /** The ledger first, the bus after it whatever the ledger said: a decision that cannot be recorded must still be told. */
  private async record(decision: Decision): Promise<Decision> {
    const [recorded] = await Promise.allSettled([this.ports.ledger.decide(decision)]);
    if (recorded.status === "rejected") {
      await this.ports.bus.publish(decision);
      throw recorded.reason;
    }
    // Another invocation may have decided the same change meanwhile: what stands in the ledger is what it tells, or its retry.
    const { decision: standing } = recorded.value;
    if (standing === decision) await this.announce(standing);
    return standing;
  }

  private async announce(decision: Decision): Promise<void> {
    await this.ports.bus.publish(decision);
    await this.ports.ledger.published(decision.id);
  }
}

const NOTHING: Judgement = { findings: [], excepted: [], notJudged: [] };

/** The world of a claim: nothing but the claim is known, and asking costs no call. Settling asks again. */
const CLAIM_ONLY: World = {
  get: async () => ({ unknown: "not asked before closing" }),
  list: async () => ({ unknown: "not asked before closing" }),
};

/** The rules that the change claims to have brought. Of a modified rule no direction is told, so it counts in both. */
function grantedBy({ claim }: Change): readonly SecurityGroupRule[] {
  if (claim?.kind === "rules-granted") return claim.rules;
  if (claim?.kind !== "rules-modified") return [];
  // Revoking by value needs no direction: where it is the other one, nothing matches and nothing happens.
  return claim.rules.flatMap((rule): SecurityGroupRule[] => [
    { ...rule, direction: "ingress" },
    { ...rule, direction: "egress" },
  ]);
}

function isOwnAct(actor: Actor, self: Self): boolean {
  return actor.role === self.role && actor.session === self.session;
}
