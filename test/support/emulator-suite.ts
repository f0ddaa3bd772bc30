import { describe, test } from "@jest/globals";
import { findPython } from "./python-venv.ts";

/** Time for a `beforeAll` that starts emulators; on a fresh clone that installs them first. */
export const START_TIMEOUT_MS = 300_000;

/**
 * A `describe` that needs the emulators. Without Python it is skipped, loudly; with CI=true that is a failure, since nobody
 * would read the notice there.
 */
export function describeOnEmulators(name: string, suite: () => void): void {
  const python = findPython();
  if ("command" in python) {
    describe(name, suite);
    return;
  }
  const notice = `SKIPPED, the emulators cannot run here: ${name}\n  ${python.missing}`;
  if (process.env.CI === "true") {
    test(name, () => {
      throw new Error(`${notice}\n  With CI=true every suite must run.`);
    });
    return;
  }
  process.stderr.write(`\n*** ${notice}\n\n`);
  describe.skip(name, suite);
}
