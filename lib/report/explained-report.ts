import type { ExplainedGroup } from "../guard/explaining/explain.ts";
import type { Direction } from "../model/traffic.ts";
import { withAddresses } from "../planned/ids.ts";
import { NOWHERE } from "../planned/plan.ts";
import type { Policy } from "../policy/policy.ts";
import { type Cell, layRow as layCells, type Paint } from "./layout.ts";
import { reasonsIn } from "./reason-text.ts";

/** A group that was explained, and what is to be said about how it is known. */
export interface ExplainedReport {
  readonly explained: ExplainedGroup;
  readonly policy: Policy;
  readonly account: string;
  readonly region: string;
  /** Which policy, in words. */
  readonly policyFrom: string;
  /** Where the group was looked at, in words: `live`, `as the records end`. */
  readonly seen: string;
  /** What is not known there, each a sentence. */
  readonly remarks: readonly string[];
  /** What of the group is not known, and so not judged. */
  readonly open: readonly string[];
  /** In which directions there may be more than is known. */
  readonly knownInPart: ReadonlySet<Direction>;
  /** Where the group is declared that a plan tells of: it is edited there, and by no command. */
  readonly declared?: string;
}

/** Where a group is, as far as that is told; undefined where nothing is. */
export function homeText({ account, region }: { readonly account: string; readonly region: string }): string | undefined {
  return [account, region].filter((part) => part !== NOWHERE).join(" ") || undefined;
}

/** How many lines a cell takes before it is cut off: sets are shown whole, unless they are monstrous. */
export const MOST_LINES = 12;
/** The width of a rule's id. */
export const SGR = 21;

/** What stands for the id of a rule that is not known; one that a plan makes gets its id when it is made. */
export function unnamedIn({ declared }: ExplainedReport): string {
  return declared === undefined ? "(id not known)" : "(no id yet)";
}

/** The numbers of the reasons by reasonKey, from 1 in the order in which they are told. */
export function numbersOf(explained: ExplainedGroup): ReadonlyMap<string, number> {
  return new Map([...reasonsIn(explained).keys()].map((key, i) => [key, i + 1]));
}

/** A row of cells. What a plan makes has no id yet, and people know it by its address. */
export function layRow(cells: readonly Cell[], widths: readonly number[], paint: Paint, indent?: number): string[] {
  const addressed = cells.map((cell) => cell.map((line) => ({ ...line, text: withAddresses(line.text) })));
  return layCells(addressed, widths, paint, indent);
}
