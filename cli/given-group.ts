import type { KnownGroup } from "../lib/guard/explaining/find-group.ts";
import type { Direction } from "../lib/model/traffic.ts";
import type { World } from "../lib/model/world.ts";

/** Something that is not known of a group. */
export interface Open {
  readonly needs: string;
  /** The direction that it is about, where it is about one. */
  readonly direction?: Direction;
}

/** A group that the input tells of, and the world in which it stands. */
export interface GivenGroup extends KnownGroup {
  readonly world: World;
  /** How it is known, in words. */
  readonly seen: string;
  /** What is not known about it, each a sentence. */
  readonly remarks: readonly string[];
  /** What of it is not known, so that it is never called lawful. */
  readonly open: readonly Open[];
  /** Where it is declared, if a plan tells of it and not AWS. */
  readonly declared?: string;
}
