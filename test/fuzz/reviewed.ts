import { reviewPlans } from "../../cli/plans.ts";
import type { Decision } from "../../lib/model/decision.ts";
import type { Plan } from "../../lib/planned/plan.ts";
import { jsonLines } from "../../lib/report/json.ts";
import { junit } from "../../lib/report/junit.ts";
import { markdown } from "../../lib/report/markdown.ts";
import { sarif } from "../../lib/report/sarif.ts";
import { table } from "../../lib/report/table.ts";
import { Tally } from "../../lib/report/tally.ts";
import { together } from "../../lib/report/together.ts";
import { STRICT } from "./recordings.ts";
import { insist } from "./target.ts";

const write = async () => {};
const PLACE = { account: "111122223333", region: "eu-central-1" };

/**
 * What the strict policy decides about a plan, each told by every report. Insists that nothing is called clean which was not judged
 * whole.
 */
export async function reviewed(plan: Plan): Promise<readonly Decision[]> {
  const decisions: Decision[] = [];
  const tally = new Tally();
  const report = together([
    jsonLines(write, write),
    markdown({ write, policy: STRICT }),
    sarif({ write, policy: STRICT, paths: ["plan.json"], version: "0" }),
    junit({ write, policy: STRICT, failOn: "low" }),
    table({ write, width: 120, paint: (_, text) => text, all: true, heading: [], advice: () => [] }),
  ]);
  for await (const one of reviewPlans([{ plan, source: "plan.json" }], STRICT, PLACE)) {
    if (one.kind === "ignored") continue;
    const { decision } = one;
    const { outcome, findings, notJudged } = decision;
    insist(
      outcome !== "clean" || (findings.length === 0 && notJudged.length === 0),
      () => `${addressOf(decision)} is called clean, and is not`,
    );
    tally.outcomes[outcome]++;
    decisions.push(decision);
    await report.decided(decision);
  }
  await report.end(tally);
  return decisions;
}

/** What a plan or template calls the resource that a decision is about. */
function addressOf({ change: { details, subject } }: Decision): string {
  return details?.address ?? subject.id;
}

/** Insists that a hole at one of these addresses was noticed: found, or said not to be judged. */
export function insistNoticed(decisions: readonly Decision[], addresses: RegExp, what: () => string): void {
  const about = decisions.filter((decision) => addresses.test(addressOf(decision)));
  const told = about.map((decision) => `${addressOf(decision)} is ${decision.outcome}`).join(", ") || "nothing was decided about it";
  insist(
    about.some(({ outcome }) => outcome !== "clean"),
    () => `${told}: ${what()}`,
  );
}

/** What was decided, without words: by address, the outcome and what was found. */
export function gist(decisions: readonly Decision[]): string {
  const lines = decisions.map((one) => {
    const found = one.findings.map(({ rule, traffic, parts = [] }) => `${rule} ${traffic ?? ""} ${[...parts].sort()}`);
    return `${addressOf(one)} ${one.outcome} ${[...new Set(found)].sort()} ${one.notJudged.length > 0 ? "not judged whole" : ""}`;
  });
  return lines.sort().join("\n");
}
