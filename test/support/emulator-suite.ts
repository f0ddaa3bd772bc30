import { describe, test } from "@jest/globals";
import { findPython } from "./python-venv.ts";

/** Whether the emulators can run here; when not, why. */
export function emulatorsAvailable(): { readonly available: true } | { readonly available: false; readonly reason: string } {
  const python = findPython();
  return "missing" in python ? { available: false, reason: python.missing } : { available: true };
}

/** Time for a `beforeAll` that starts emulators; on a fresh clone that installs them first. */
export const START_TIMEOUT_MS = 300_000;

/**
 * A `describe` that needs the emulators. Without Python it is skipped, loudly; with CI=true that is a failure, since nobody
 * would read the notice there.
 */
export function describeOnEmulators(name: string, suite: () => void): void {
  const state = emulatorsAvailable();
  if (state.available) {
    describe(name, suite);
    return;
  }
  const notice = `SKIPPED, the emulators cannot run here: ${name}\n  ${state.reason}`;
  if (process.env.CI === "true") {
    test(name, () => {
      throw new Error(`${notice}\n  With CI=true every suite must run.`);
    });
    return;
  }
  process.stderr.write(`\n*** ${notice}\n\n`);
  describe.skip(name, suite);
}
