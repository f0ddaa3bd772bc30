import type { Decision } from "../model/decision.ts";
import type { Finding } from "../model/finding.ts";

/** Something forbidden that stood open: from the change that showed it to the one after which it was gone. */
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
  note({ change, findings, outcome }: Decision): readonly Exposure[] {
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
    return fresh;
  }
}

function isSame(a: Finding, b: Finding): boolean {
  return a.rule === b.rule && a.traffic.direction === b.traffic.direction && a.traffic.overlaps(b.traffic);
}
