import { CASES } from "./cases.ts";
import { explore } from "./explore.ts";
import { Stage } from "./world.ts";

/** Explores every interleaving of every case: `npm run interleavings [-- words of a name]`. Fails with the first schedule that ends badly. */
const words = process.argv.slice(2).join(" ");
const sum = { cases: 0, states: 0, steps: 0, ends: 0 };
for (const { name, setting, actors } of CASES.filter((one) => one.name.includes(words))) {
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
process.stdout.write(`${sum.cases} cases, ${sum.states} states, ${sum.steps} steps, ${sum.ends} ends.\n`);
