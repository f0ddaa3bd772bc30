import { beginRun } from "./seen-calls.ts";

/** What jest says about a run, as far as it tells whether all suites run. */
interface Run {
  readonly testPathPatterns: { isSet(): boolean };
  readonly testNamePattern?: string;
  readonly onlyChanged: boolean;
  readonly findRelatedTests: boolean;
  readonly shard?: object;
}

/** Runs before all suites: what was called in the last run is forgotten. */
export default function beginRunOf({ testPathPatterns, testNamePattern, onlyChanged, findRelatedTests, shard }: Run): void {
  const some = testPathPatterns.isSet() || testNamePattern !== undefined || onlyChanged || findRelatedTests || shard !== undefined;
  beginRun(some ? "only some suites ran" : undefined);
}
