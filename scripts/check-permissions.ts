// After a whole run of the suites (npm test): every call that they saw Portcullis make is declared as a permission, and every
// permission is used by a suite or says why not; and the same of what each function of the packaged stack calls of other services. Ends with 1 when something is wrong; says so when the run saw only a part.
import { ACTS, READS } from "../lib/aws/permissions.ts";
import { seenInLastRun } from "../test/support/seen-calls.ts";
import { NEVER_CALLED, NOT_BY_FUNCTIONS, NOT_ON_EMULATORS, problemsOf, problemsOfFunctions } from "./permission-use.ts";

const seen = seenInLastRun();
const [incomplete = seen === undefined ? "no suites ran" : undefined] = seen?.incomplete ?? [];
if (seen === undefined || incomplete !== undefined) {
  console.error(`permissions were not checked against calls: ${incomplete}; "npm run jest" runs all suites`);
} else {
  const declared = new Set(
    [...Object.values(READS).flat(), ...Object.values(ACTS).flatMap(({ changes }) => changes)].map(({ action }) => action),
  );
  const elsewhere = new Set([...seen.may].map((use) => use.slice(use.indexOf(" ") + 1)));
  const problems = [
    ...problemsOf({ declared, elsewhere, ...seen, neverCalled: NEVER_CALLED, notOnEmulators: NOT_ON_EMULATORS }),
    ...problemsOfFunctions({ called: seen.functions, may: seen.may, network: declared, excused: NOT_BY_FUNCTIONS }),
  ];
  for (const problem of problems) console.error(problem);
  const { emulators, documented, functions } = seen;
  console.log(`calls seen: ${emulators.size} on emulators, ${documented.size} on documented answers, ${functions.size} by functions`);
  if (problems.length > 0) process.exitCode = 1;
}
