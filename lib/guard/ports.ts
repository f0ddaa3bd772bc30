import type { Account } from "../model/account.ts";
import type { Change, Subject } from "../model/change.ts";
import type { Decision } from "../model/decision.ts";
import type { Kind, NetworkFacts } from "../model/facts.ts";
import type { Finding } from "../model/finding.ts";
import type { Grant } from "../model/grant.ts";
import type { NetworkRemedy, Remedy } from "../model/remedy.ts";
import type { SecurityGroupRule } from "../model/security-group-rule.ts";
import type { Where } from "../model/world.ts";

/**
 * Why EC2 refused a call.
 * rule-not-found: no such permission. group-not-found: no such group. duplicate: the permission, or a group of that name, exists.
 * limit: the group is full, or another quota is used up. denied: not authorized. throttled: asked too often or out of reach; worth another try.
 */
export type Ec2Refusal = "rule-not-found" | "group-not-found" | "duplicate" | "limit" | "denied" | "throttled" | "other";

/** A refused EC2 call; `message` is EC2's own, `code` too. */
export class Ec2Error extends Error {
  override readonly name = "Ec2Error";
  readonly refusal: Ec2Refusal;
  readonly code: string;
  /** Whether the same call was made before and its answer was lost: it may have taken effect. */
  readonly mayHaveTakenEffect: boolean;
  constructor(refusal: Ec2Refusal, code: string, message: string, { mayHaveTakenEffect = false, ...options }: Ec2ErrorOptions = {}) {
    super(message, options);
    this.refusal = refusal;
    this.code = code;
    this.mayHaveTakenEffect = mayHaveTakenEffect;
  }
}
type Ec2ErrorOptions = ErrorOptions & { readonly mayHaveTakenEffect?: boolean };

/** What EC2 says that a revoke did. `revoked` is undefined where the answer does not name the rules it removed. */
export interface RevokeAnswer {
  readonly revoked?: readonly SecurityGroupRule[];
  /** Permissions that matched nothing. */
  readonly unknown: readonly SecurityGroupRule[];
}

/** EC2, and the services beside it that hold parts of the network, in one account and region. All methods throw Ec2Error. */
export interface Ec2 {
  /** One resource, every page of it; undefined when EC2 knows no such resource (yet). */
  get<K extends Kind>(kind: K, id: string): Promise<NetworkFacts[K] | undefined>;
  /** All resources of a kind that meet the conditions, every page. */
  list<K extends Kind>(kind: K, where: Where): Promise<readonly NetworkFacts[K][]>;
  /** Removes rules of one direction by value; one that matches nothing can fail the whole call with `rule-not-found`. */
  revoke(group: string, rules: readonly SecurityGroupRule[]): Promise<RevokeAnswer>;
  /** Adds rules of one direction with their descriptions and tags; one that exists fails the whole call with `duplicate`. */
  authorize(group: string, rules: readonly SecurityGroupRule[]): Promise<void>;
  /** Asks with DryRun whether the revocation would be permitted; resolves when it would, throws `denied` when not. */
  mayRevoke(group: string, rules: readonly SecurityGroupRule[]): Promise<void>;
  /**
   * Carries out a remedy on anything but the rules of a group, unless it finds done already or no longer as the remedy tells it:
   * then it resolves to undefined. Else to the remedy as it took effect, with the ids of what was made. Where an answer was lost and nothing
   * is left to do, it throws `rule-not-found`, which tells so.
   */
  carryOut(remedy: NetworkRemedy): Promise<NetworkRemedy | undefined>;
  /** Asks with DryRun whether carryOut would be permitted; resolves when it would, throws `denied` when not. */
  mayCarryOut(remedy: NetworkRemedy): Promise<void>;
}

/** EC2 of an account and region; credentials and sockets are kept between calls. */
export type Ec2For = (account: string, region: string) => Ec2;

/** One try at a change: the message that brought it, and how often the queue has handed that out, this time included. */
export interface Attempt {
  readonly message: string;
  readonly number: number;
}

/** What an attempt is about to do, and why: what it may have done if it died then. */
export interface Intent {
  readonly by: Attempt;
  readonly findings: readonly Finding[];
  readonly remedies: readonly Remedy[];
}

/** A resource that a change reached through what it changed; `possible` where no record tells whether it did. */
export interface Reached {
  readonly kind: Kind;
  readonly id: string;
  readonly possible?: true;
}

/** What the ledger holds about a decision: the guard began, it decided, or the bus has it too. */
export type LedgerEntry = BegunEntry | DecidedEntry;
interface BegunEntry {
  readonly state: "begun";
}
export interface DecidedEntry {
  readonly state: "decided" | "published";
  readonly decision: Decision;
  /** The attempt that decided, where that is known. */
  readonly by?: Attempt;
  /** How often it was amended. */
  readonly revision: number;
}

/** The record of every decision; each method is one conditional write and safe to repeat. */
export interface Ledger {
  /** Notes that a decision is being made. Resolves to the earlier entry when there was one, and then changes nothing. */
  begin(id: string, change: Change, policyVersion: string): Promise<LedgerEntry | undefined>;
  /** What it holds about a decision; undefined for nothing. */
  look(id: string): Promise<LedgerEntry | undefined>;
  /** Notes what is about to be done, decided or not; answers or throws within half a second: closing waits for it. */
  intend(id: string, intent: Intent): Promise<void>;
  /** What was noted so, in its order. It is kept for as long as a message can come again. */
  intended(id: string): Promise<readonly Intent[]>;
  /** Notes which resources a change reaches, beside those noted before; answers or throws within half a second likewise. */
  reach(change: string, reached: readonly Reached[]): Promise<void>;
  /** All that was noted so, in no order. */
  reached(change: string): Promise<readonly Reached[]>;
  /** Records what this attempt decided, unless somebody else has done so already; resolves to what stands. */
  decide(decision: Decision, by: Attempt): Promise<DecidedEntry>;
  /** Puts a decision in the place of the one of this revision, to be announced; resolves to what stands then, which may be another's. */
  amend(decision: Decision, revision: number): Promise<DecidedEntry>;
  /** Notes that the bus has accepted the decision of this revision, unless it was amended since. */
  published(id: string, revision: number): Promise<void>;
}

/** What was granted at run time. */
export interface Grants {
  /** The grants for a resource, ended ones perhaps among them; answers or throws within half a second: closing waits for it. */
  on(place: Place): Promise<readonly Grant[]>;
}

/** Where grants are kept; both writes are safe to repeat. */
export interface GrantBook extends Grants {
  add(grant: Grant): Promise<void>;
  remove(grant: Grant): Promise<void>;
  /** Every grant that is kept, the first to end first. */
  all(): Promise<readonly Grant[]>;
}

/** A resource and where it is. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly subject: Subject;
}

/** When the directory was read from the organization (ISO 8601), and every organizational unit there was, roots included. */
export interface DirectoryState {
  readonly at: string;
  readonly ous: readonly string[];
}

/** The accounts of the organization, as far as they were read from it. Throws when it cannot tell. */
export interface DirectoryBook {
  /** An account; undefined for one that nobody knows (yet). */
  account(id: string): Promise<Account | undefined>;
  all(): Promise<readonly Account[]>;
  /** Undefined where it was never read. */
  state(): Promise<DirectoryState | undefined>;
  /** Keeps these accounts and no others; safe to repeat. */
  replace(accounts: readonly Account[], state: DirectoryState): Promise<void>;
}

/** Where decisions are announced. Throws when the bus does not take it. */
export interface Bus {
  publish(decision: Decision): Promise<void>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** What a fresh change must have left behind: EC2 is eventually consistent, so a read may not show it yet. */
export interface Expectation {
  readonly kind: Kind;
  readonly id: string;
  /** Whether a read of the resource, undefined for none, shows the change. */
  isShownBy(facts: NetworkFacts[Kind] | undefined): boolean;
}

/** The roles and sessions under which this guard calls EC2, by which it knows its own calls. */
export interface Self {
  /** The arn of its IAM role, in its own account. */
  readonly role: string;
  /** The name of the role that it takes on in other accounts. */
  readonly member?: string | undefined;
  readonly session: string;
  /** The arns of the roles under which the fire drill opens its rule: what they do to groups is guarded as anything, and marked. */
  readonly drills?: readonly string[];
}
