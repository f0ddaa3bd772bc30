import type { KnownGroup } from "../lib/guard/find-group.ts";
import type { World } from "../lib/model/world.ts";

/** A group that the input tells of, and the world in which it stands. */
export interface GivenGroup extends KnownGroup {
  readonly world: World;
  /** How it is known, in words. */
  readonly seen: string;
  /** What is not known about it, each a sentence. */
  readonly remarks: readonly string[];
  /** What of it is not known yet, so that it is never called lawful. */
  readonly open: readonly string[];
  /** Where it is declared, if a plan tells of it and not AWS. */
  readonly declared?: string;
}

/** Where plans are to be applied that do not tell it. */
export interface PlanPlace {
  readonly account?: string;
  readonly region?: string;
}
