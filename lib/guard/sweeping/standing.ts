import { createHash } from "node:crypto";
import type { Change, Subject } from "../../model/change.ts";
import type { Decision, Outcome } from "../../model/decision.ts";
import type { Finding } from "../../model/finding.ts";
import { isGroupRemedy } from "../../model/remedy.ts";
import { ruleKey, valueKey } from "../../model/security-group-rule.ts";

/** What is known to stand forbidden on a resource, and was told: a sweep tells what is not among it. */
export interface Standing {
  readonly subject: Subject;
  /** Which findings (findingKey). */
  readonly keys: readonly string[];
  /** What the last decision about it came to, and its id. */
  readonly outcome?: Outcome;
  readonly decision?: string;
  /** A sweep's change that is being guarded: one that died on the way is taken up by this. */
  readonly begun?: Change;
}

/** What stands in each account and region. All writes are safe to repeat. */
export interface StandingBook {
  in(account: string, region: string): Promise<readonly Standing[]>;
  keep(account: string, region: string, standing: Standing): Promise<void>;
  remove(account: string, region: string, subject: Subject): Promise<void>;
}

/** By what one finding on a resource is told from another: its rule, the values of what admits it, its parts. 16 hex digits. */
export function findingKey({ rule, rules, parts }: Pick<Finding, "rule" | "rules" | "parts">): string {
  const text = [rule, ...rules.map(({ id: _, ...value }) => valueKey(value)).sort(), ...[...parts].sort()].join("\n");
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** The findings of a decision on its resource that no act of it took away: they stand, as far as it knows. */
export function stillFound({ findings, acts }: Pick<Decision, "findings" | "acts">): readonly Finding[] {
  const taken = acts.filter(({ result }) => result === "done" || result === "already").map(({ remedy }) => remedy);
  const revoked = new Set(taken.flatMap((remedy) => (isGroupRemedy(remedy) ? remedy.revoke.map(ruleKey) : [])));
  const kinds = new Set<string>(taken.map(({ kind }) => kind));
  return findings.filter(({ rules, parts, remedies = [] }) => {
    // What is found about a call alone stands nowhere.
    if (rules.length === 0 && parts.length === 0) return false;
    return !rules.some((rule) => revoked.has(ruleKey(rule))) && !remedies.some(({ kind }) => kinds.has(kind));
  });
}
