import { createHash } from "node:crypto";
import type { Act, Decision } from "../model/decision.ts";
import { compareSeverity, type Finding, SEVERITIES, type Severity } from "../model/finding.ts";
import { isGroupRemedy } from "../model/remedy.ts";
import { ruleKey } from "../model/security-group-rule.ts";
import { type Exposure, Exposures, isMomentary } from "./exposures.ts";
import { type Spot, spotKey, spotOf } from "./spot.ts";
import type { Unreadable } from "./tally.ts";

const MOST_UNREADABLE_KEPT = 1_000;

/** A finding as a report tells it: once, however many changes met it. */
export interface Told {
  /** The same for the same finding in every run: it holds neither lines nor ids of events. */
  readonly fingerprint: string;
  readonly finding: Finding;
  /** The exception that admits it. */
  readonly exception?: string;
  readonly spot: Spot;
  /** The decision that told it first. */
  readonly first: Decision;
  /** How often it was opened. */
  times: number;
  /** The last time that it stood open; absent for what an exception admits. */
  exposure?: Exposure;
}

/** Something that no rule could judge, told once. */
export interface Open {
  readonly spot: Spot;
  readonly rule: string;
  readonly needs: string;
}

/** Keeps what a review has to tell, and nothing of what is clean; so it grows with the trouble and not with the history. */
export class Collected {
  private readonly byKey = new Map<string, Told>();
  private readonly openByKey = new Map<string, Open>();
  private readonly exposures = new Exposures();
  /** The first thousand that could not be read. */
  readonly unreadable: Unreadable[] = [];

  note(decision: Decision): void {
    const spot = spotOf(decision);
    for (const exposure of this.exposures.note(decision)) {
      const told = this.add(exposure.finding, undefined, spot, decision);
      told.exposure = exposure;
    }
    for (const { finding, exception } of decision.excepted) this.add(finding, exception, spot, decision);
    for (const { rule, needs } of decision.notJudged) this.openByKey.set(`${spotKey(spot)} ${rule} ${needs}`, { spot, rule, needs });
  }

  noteUnreadable(found: Unreadable): void {
    if (this.unreadable.length < MOST_UNREADABLE_KEPT) this.unreadable.push(found);
  }

  /** What no exception admits, worst first. */
  get findings(): readonly Told[] {
    return [...this.byKey.values()].filter(({ exception }) => exception === undefined).sort(compareTold);
  }

  /** What only an exception admits, worst first. */
  get excepted(): readonly Told[] {
    return [...this.byKey.values()].filter(({ exception }) => exception !== undefined).sort(compareTold);
  }

  /** What was not judged: never to be taken for clean. */
  get notJudged(): readonly Open[] {
    return [...this.openByKey].sort(([a], [b]) => compareText(a, b)).map(([, open]) => open);
  }

  private add(finding: Finding, exception: string | undefined, spot: Spot, first: Decision): Told {
    const fingerprint = fingerprintOf(finding, spot, first);
    const key = `${fingerprint} ${exception ?? ""}`;
    const before = this.byKey.get(key);
    if (before !== undefined) {
      before.times++;
      return before;
    }
    const told: Told = { fingerprint, finding, spot, first, times: 1, ...(exception !== undefined && { exception }) };
    this.byKey.set(key, told);
    return told;
  }
}

/** What the finding is about, as 32 hexadecimal digits: the rule, the resource, and the values that offend. */
function fingerprintOf(finding: Finding, spot: Spot, { change }: Decision): string {
  const { rule, traffic, rules, parts } = finding;
  const values = [rules.map(ruleKey).sort(), String(traffic), [...parts].sort()];
  const deed = isMomentary(finding) ? [change.call.name] : [];
  return createHash("sha256")
    .update(JSON.stringify([rule, spotKey(spot), ...values, ...deed]))
    .digest("hex")
    .slice(0, 32);
}

function compareTold(a: Told, b: Told): number {
  return (
    compareSeverity(a.finding.severity, b.finding.severity) ||
    compareText(a.first.change.at, b.first.change.at) ||
    compareText(spotKey(a.spot), spotKey(b.spot)) ||
    compareText(a.finding.rule, b.finding.rule) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

/** By code units, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What was, or would be, done about this finding. */
export function actsFor({ finding, first }: Pick<Told, "finding" | "first">): readonly Act[] {
  const keys = new Set(finding.rules.map(ruleKey));
  const remedies = new Set((finding.remedies ?? []).map((remedy) => JSON.stringify(remedy)));
  return first.acts.filter(({ remedy }) =>
    isGroupRemedy(remedy) ? remedy.revoke.some((rule) => keys.has(ruleKey(rule))) : remedies.has(JSON.stringify(remedy)),
  );
}

/** How many there are of each severity, worst first, none left out that has any. */
export function countBySeverity(all: readonly Told[]): readonly (readonly [severity: Severity, count: number])[] {
  return SEVERITIES.map((severity) => [severity, all.filter(({ finding }) => finding.severity === severity).length] as const).filter(
    ([, count]) => count > 0,
  );
}
