import type { Change } from "./change.ts";
import type { Finding } from "./finding.ts";
import type { Remedy } from "./remedy.ts";

export const OUTCOMES = ["clean", "alert", "would-act", "acted", "excepted", "contested", "failed"] as const;
/**
 * clean: nothing forbidden. alert: a finding without a remedy. would-act: dry-run found what it would close.
 * acted: closed. excepted: only an exception makes it lawful. contested: closed again after being re-added. failed: attempted and refused.
 */
export type Outcome = (typeof OUTCOMES)[number];

/** What became of one remedy. */
export interface Act {
  readonly remedy: Remedy;
  /** done: carried out. already: nothing was left to do. would: dry-run, and EC2 would permit it. denied / failed: refused; see `error`. */
  readonly result: "done" | "already" | "would" | "denied" | "failed";
  /** Why it is taken to be done, where nobody saw it: what was to be taken is gone now. */
  readonly presumed?: Presumed;
  readonly error?: string;
}

export const PRESUMED = ["answer-lost", "other-attempt"] as const;
/** answer-lost: AWS did not answer this guard. other-attempt: one at the same change, which died or is still at work, was to take it too. */
type Presumed = (typeof PRESUMED)[number];

/** Something that a rule could not judge, and what it would have needed for that. */
export interface NotJudged {
  readonly rule: string;
  readonly needs: string;
}

/** How often the guard closed the same thing lately, and who keeps opening it. */
export interface Contest {
  /** Times that it was closed, this one included: 2 or more. */
  readonly count: number;
  /** When it was closed first, ISO 8601. */
  readonly since: string;
  /** The automation behind it, as its user agent names it. */
  readonly userAgent?: string;
}

/** The guard's answer to one change; what the ledger keeps, Slack tells and undo inverts. */
export interface Decision {
  /** The change's id and its subject's: `<eventID>/<subject id>`. The same change always gets the same decision id. */
  readonly id: string;
  readonly change: Change;
  readonly policyVersion: string;
  readonly mode: "dry-run" | "enforce";
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
  /** Findings that only an exception admits, with its id. */
  readonly excepted: readonly { readonly finding: Finding; readonly exception: string }[];
  readonly acts: readonly Act[];
  readonly notJudged: readonly NotJudged[];
  /** True when the resource was known in part only. */
  readonly partial: boolean;
  /** What is known about the place, for people. */
  readonly names: { readonly account?: string; readonly subject?: string; readonly vpc?: string };
  /** True when this is a part of a decision that was too large to announce; the ledger has the whole. */
  readonly trimmed?: boolean;
  /** Where the policy's scope sends the message. */
  readonly channel?: string;
  /** Why the guard held back from acts that the policy asks for: the breaker of the account is open. For people. */
  readonly held?: string;
  /** Present when this was closed before and somebody brought it back. */
  readonly contest?: Contest;
  /** True for a change that the guard's own fire drill made. */
  readonly drill?: true;
  /** Milliseconds from the call (CloudTrail, whole seconds) to the guard, and from the guard to the hole closed. */
  readonly latency: { readonly eventAge: number; readonly toClosed?: number };
}

export function decisionId(change: Change): string {
  return `${change.id}/${change.subject.id}`;
}

/** Practice is no incident; a drill that the guard tried to close and could not is one. */
export function isPassedDrill({ drill, outcome }: Decision): boolean {
  return drill === true && outcome !== "failed";
}
