import type { Finding } from "../../model/finding.ts";
import type { Policy, Ruling } from "../../policy/policy.ts";
import { type Breaker, limitsOf, type OpenBreaker, sortedByBreaker, whyHeld } from "./breaker.ts";

/** What may be acted upon now; `held` says why the rest is not. */
interface Released {
  readonly findings: readonly Finding[];
  readonly held?: string;
}

/** The permit of one decision to act in an account: asked for once, when something is to be closed, and given back where nothing was. */
export class Permit {
  private readonly breaker: Breaker;
  private readonly policy: Policy;
  private readonly account: string;
  private readonly isDrill: boolean;
  private asked: Promise<OpenBreaker | undefined> | undefined;
  private isBack = false;

  constructor({ breaker, policy }: { readonly breaker: Breaker; readonly policy: Policy }, account: string, isDrill: boolean) {
    this.breaker = breaker;
    this.policy = policy;
    this.account = account;
    this.isDrill = isDrill;
  }

  /** Sends the request off where these findings will need it, so that closing waits for one answer only. */
  prepare(findings: readonly Finding[], ruling: Ruling): void {
    if (sortedByBreaker(findings, ruling).breakable.length > 0) void this.ask();
  }

  /** The findings that may be acted upon: all of them, or while the breaker is open those of rules that ignore it. */
  async release(findings: readonly Finding[], ruling: Ruling): Promise<Released> {
    const { breakable, unbreakable } = sortedByBreaker(findings, ruling);
    if (breakable.length === 0) return { findings };
    const open = await this.ask();
    return open === undefined ? { findings } : { findings: unbreakable, held: whyHeld(open) };
  }

  /** Gives it back, once: nothing was done. Never throws: at worst one act too many is counted, for some minutes. */
  async giveBack(): Promise<void> {
    if (this.asked === undefined || this.isExempt() || this.isBack || (await this.asked) !== undefined) return;
    this.isBack = true;
    await this.breaker.giveBack(this.account).catch(() => {});
  }

  // A ledger that cannot count keeps nobody from closing.
  private ask(): Promise<OpenBreaker | undefined> {
    const limits = limitsOf(this.policy);
    this.asked ??=
      limits === undefined || this.isExempt()
        ? Promise.resolve(undefined)
        : this.breaker.take(this.account, limits, this.policy.version).catch(() => undefined);
    return this.asked;
  }

  // The fire drill is no sign of a bad policy.
  private isExempt(): boolean {
    return this.isDrill || limitsOf(this.policy) === undefined;
  }
}
