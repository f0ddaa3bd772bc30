import type { Json } from "./json.ts";
import type { Luck } from "./random.ts";

/** Thrown by a target whose property does not hold; every other error that leaves it is a crash. */
export class BrokenProperty extends Error {
  override readonly name = "BrokenProperty";
}

/** Something that takes what others write: how its inputs are made, and what must hold for each of them. */
export interface Target {
  readonly name: string;
  /** It takes part in every so many rounds only, where an input is dear; in each unless told. */
  readonly every?: number;
  /** An input as JSON, so that it can be saved, shrunk and replayed. */
  make(luck: Luck): Json;
  /** Resolves where all is well, rejects with a BrokenProperty or with what crashed. */
  check(input: Json): Promise<void>;
  /** False where a part of an input is none of this target's any more, so that it is reported as it is. */
  readonly shrinks?: false;
}

/** Insists on a property. */
export function insist(holds: boolean, says: () => string): asserts holds {
  if (!holds) throw new BrokenProperty(says());
}
