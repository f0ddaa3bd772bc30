/** One thing measured, in words for the table; `ratio` is what the other takes for each of ours, or what the name of the figure says. */
export interface Figure {
  readonly id: string;
  readonly what: string;
  readonly ours: string;
  readonly theirs?: string | undefined;
  readonly ratio?: number | undefined;
  readonly goal?: string | undefined;
  /** Whether the goal is met; undefined where there is none, or nothing to compare with. */
  readonly met?: boolean | undefined;
}

/** Figures that belong together. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** How it was measured, for whoever reads the page. */
  readonly how: string;
  readonly figures: readonly Figure[];
}
