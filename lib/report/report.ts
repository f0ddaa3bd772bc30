import type { Decision } from "../model/decision.ts";
import type { Tally, Unreadable } from "./tally.ts";

/** Takes text to where the report goes; resolves when there is room for more. */
export type Write = (text: string) => Promise<void>;

/** A way of telling a review, fed as it goes and closed once. */
export interface Report {
  decided(decision: Decision): Promise<void>;
  unreadable(unreadable: Unreadable): Promise<void>;
  end(tally: Tally): Promise<void>;
}
