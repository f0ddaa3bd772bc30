import type { Decision } from "../model/decision.ts";
import type { Finding } from "../model/finding.ts";

/**
 * Something forbidden that stood: from the change that showed it to the one after which it was gone. What somebody did, as
 * findings about calls tell it, is over as it begins.
 */
export interface Exposure {
  readonly finding: Finding;
  /** ISO 8601, as CloudTrail has it. */
  readonly since: string;
  /** Absent while it stands open. */
  readonly until?: string;
}

/** Follows what stands open from one decision to the next, so that a hole is told once and its age is known. */
export class Exposures {
  private readonly open = new Map<string, { finding: Finding; since: string; until?: string }[]>();

  /** The exposures that this decision is the first to show; `until` is set on them later. */
  note({ change, findings: all, outcome }: Decision): readonly Exposure[] {
    const findings = all.filter((finding) => !isMomentary(finding));
    const moments = all.filter(isMomentary).map((finding) => ({ finding, since: change.at, until: change.at }));
    const key = `${change.account}/${change.region}/${change.subject.id}`;
    const before = this.open.get(key) ?? [];
    const standing = before.filter((exposure) => findings.some((finding) => isSame(finding, exposure.finding)));
    for (const exposure of before) if (!standing.includes(exposure)) exposure.until = change.at;
    const fresh = findings
      .filter((finding) => finding.introduced === "now" || !standing.some((exposure) => isSame(finding, exposure.finding)))
      .map((finding): { finding: Finding; since: string; until?: string } => ({ finding, since: change.at }));
    const left = outcome === "acted" ? [] : [...standing, ...fresh];
    if (outcome === "acted") for (const exposure of [...standing, ...fresh]) exposure.until = change.at;
    if (left.length === 0) this.open.delete(key);
    else this.open.set(key, left);
    return [...fresh, ...moments];
  }
}

/** Whether a finding tells what somebody did and not what stands. */
export function isMomentary({ traffic, parts }: Finding): boolean {
  return traffic.isEmpty() && parts.length === 0;
}

function isSame(a: Finding, b: Finding): boolean {
  if (a.rule !== b.rule) return false;
  if (a.parts.length > 0 || b.parts.length > 0) return a.parts.some((part) => b.parts.includes(part));
  return a.traffic.direction === b.traffic.direction && a.traffic.overlaps(b.traffic);
}
