import { parseArgs } from "node:util";
import { CASES } from "./cases.ts";
import { explore } from "./explore.ts";
import { Stage } from "./world.ts";

/**
 * Explores every interleaving of every case, or of those with these words in their name; with `--short`, of those that `npm test`
 * explores: `npm run interleavings [-- [--short] words of a name]`. Fails where a schedule ends badly, with all of its calls.
 */
const { values, positionals } = parseArgs({ options: { short: { type: "boolean", default: false } }, allowPositionals: true });
const words = positionals.join(" ");
const chosen = CASES.filter(({ name, isLong }) => name.includes(words) && !(values.short && isLong));
const sum = { cases: 0, states: 0, steps: 0, ends: 0 };
for (const { name, setting, actors } of chosen) {
  const began = Date.now();
  try {
    const { states, steps, ends, longest } = await explore(() => Stage.start(setting, actors));
    sum.cases++;
    sum.states += states;
    sum.steps += steps;
    sum.ends += ends;
    process.stdout.write(`${name}: ${states} states, ${steps} steps, ${ends} ends, ${longest} calls, ${Date.now() - began} ms\n`);
  } catch (error) {
    process.stdout.write(`${name}: ${String(error)}\n`);
    process.exitCode = 1;
  }
}
process.stdout.write(`${sum.cases} of ${chosen.length} cases, ${sum.states} states, ${sum.steps} steps, ${sum.ends} ends.\n`);
