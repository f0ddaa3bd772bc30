import { describe, test } from "@jest/globals";
import { findPython } from "./python-venv.ts";
import { noteSkipped } from "./seen-calls.ts";

/** Time for a `beforeAll` that starts emulators; on a fresh clone that installs them first. */
export const START_TIMEOUT_MS = 300_000;

/** A `describe` that needs the emulators, and so Python. */
export function describeOnEmulators(name: string, suite: () => void): void {
  const python = findPython();
  if ("missing" in python) noteSkipped(`the emulators cannot run here: ${python.missing}`);
  describeUnlessMissing(name, "missing" in python ? `the emulators cannot run here: ${python.missing}` : undefined, suite);
}

/**
 * A `describe` that needs what may be missing. Then it is skipped, loudly; with CI=true that is a failure, since nobody would
 * read the notice there.
 */
export function describeUnlessMissing(name: string, missing: string | undefined, suite: () => void): void {
  if (missing === undefined) {
    describe(name, suite);
    return;
  }
  const notice = `SKIPPED: ${name}\n  ${missing}`;
  if (process.env.CI === "true") {
    test(name, () => {
      throw new Error(`${notice}\n  With CI=true every suite must run.`);
    });
    return;
  }
  process.stderr.write(`\n*** ${notice}\n\n`);
  describe.skip(name, suite);
}
