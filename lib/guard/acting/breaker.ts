import type { Finding } from "../../model/finding.ts";
import type { Policy, Ruling } from "../../policy/policy.ts";

/** When a breaker opens, and for how long. */
export interface BreakerLimits {
  readonly acts: number;
  /** In how many minutes. */
  readonly minutes: number;
  /** How many minutes it stays open. */
  readonly hold: number;
}

/** A breaker that is open: the guard acts no more in the account. */
export interface OpenBreaker {
  readonly account: string;
  /** ISO 8601. */
  readonly since: string;
  readonly until: string;
  /** How many acts in how many minutes opened it, and under which version of the policy. */
  readonly acts: number;
  readonly minutes: number;
  readonly policyVersion: string;
}

/** What keeps a bad policy from taking down a fleet: acts are counted, across all invocations, and after too many held back. */
export interface Breaker {
  /**
   * Takes a permit to act in an account; resolves to the breaker that stands against it. A window begins with its first act and
   * lasts `minutes`; whoever asks when its acts are used up opens the breaker, for `hold` minutes. Then a new window begins.
   * Answers or throws within half a second: closing waits for it.
   */
  take(account: string, limits: BreakerLimits, policyVersion: string): Promise<OpenBreaker | undefined>;
  /** Gives a permit back under which nothing was done. */
  giveBack(account: string): Promise<void>;
}

/** Where breakers are kept. */
export interface BreakerBook extends Breaker {
  /** Those that are open now. */
  open(): Promise<readonly OpenBreaker[]>;
  /** Closes one by hand, and begins to count anew; false where it was not open. */
  reset(account: string): Promise<boolean>;
}

/** The limits that a policy sets; undefined where it has no breaker. */
export function limitsOf({ document: { breaker } }: Policy): BreakerLimits | undefined {
  return breaker === false ? undefined : { hold: breaker.minutes, ...breaker };
}

/** Why the guard held back, for people. */
export function whyHeld({ account, until, acts, minutes, policyVersion }: OpenBreaker): string {
  return `the breaker of account ${account} is open until ${until.slice(0, 16)}Z: ${acts} acts within ${minutes} minutes under policy ${policyVersion}`;
}

/** The findings that are remedied whether the breaker is open or not, and those that it can hold back: what the policy has remedied at all. */
export function sortedByBreaker(
  findings: readonly Finding[],
  { rules }: Ruling,
): { readonly unbreakable: readonly Finding[]; readonly breakable: readonly Finding[] } {
  const ruled = new Map<string, Ruling["rules"][number]>(rules.map((one) => [one.rule.meta.id, one]));
  const breakable = findings.filter(({ rule, remedy }) => {
    const one = ruled.get(rule);
    return one?.mode === "enforce" && one.remedy !== "none" && remedy !== "none" && !one.ignoresBreaker;
  });
  return { breakable, unbreakable: findings.filter((finding) => !breakable.includes(finding)) };
}
