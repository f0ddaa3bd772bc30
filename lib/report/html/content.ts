import type { Policy } from "../../policy/policy.ts";
import type { Write } from "../report.ts";
import type { Tally } from "../tally.ts";
import type { Collected } from "../told.ts";
import type { Gathered } from "./gathered.ts";
import type { HeatMap } from "./heat-map.ts";
import type { Markup } from "./markup.ts";
import type { Drawing } from "./networks.ts";
import type { Witness } from "./witness.ts";

export interface HtmlOptions {
  readonly write: Write;
  readonly policy: Policy;
  /** What was reviewed, and under which policy, for people. */
  readonly subject: string;
  readonly policyName: string;
  readonly version: string;
  /** The address below which the rules' pages are. */
  readonly rulePages?: string;
  /** Who sees the world of the review: without it there are no drawings, and comparisons tell what the decisions tell. */
  readonly witness?: Witness;
}

/** All that the page tells. */
export interface Content extends Omit<HtmlOptions, "write"> {
  readonly collected: Collected;
  readonly gathered: Gathered;
  readonly heatMap: HeatMap;
  readonly drawings: readonly Drawing[];
  readonly tally: Tally;
  /** Details in blocks, as JSON. */
  readonly blocks: readonly Markup[];
  readonly chunk: number;
}
