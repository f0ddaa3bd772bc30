import type { Outcome } from "../model/decision.ts";

/** An element of the input that could not be read: which source, which place in it (from 0), and why. */
export interface Unreadable {
  readonly source: string;
  readonly index: number;
  readonly reason: string;
}

/**
 * The numbers of a review. Everything read is counted once: decided (`changes`), ignored or unreadable. Only a change that
 * reaches several groups counts once for each that is decided about.
 */
export class Tally {
  /** Records found, whatever became of them. */
  records = 0;
  /** Elements of the input that could not be read. */
  unreadable = 0;
  readonly outcomes: Record<Outcome, number> = {
    clean: 0,
    alert: 0,
    "would-act": 0,
    acted: 0,
    excepted: 0,
    contested: 0,
    failed: 0,
  };
  /** How many were ignored, by reason. */
  readonly ignoredBy = new Map<string, number>();

  ignore(reason: string, count = 1): void {
    if (count > 0) this.ignoredBy.set(reason, (this.ignoredBy.get(reason) ?? 0) + count);
  }

  /** Changes that were decided about. */
  get changes(): number {
    return Object.values(this.outcomes).reduce((sum, count) => sum + count, 0);
  }

  get ignored(): number {
    return [...this.ignoredBy.values()].reduce((sum, count) => sum + count, 0);
  }
}
