import { type Reviewed, review, withMode } from "../lib/guard/reviewing/review.ts";
import type { Decision } from "../lib/model/decision.ts";
import { compareSeverity, type Severity } from "../lib/model/finding.ts";
import { Tally, type Unreadable } from "../lib/report/tally.ts";
import { together } from "../lib/report/together.ts";
import { RecordedWorld } from "../lib/worlds/recorded.ts";
import { changesIn } from "./changes.ts";
import { plansOf, takeTemplates } from "./cloudformation.ts";
import { COMPARISON_FORMATS, isComparisonFormat, runComparison } from "./compare.ts";
import { openOutput } from "./outputs.ts";
import { reviewPlans, type SourcedPlan } from "./plans.ts";
import { choosePolicy } from "./policy-option.ts";
import type { ReviewOptions } from "./review-options.ts";
import { describeLate, ReviewProgress } from "./review-progress.ts";
import { IN_FILE, reportFor, witnessFor } from "./review-report.ts";
import { painter, widthOf, writerTo } from "./terminal.ts";

/** Reviews what these paths hold, and resolves with the exit code: `portcullis review --help` says which. */
export async function runReview(paths: readonly string[], options: ReviewOptions): Promise<number> {
  const { since = "", until = "9999", failOn, mode } = options;
  const complain = writerTo(process.stderr);
  if (since > until) {
    await complain(`error: --since ${since} is after --until ${until}: expected the earlier one first\n`);
    return 2;
  }
  if (options.compare !== undefined) {
    const { compare, format, output = [] } = options;
    if (isComparisonFormat(format) && output.length === 0) return runComparison(paths, { ...options, compare, format });
    const found = output.length > 0 ? "--output" : `--format ${format}`;
    await complain(`error: ${found} with --compare: expected --format ${COMPARISON_FORMATS.join(", ")}, and nothing besides\n`);
    return 2;
  }
  const chosen = choosePolicy(options.policy);
  const policy = mode === undefined ? chosen.policy : withMode(chosen.policy, mode);
  const tally = new Tally();
  const plans: SourcedPlan[] = [];
  // Enforcing is simulated for what was recorded alone.
  const wasRecorded = () => tally.records > plans.length;
  const opened = await Promise.all((options.output ?? []).map(openOutput));
  const onTerminal = { write: writerTo(process.stdout), width: widthOf(process.stdout), paint: painter(process.stdout) };
  const world = new RecordedWorld();
  const witness = await witnessFor([options.format, ...opened.map(({ format }) => format)], world);
  const reviewing = { ...chosen, witness };
  const reports = [
    reportFor(paths, options, reviewing, onTerminal, wasRecorded),
    ...opened.map(({ format, write }) => reportFor(paths, { ...options, format }, reviewing, { ...IN_FILE, write }, wasRecorded)),
  ];
  const report = together(await Promise.all(reports));
  const progress = new ReviewProgress(process.stderr);
  let late = 0;
  const listeners = {
    tally,
    onFile: (path: string, n: number, total: number) => progress.show(tally.records, path, n, total),
    onUnreadable: (unreadable: Unreadable) => report.unreadable(unreadable),
    onLate: () => void late++,
    onPlan: (plan: SourcedPlan) => void plans.push(plan),
  };
  const { others, ...given } = await takeTemplates(paths);
  for (const found of await plansOf(given, options)) {
    if ("reason" in found) {
      tally.unreadable++;
      await report.unreadable({ source: found.source, index: 0, reason: found.reason });
      continue;
    }
    tally.records++;
    plans.push(found);
  }
  const changes = changesIn(others, listeners, options);
  let failing = false;
  const take = async (reviewed: Reviewed) => {
    progress.clear();
    if (reviewed.kind === "ignored") return tally.ignore(reviewed.reason);
    tally.outcomes[reviewed.decision.outcome]++;
    failing ||= fails(reviewed.decision, failOn);
    await report.decided(reviewed.decision);
  };
  for await (const reviewed of review(changes, { policy, world, ...(witness !== undefined && { look: witness.look.bind(witness) }) })) {
    const isOutside = reviewed.kind === "decided" && (reviewed.decision.change.at < since || reviewed.decision.change.at > until);
    await (isOutside ? tally.ignore("outside of --since and --until") : take(reviewed));
  }
  const foresee = witness === undefined ? {} : { look: witness.foresee.bind(witness) };
  for await (const reviewed of reviewPlans(plans, policy, { ...options, ...foresee })) await take(reviewed);
  progress.clear();
  await report.end(tally);
  for (const file of opened) await file.close();
  if (late > 0) await complain(describeLate(late));
  if (tally.unreadable > 0 && options.format !== "table") {
    await complain(`portcullis: ${tally.unreadable} unreadable, so not judged${options.format === "json" ? '; see "unreadable"' : ""}\n`);
  }
  if (tally.records === 0 && tally.unreadable > 0) {
    await complain(
      `error: nothing in ${paths.join(", ")} could be read: expected CloudTrail records, Terraform plans or CloudFormation templates; portcullis review --help says in what form\n`,
    );
    return 2;
  }
  return failing || (tally.unreadable > 0 && failOn !== "never") ? 1 : 0;
}

function fails({ outcome, findings }: Decision, failOn: Severity | "never"): boolean {
  if (failOn === "never" || outcome === "clean" || outcome === "excepted") return false;
  return findings.some(({ severity }) => compareSeverity(severity, failOn) <= 0);
}
