import type { World } from "../../model/world.ts";
import type { Placement } from "../../planned/plan.ts";
import type { Teller } from "./teller.ts";

/** The network that a decision is about: one account and region as records tell it, or one plan. */
export interface Scenery {
  /** One text for one network. */
  readonly key: string;
  readonly world: World;
  readonly teller: Teller;
  /** Who uses it, of a plan. */
  readonly placements?: readonly Placement[];
  /** What the subject of the decision is called there. */
  readonly id: string;
  /** The VPC that it is in, where that is told. */
  readonly vpc?: string;
  /** Of a plan: as what a drawing shows it, for people. */
  readonly planned?: string;
}
