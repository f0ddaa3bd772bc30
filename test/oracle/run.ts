import { optionsOrHelp, wholeNumber } from "../support/long-run.ts";
import { type Outcome, run, type Trial } from "./trial.ts";
import { ACLS, GROUPS } from "./trials.ts";

const HELP = `npm run oracle -- [--groups 100000] [--seed 7]

Compares the judgement with an oracle that knows addresses and ports one by one, on random security groups and as many network
ACLs. Fails, with the seed and the smallest case, where they disagree.

Options
  --groups n  how many of each; 100000 unless told
  --seed n    printed, and another each time unless told
  --help      this text
`;
const values = optionsOrHelp(HELP, {
  groups: { type: "string", default: "100000" },
  seed: { type: "string", default: String(Date.now() % 1_000_000) },
});
const count = wholeNumber("groups", values.groups, 1, HELP);
const seed = wholeNumber("seed", values.seed, 0, HELP);

process.stdout.write(`Seed ${seed}.\n`);
await compare(GROUPS);
await compare(ACLS);

async function compare<Case>(trial: Trial<Case>): Promise<void> {
  const began = Date.now();
  tell(trial.name, await run(trial, seed, count, (done) => showProgress(trial.name, done)), Date.now() - began);
}

function showProgress(name: string, done: number): void {
  if (!process.stdout.isTTY || done % 100 !== 0) return;
  process.stdout.write(`\r${name}: ${done} of ${count} (${Math.floor((100 * done) / count)} %)`);
}

function tell(name: string, { cases, seen, disagreement }: Outcome, milliseconds: number): void {
  if (process.stdout.isTTY) process.stdout.write("\r\u001b[K");
  const about = Object.entries(seen).map(([sight, times]) => `${sight} ${times}`);
  process.stdout.write(
    `${name}: ${cases} cases in ${Math.round(milliseconds / 1000)} s, ${disagreement === undefined ? 0 : 1} disagreements.\n`,
  );
  process.stdout.write(`  ${about.join(", ")}\n`);
  if (disagreement === undefined) return;
  process.stdout.write(`  Seed ${seed}, case ${disagreement.index}; the smallest like it:\n${disagreement.text.replace(/^/gm, "  ")}\n`);
  process.exitCode = 1;
}
