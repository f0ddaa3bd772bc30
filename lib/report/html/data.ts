import type { Outcome } from "../../model/decision.ts";
import type { Severity } from "../../model/finding.ts";

// What the page's own script reads: the same types on both sides.

/** One decision as the list shows and filters it; numbers are places in the lists of PageData. */
export interface Row {
  /** The event's. */
  readonly id: string;
  /** ISO 8601; absent of what a plan is about to do. */
  readonly at?: string;
  readonly outcome: Outcome;
  /** The worst of its findings. */
  readonly severity?: Severity;
  readonly account: number;
  readonly actor: number;
  /** What it was done with. */
  readonly tool?: string;
  /** Of its findings. */
  readonly rules: readonly number[];
  readonly region: string;
  readonly call: string;
  readonly resource: string;
  /** What was found, in one line. */
  readonly told: string;
}

/** Who made changes. */
export interface ActorName {
  readonly name: string;
}

export interface PageData {
  readonly rows: readonly Row[];
  readonly accounts: readonly { readonly id: string; readonly name?: string }[];
  readonly rules: readonly { readonly id: string; readonly title?: string; readonly link?: string }[];
  readonly actors: readonly ActorName[];
  /** How many decisions one block of details holds: the details of row `n` are in block `n / chunk`, whole numbers. */
  readonly chunk: number;
}

/** How a line of a comparison is to be taken. */
export type Tone = "forbidden" | "excepted" | "lawful" | "kept" | "gone" | "unknown";

export interface Line {
  readonly tone: Tone;
  readonly text: string;
  /** True for what was not there before the change. */
  readonly fresh?: true;
}

/** What a resource admits, or holds, before and after a change. */
export interface Comparison {
  /** `Ingress`, `Routes`, ... */
  readonly title: string;
  /** What the change left, and what it took (`gone`). */
  readonly left: readonly Line[];
  /** What is, or would be, there once Portcullis has acted; absent where it does nothing. */
  readonly remains?: readonly Line[];
  /** What stood before; absent where nobody can tell. */
  readonly before?: readonly string[];
}

export interface FindingDetail {
  readonly severity: Severity;
  readonly rule: number;
  readonly message: string;
  readonly earlier?: true;
  readonly exception?: string;
  readonly advice: readonly { readonly text: string; readonly values: readonly string[] }[];
}

/** What opens when somebody asks for a decision. */
export interface Detail {
  readonly id: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly findings: readonly FindingDetail[];
  readonly acts: readonly { readonly text: string; readonly error?: string }[];
  readonly comparisons: readonly Comparison[];
  /** What is to be known about the above: that a part only is known, what was not judged. */
  readonly notes: readonly string[];
  /** Where the drawing of its VPC is. */
  readonly drawing?: string;
}
