// After a whole run of the suites (npm test): every call that they saw Portcullis make is declared as a permission, and every
// permission is used by a suite or says why not. Ends with 1 when something is wrong; says so when the run saw only a part.
import { ACTS, READS } from "../lib/aws/permissions.ts";
import { seenInLastRun } from "../test/support/seen-calls.ts";
import { NEVER_CALLED, NOT_ON_EMULATORS, problemsOf } from "./permission-use.ts";

const seen = seenInLastRun();
const [incomplete = seen === undefined ? "no suites ran" : undefined] = seen?.incomplete ?? [];
if (seen === undefined || incomplete !== undefined) {
  console.error(`permissions were not checked against calls: ${incomplete}; "npm run jest" runs all suites`);
} else {
  const declared = new Set(
    [...Object.values(READS).flat(), ...Object.values(ACTS).flatMap(({ changes }) => changes)].map(({ action }) => action),
  );
  const problems = problemsOf({ declared, ...seen, neverCalled: NEVER_CALLED, notOnEmulators: NOT_ON_EMULATORS });
  for (const problem of problems) console.error(problem);
  console.log(`${seen.emulators.size} calls seen on emulators, ${seen.documented.size} on documented answers; ${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
}
