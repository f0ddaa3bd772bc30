import type { Change } from "../model/change.ts";
import { type Act, type Decision, decisionId } from "../model/decision.ts";
import { isKind } from "../model/facts.ts";
import type { Finding } from "../model/finding.ts";
import type { Grant } from "../model/grant.ts";
import { isGroupRemedy } from "../model/remedy.ts";
import { callOf, type Standing } from "../model/resource.ts";
import { SecurityGroup } from "../model/security-group.ts";
import { ruleKey, type SecurityGroupRule } from "../model/security-group-rule.ts";
import { isUnknown, type World } from "../model/world.ts";
import type { Policy, Ruling } from "../policy/policy.ts";
import type { Breaker } from "./acting/breaker.ts";
import { type Contests, contestOf } from "./acting/contests.ts";
import { Deeds } from "./acting/deeds.ts";
import { Permit } from "./acting/permit.ts";
import { type Planned, plan } from "./acting/plan.ts";
import type { Remainders } from "./acting/remainder.ts";
import { BLAME_CALLER, blameFor, blameForClaim } from "./judging/blame.ts";
import { CLAIM_ONLY, grantedBy } from "./judging/claimed.ts";
import { type DecisionParts, decide, isJudged, NOTHING_SAID, openFor, ousFrom, rulingOn, standing } from "./judging/decide.ts";
import { expectationsOn } from "./judging/expectations.ts";
import { type Judgement, judge, together } from "./judging/judge.ts";
import { isSwept } from "./judging/swept.ts";
import { whyUntouched } from "./judging/touch.ts";
import type { Attempt, Bus, Clock, DecidedEntry, DirectoryBook, Ec2, Ec2For, Expectation, Grants, Ledger, Self } from "./ports.ts";
import { Recording } from "./recording.ts";
import type { Recalled } from "./retrying/recall.ts";
import type { Retried } from "./retrying/untold.ts";
import { isDrill } from "./self.ts";
import type { StandingBook } from "./sweeping/standing.ts";

/** What guarding needs from outside. `worldOf` reads the live network anew each time it is called. */
export interface GuardPorts {
  readonly policy: Policy;
  readonly ec2For: Ec2For;
  readonly worldOf: (ec2: Ec2, expected?: readonly Expectation[]) => World;
  readonly ledger: Ledger;
  readonly grants: Grants;
  readonly directory: DirectoryBook;
  readonly standings: Pick<StandingBook, "keep">;
  readonly breaker: Breaker;
  readonly contests: Contests;
  readonly remainders: Remainders;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly self: Self;
  /** Milliseconds: what is older than that closes nothing by what it claims. */
  readonly ageLimit: number;
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
// While EC2 says that it is gone and reads still show it, it is asked for longer: with their pauses, these are 14 seconds.
const STALE_ROUNDS = 7;

/** One change on its way through the guard. */
export class Guarding {
  private readonly change: Change;
  private readonly attempt: Attempt;
  private readonly ports: GuardPorts;
  private readonly ec2: Ec2;
  private readonly started: number;
  private readonly granted: readonly SecurityGroupRule[];
  private readonly introduced: ReadonlySet<string>;
  private readonly isDrill: boolean;
  private readonly deeds: Deeds;
  /** Resolves when the first act has been sent off. */
  private readonly acting = Promise.withResolvers<void>();
  /** Why the policy's ruling for this place is a guess; nothing is done under one. */
  private guessed: string | undefined;
  /** Why nobody knows what the attempts before this one meant to do. */
  private unread: { readonly error: unknown } | undefined;
  private readonly permit: Permit;
  private readonly recording: Recording;
  /** Why acts that the policy asks for were held back. */
  private held: string | undefined;
  /** What was granted for this resource; none where the ledger cannot tell: then the policy alone decides. */
  private grants: Promise<readonly Grant[]>;

  constructor(change: Change, ports: GuardPorts, attempt: Attempt) {
    this.change = change;
    this.attempt = attempt;
    this.ports = ports;
    this.ec2 = ports.ec2For(change.account, change.region);
    this.deeds = new Deeds(change, attempt, { ...ports, ec2: this.ec2 });
    this.started = ports.clock.now();
    this.granted = grantedBy(change);
    this.introduced = new Set(isSwept(change) ? [] : this.granted.map(ruleKey));
    this.grants = ports.grants.on(change).catch(() => []);
    this.isDrill = isDrill(change, ports.self);
    this.permit = new Permit(ports, change.account, this.isDrill);
    this.recording = new Recording(change, ports, attempt);
  }

  /** Throws when it should be tried again; then it is asked for another permit. */
  async run(): Promise<Decision | Ignored> {
    try {
      return await this.decideOnChange();
    } catch (error) {
      if (!this.deeds.hasActed()) await this.permit.giveBack();
      throw error;
    }
  }

  private async decideOnChange(): Promise<Decision | Ignored> {
    const { ledger, policy } = this.ports;
    const byPolicy = await this.ruling();
    if (byPolicy.mode === "off" && this.guessed === undefined) return { ignored: "the policy's mode is off here" };
    if (!isJudged(this.change, byPolicy) && this.guessed === undefined) return { ignored: whyUntouched(this.change) };

    if (await this.saysNothing(byPolicy)) return { ignored: NOTHING_SAID };

    const id = decisionId(this.change);
    // Nothing slow stands before the first act, so the intent is written beside it: once its request is on the way.
    const closing = this.closeClaimed(byPolicy);
    const begin = () => ledger.begin(id, this.change, policy.version);
    const [begun, closed] = await Promise.allSettled([Promise.race([this.acting.promise, closing.catch(() => {})]).then(begin), closing]);
    if (closed.status === "rejected") throw closed.reason;
    // A ledger that fails here must not hide what was just done: deciding writes to it once more, and announces in any case.
    const entry = begun.status === "fulfilled" ? begun.value : this.isAgain() ? await begin().catch(() => undefined) : undefined;
    const ruling = await this.withGrants(byPolicy);
    if (entry !== undefined && entry.state !== "begun") {
      // A duplicate: its claim was closed again in case somebody had re-opened it meanwhile. That would be news of its own.
      if (this.deeds.hasActedForSure() && !(await this.isAllBack())) return this.settleAgain(ruling, id, closed.value, entry);
      if (entry.state === "decided") await this.recording.announce(entry);
      // What this attempt finds done already, no decision of its own tells.
      if (this.isAgain()) await this.finish(entry, closed.value, []);
      if (!this.deeds.hasActed()) await this.permit.giveBack();
      else if (!this.isAgain() && !(await this.isAllBack())) return this.addUnanswered(ruling, closed.value, entry);
      return entry.decision;
    }
    return this.settle(ruling, id, closed.value, entry === undefined ? this.isAgain() : entry.state === "begun");
  }

  /** The ruling for this place; the resource is read only if the policy's scopes ask for its VPC or tags. */
  private async ruling(grants: readonly Grant[] = []): Promise<Ruling> {
    const { policy, directory } = this.ports;
    const resource = () => standing(this.change, this.world(this.expectations()));
    const reads = { resource, ousOf: ousFrom(directory) };
    const { ruling, guessed } = await rulingOn(this.change, policy, new Date(this.started).toISOString(), reads, grants);
    this.guessed = guessed;
    return ruling;
  }

  /** Whether the change is a call alone, of which no rule says anything: most calls on roles and functions concern no guard. */
  private async saysNothing(ruling: Ruling): Promise<boolean> {
    if (isKind(this.change.subject.kind)) return false;
    const { findings, notJudged } = await this.judgeCall(ruling);
    return findings.length === 0 && notJudged.length === 0 && this.guessed === undefined;
  }

  private async withGrants(ruling: Ruling): Promise<Ruling> {
    const grants = await this.grants;
    return grants.length === 0 ? ruling : this.ruling(grants);
  }

  /** Closes at once what the claim alone shows to be forbidden: one EC2 call after hearing of it. */
  private async closeClaimed(ruling: Ruling): Promise<readonly Finding[]> {
    if (this.granted.length === 0 || this.guessed !== undefined || this.isOld()) return [];
    const claimed = new SecurityGroup({ id: this.change.subject.id, rules: this.granted, partial: true });
    const blame = blameForClaim(this.change);
    const byPolicy = await judge(claimed, CLAIM_ONLY, ruling, blame);
    if (byPolicy.findings.length === 0) return [];
    // The permit is asked for beside the grants, so that closing waits for one answer.
    this.permit.prepare(byPolicy.findings, ruling);
    // Somebody may have granted just this: asking the ledger takes a moment, closing what was approved may take a service down.
    const judgement = (await this.grants).length === 0 ? byPolicy : await judge(claimed, CLAIM_ONLY, await this.withGrants(ruling), blame);
    // A sum may have lost a part since, and what is narrowed must be there with its description and tags: both need a read.
    const certain = judgement.findings.filter(({ rules }) => rules.length === 1);
    const { findings } = await this.permit.release(certain, ruling);
    const planned = await plan(claimed, CLAIM_ONLY, findings, ruling);
    const acts = this.deeds.enforce(planned.filter(({ remedy }) => isGroupRemedy(remedy) && remedy.authorize.length === 0));
    // The request is written within this turn of the event loop.
    setImmediate(this.acting.resolve);
    await acts;
    return judgement.findings;
  }

  // The decision that stands may not be announced yet, for which its event came again.
  private async settleAgain(ruling: Ruling, id: string, claimed: readonly Finding[], first: DecidedEntry): Promise<Decision> {
    const [announced] = await Promise.allSettled([first.state === "decided" ? this.recording.announce(first) : undefined]);
    const { beginAgain } = await import("./retrying/again.ts");
    const begun = await beginAgain(this.ports.ledger, id, this.change, this.ports.policy.version, this.isAgain()).catch(() => undefined);
    const { id: again, resumed } = begun ?? { id: `${id}/again-${this.started}`, resumed: false };
    const decision = await this.settle(ruling, again, claimed, resumed, first);
    if (announced.status === "rejected") throw announced.reason;
    if (this.isAgain()) await this.finish(first, claimed, this.deeds.acts);
    return decision;
  }

  // EC2 may have taken it for this copy, and answered nobody: then the first found nothing, and nobody else would tell.
  private async addUnanswered(ruling: Ruling, findings: readonly Finding[], first: DecidedEntry): Promise<Decision> {
    const { id } = first.decision;
    const { acts } = this.deeds;
    const unanswered = await this.decisionOn({ ...NOTHING, findings, acts, id, ruling, resource: await this.standing(), resumed: false });
    return (await this.recording.add(unanswered, first)).decision;
  }

  // What earlier attempts left behind when they died.
  private async finish(first: DecidedEntry, claimed: readonly Finding[], told: readonly Act[]): Promise<void> {
    const { finish } = await import("./retrying/finish.ts");
    const ruling = await this.ruling(await this.grants);
    const settle = async (id: string) => {
      await this.settle(ruling, id, claimed, true);
      return this.deeds.acts;
    };
    const decide = (resource: Standing, late: Recalled) =>
      this.decisionOn({ ...NOTHING, ...late, id: first.decision.id, ruling, resource, resumed: true });
    await finish(first, told, await this.retried(ruling), { ledger: this.ports.ledger, recording: this.recording, settle, decide });
  }

  /** Whether all that was closed had been granted when nobody could tell so, and is put back. */
  private async isAllBack(): Promise<boolean> {
    const since = await this.rulingSince();
    if (since === undefined) return false;
    await this.deeds.putBack(since, await this.standing(), this.world());
    return !this.deeds.hasActed();
  }

  private async standing(): Promise<Standing | undefined> {
    const resource = await standing(this.change, this.world());
    return resource === undefined || isUnknown(resource) ? undefined : resource;
  }

  private async settle(ruling: Ruling, id: string, claimed: readonly Finding[], resumed: boolean, first?: DecidedEntry): Promise<Decision> {
    const attempted = this.deeds.acts.length > 0;
    const { resource, judgement, planned } = await this.closeUnlessGranted(ruling, id, resumed);
    // A claim that matched nothing was not there (any more): it is no finding, unless closing it was our doing.
    const ours = claimed.filter(({ rules }) => this.deeds.closedOrRefused(rules) || (resumed && attempted && !this.deeds.isPutBack(rules)));
    this.deeds.note(ours.filter(({ rules }) => !this.deeds.isMistaken(rules, resource)));
    if (!resumed) await this.deeds.forgetGone();
    await this.deeds.probe(planned);
    if (!this.deeds.hasActed()) await this.permit.giveBack();
    const contest = this.isDrill ? undefined : await contestOf(this.deeds.acts, this.change, id, this.ports.contests);
    const { acts, findings } = this.deeds;
    const decision = await this.decisionOn({ ...judgement, id, ruling, resource, acts, findings, resumed, held: this.held, contest });
    // All that was closed again is granted, and back: that is no news.
    if (first !== undefined && acts.length === 0) return this.recording.keep(decision).then(() => first.decision);
    const recorded = await this.recording.record(decision);
    if (this.unread !== undefined) throw this.unread.error;
    return recorded;
  }

  private async decisionOn(parts: OwnParts): Promise<Decision> {
    return decide({
      held: undefined,
      contest: undefined,
      ...parts,
      change: this.change,
      policy: this.ports.policy,
      // Of names and channels only: what nobody can tell is left out.
      account: await this.ports.directory.account(this.change.account).catch(() => undefined),
      drill: this.isDrill,
      latency: {
        eventAge: this.started - Date.parse(this.change.at),
        ...(this.deeds.closedAt !== undefined && { toClosed: this.deeds.closedAt - this.started }),
      },
    });
  }

  /** Closes all, and puts back what somebody granted while it was closed: whoever approves writes the grant before anything is put back. */
  private async closeUnlessGranted(ruling: Ruling, id: string, resumed: boolean): Promise<Settled> {
    let current = ruling;
    for (let attempt = 1; ; attempt++) {
      const settled = await this.closeAll(current, id);
      const { resource } = settled;
      this.deeds.forgetMistaken(resource);
      if (resumed && attempt === 1 && (await this.resume(current, id, resource))) continue;
      const since = await this.rulingSince();
      if (since === undefined || attempt > ROUNDS) return settled;
      await this.deeds.putBack(since, resource, this.world());
      current = since;
    }
  }

  /** The ruling with what was granted since this guard asked; undefined where that is nothing, or where nothing was taken. */
  private async rulingSince(): Promise<Ruling | undefined> {
    if (!this.deeds.hasActed()) return undefined;
    const before = await this.grants;
    const now = await this.ports.grants.on(this.change).catch(() => before);
    if (now.every(({ id, until }) => before.some((grant) => grant.id === id && grant.until === until))) return undefined;
    this.grants = Promise.resolve(now);
    return this.ruling(now);
  }

  /** Reads, judges and acts until a read shows nothing forbidden that the policy wants remedied. */
  private async closeAll(ruling: Ruling, id: string): Promise<Settled> {
    const onCall = await this.judgeCall(ruling);
    let [closings, stale] = [0, 0];
    for (;;) {
      if (this.guessed !== undefined) return unsettled(this.open(ruling, this.guessed));
      const world = this.world(this.expectations());
      const resource = await standing(this.change, world);
      if (resource === undefined) return unsettled(onCall);
      if (isUnknown(resource)) return unsettled(together(onCall, this.open(ruling, resource.unknown)));
      const judgement = together(
        onCall,
        await judge(resource, world, ruling, await blameFor(this.change, this.introduced, resource, world)),
      );
      this.deeds.note(judgement.findings);
      const { findings, held } = await this.permit.release(judgement.findings, ruling);
      this.held = held;
      const planned = await plan(resource, world, findings, ruling);
      const settled = { resource, judgement, planned };
      const toClose = planned.filter(({ mode }) => mode === "enforce");
      if (toClose.length === 0) return settled;
      if (closings >= ROUNDS || stale >= STALE_ROUNDS) {
        const error = `still open after ${closings + stale} attempts`;
        this.deeds.tell(toClose.map(({ remedy }) => ({ remedy, result: "failed", error })));
        return settled;
      }
      // What a read shows may be anybody's doing: nothing but this tells of it should this attempt die now. The way to what a claim
      // shows does not lead through here.
      await this.ports.ledger
        .intend(id, { by: this.attempt, findings: this.deeds.findings, remedies: toClose.map(({ remedy }) => remedy) })
        .catch(() => {});
      const acts = await this.deeds.enforce(toClose);
      if (acts.some(({ result }) => result === "denied" || result === "failed")) return settled;
      // Where EC2 says that all of it is gone, or was before an answer was lost, and still shows it, the read was stale.
      if (acts.some(({ result, presumed }) => result !== "already" && presumed === undefined)) closings++;
      else await this.ports.clock.sleep(ROUND_PAUSE * ++stale);
    }
  }

  /** Whether an earlier attempt may have acted. */
  private isAgain(): boolean {
    return this.attempt.number > 1;
  }

  private isOld(): boolean {
    return this.started - Date.parse(this.change.at) > this.ports.ageLimit;
  }

  /** What rules say of the call itself, once for a change however many resources it reached. */
  private async judgeCall(ruling: Ruling): Promise<Judgement> {
    if (this.change.via !== undefined || this.guessed !== undefined) return NOTHING;
    const judgement = await judge(callOf(this.change), this.world(), ruling, BLAME_CALLER);
    this.deeds.note(judgement.findings);
    return judgement;
  }

  /** What the attempt before this one meant to take, and is gone, it took, as far as anybody can tell. Whether some of it was put back. */
  private async resume(ruling: Ruling, id: string, resource: Standing | undefined): Promise<boolean> {
    await this.deeds.presume();
    if (resource === undefined) return false;
    const { doneOf } = await import("./retrying/untold.ts");
    // What cannot be read now, and not once more, is told by the next attempt.
    const intended = () => this.ports.ledger.intended(id);
    const intents = await intended()
      .catch(intended)
      .catch((error: unknown) => {
        this.unread = { error };
        return [];
      });
    const { findings, acts } = await doneOf({ intents, claim: true }, resource, this.deeds.acts, await this.retried(ruling));
    this.deeds.note(findings);
    this.deeds.tell(acts);
    return this.deeds.hasActed() && this.deeds.putBack(ruling, resource, this.world());
  }

  private async retried(ruling: Ruling): Promise<Retried> {
    const { change, attempt } = this;
    const grants = await this.grants;
    return {
      change,
      attempt,
      grants,
      ruling,
      rulingUnder: async (some) => (some.length === grants.length ? ruling : this.ruling(some)),
      world: (expected) => this.world(expected),
    };
  }

  // The live network, read anew.
  private world(expected?: readonly Expectation[]): World {
    return this.ports.worldOf(this.ec2, expected);
  }

  private open(ruling: Ruling, needs: string): Judgement {
    return { ...NOTHING, notJudged: openFor(this.change, ruling, needs) };
  }

  private expectations(): readonly Expectation[] {
    if (this.started - Date.parse(this.change.at) > FRESH) return [];
    return expectationsOn(this.change, { granted: this.granted, undone: this.deeds.tried, acted: this.deeds.hasActed() });
  }
}

/** What a decision is made of that is not the same for all of one attempt. */
type OwnParts = Pick<DecisionParts, "id" | "ruling" | "resource" | "acts" | "findings" | "excepted" | "notJudged" | "resumed"> &
  Partial<Pick<DecisionParts, "held" | "contest">>;

const NOTHING: Judgement = { findings: [], excepted: [], notJudged: [] };

/** How a resource stands when all is done; `planned` is what is left to do, in dry-run. */
interface Settled {
  readonly resource: Standing | undefined;
  readonly judgement: Judgement;
  readonly planned: readonly Planned[];
}

function unsettled(judgement: Judgement): Settled {
  return { resource: undefined, judgement, planned: [] };
}
