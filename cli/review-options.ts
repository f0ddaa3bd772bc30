import type { Severity } from "../lib/model/finding.ts";
import type { Format, Output } from "./outputs.ts";
import type { PlanOptions } from "./plans.ts";

/** The options of `portcullis review`. */
export interface ReviewOptions extends PlanOptions {
  readonly policy?: string;
  readonly format: Format;
  readonly output?: readonly Output[];
  readonly rulePages?: string;
  readonly commentId?: string;
  readonly mode?: "dry-run" | "enforce";
  readonly failOn: Severity | "never";
  readonly since?: string;
  readonly until?: string;
  readonly all?: boolean;
  readonly jobs?: number;
  readonly compare?: string;
}
