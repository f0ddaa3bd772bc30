import { Command, InvalidArgumentError, Option } from "commander";
import { type Reviewed, review, withMode } from "../lib/guard/review.ts";
import type { Decision } from "../lib/model/decision.ts";
import { compareSeverity, SEVERITIES, type Severity } from "../lib/model/finding.ts";
import type { Plan } from "../lib/planned/plan.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { jsonDocument, jsonLines } from "../lib/report/json.ts";
import { junit } from "../lib/report/junit.ts";
import type { Paint } from "../lib/report/layout.ts";
import { markdown } from "../lib/report/markdown.ts";
import type { Report, Write } from "../lib/report/report.ts";
import { sarif } from "../lib/report/sarif.ts";
import { table } from "../lib/report/table.ts";
import { Tally, type Unreadable } from "../lib/report/tally.ts";
import { together } from "../lib/report/together.ts";
import { RecordedWorld } from "../lib/worlds/recorded.ts";
import { changesIn } from "./changes.ts";
import { COMPARISON_FORMATS, isComparisonFormat, runComparison } from "./compare.ts";
import { jobsOption } from "./jobs-option.ts";
import { readSince, readUntil } from "./moment.ts";
import { FORMATS, type Format, type Output, openOutput, readOutput } from "./outputs.ts";
import { readAccount, readRegion } from "./place-options.ts";
import { type ChosenPolicy, choosePolicy, policyOption } from "./policy-option.ts";
import { quote } from "./quote.ts";
import { describeLate, ReviewProgress } from "./review-progress.ts";
import { painter, widthOf, writerTo } from "./terminal.ts";
import { portcullisVersion } from "./version.ts";

const MOST_PATHS = 4;

interface ReviewOptions {
  readonly policy?: string;
  readonly format: Format;
  readonly output?: readonly Output[];
  readonly rulePages?: string;
  readonly commentId?: string;
  readonly mode?: "dry-run" | "enforce";
  readonly failOn: Severity | "never";
  readonly since?: string;
  readonly until?: string;
  readonly account?: string;
  readonly region?: string;
  readonly all?: boolean;
  readonly jobs?: number;
  readonly compare?: string;
}

const HELP = `
PATH is a file or folder with CloudTrail records in any of its containers, plain or gzip - log files as CloudTrail
leaves them in S3, EventBridge events, lists, JSON lines, the output of "aws cloudtrail lookup-events" - or - for
standard input. Their order does not matter. Years of log files as CloudTrail names them are read in the order of
their delivery, in constant memory with --format jsonl; anything else is sorted first, with a folder of temporary
files (TMPDIR) where it does not fit into memory.

Or it is a file with a Terraform or OpenTofu plan, the output of "terraform show -json": judged is what it changes,
as the guard would judge it once it is applied.

Exit code:
  0  nothing at or above --fail-on
  1  something at or above --fail-on, or records that could not be read (not with --fail-on never);
     with --compare: something at or above it that one policy would close and the other would not
  2  unusable options, input or policy; also when nothing at all could be read

Examples:
  Ninety days of an organization's trail, copied from S3:
    $ aws s3 sync s3://my-trail/AWSLogs ./AWSLogs
    $ portcullis review AWSLogs

  What would the guard have left behind, had it enforced the policy all along?
    $ portcullis review AWSLogs --mode enforce

  What would a change of policy close or leave open, by whom, where and under which rule?
    $ portcullis review AWSLogs --policy portcullis.yml --compare proposed.yml

  Only last week's decisions; what came before is still read, so that groups are known:
    $ portcullis review AWSLogs --since 2026-11-16

  What was opened, one line a finding, with jq:
    $ portcullis review AWSLogs --format jsonl | jq -r '.findings[] | [.severity, .traffic] | @tsv'

  What will a Terraform plan open?
    $ terraform plan -out plan.bin && terraform show -json plan.bin > plan.json
    $ portcullis review plan.json --account 111122223333

  For a pull request, in one run: what people read here, code scanning, and a comment:
    $ portcullis review AWSLogs --output sarif=portcullis.sarif --output markdown=comment.md

  From the API, without a trail:
    $ aws cloudtrail lookup-events --lookup-attributes \\
        AttributeKey=EventName,AttributeValue=AuthorizeSecurityGroupIngress | portcullis review -
`;

/** `portcullis review`: judges recorded changes as the guard would have. */
export function reviewCommand(): Command {
  return new Command("review")
    .summary("judge recorded CloudTrail events, or a Terraform plan, as the guard would")
    .description(
      "Judges the changes that CloudTrail recorded as the guard would have, each with what was known at its time, and those that a plan is about to make.",
    )
    .argument("<path...>", "files, folders, or - for standard input")
    .addOption(policyOption())
    .option("--compare <file>", "price a change of policy: tell only what this one would close or leave that --policy would not")
    .addOption(new Option("--format <format>", "how to tell it").choices(FORMATS).default("table"))
    .addOption(
      new Option("--output <format=file>", "write this report to a file besides; may be repeated").choices(FORMATS).argParser(readOutput),
    )
    .addOption(
      new Option("--mode <mode>", "instead of the policy's modes; enforce is simulated: later events meet what it left").choices([
        "dry-run",
        "enforce",
      ]),
    )
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 from this severity on")
        .choices([...SEVERITIES, "never"])
        .argParser(readFailOn)
        .default("low"),
    )
    .option("--since <time>", "tell only decisions about changes from this day or moment on", readSince)
    .option("--until <time>", "tell only decisions about changes up to this day or moment", readUntil)
    .option("--account <id>", "the account of plans that do not tell it", readAccount)
    .option("--region <region>", "the region of plans that do not tell it", readRegion)
    .addOption(jobsOption())
    .option("--all", "table: a row for every decision, clean ones too")
    .option(
      "--rule-pages <url>",
      "markdown, sarif, junit: link rules to their pages below this address (docs/rules), not to AWS's",
      readUrl,
    )
    .option("--comment-id <id>", "markdown: tells this comment from those of other reviews on the same pull request", readCommentId)
    .addHelpText("after", HELP)
    .action(async (paths: string[], options: ReviewOptions) => {
      process.exitCode = await runReview(paths, options);
    });
}

function readFailOn(text: string): Severity | "never" {
  const choice = [...SEVERITIES, "never" as const].find((name) => name === text);
  if (choice === undefined) throw new InvalidArgumentError(`expected ${SEVERITIES.join(", ")} or never`);
  return choice;
}

function readCommentId(text: string): string {
  if (!/^[A-Za-z0-9][\w.-]{0,59}$/.test(text))
    throw new InvalidArgumentError("expected letters, digits, dots, dashes and underscores, at most 60");
  return text;
}

function readUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== "https:" && url?.protocol !== "http:")
    throw new InvalidArgumentError("expected an address that begins with https://");
  return url.href;
}

async function runReview(paths: readonly string[], options: ReviewOptions): Promise<number> {
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
  const plans: Sourced[] = [];
  // Enforcing is simulated for what was recorded alone.
  const wasRecorded = () => tally.records > plans.length;
  const opened = await Promise.all((options.output ?? []).map(openOutput));
  const onTerminal = { write: writerTo(process.stdout), width: widthOf(process.stdout), paint: painter(process.stdout) };
  const report = together([
    reportFor(paths, options, chosen, onTerminal, wasRecorded),
    ...opened.map(({ format, write }) => reportFor(paths, { ...options, format }, chosen, { ...IN_FILE, write }, wasRecorded)),
  ]);
  const progress = new ReviewProgress(process.stderr);
  let late = 0;
  const listeners = {
    tally,
    onFile: (path: string, n: number, total: number) => progress.show(tally.records, path, n, total),
    onUnreadable: (unreadable: Unreadable) => report.unreadable(unreadable),
    onLate: () => void late++,
    onPlan: (plan: Plan, source: string) => void plans.push({ plan, source }),
  };
  const changes = changesIn(paths, listeners, options.jobs);
  let failing = false;
  for await (const reviewed of review(changes, { policy, world: new RecordedWorld() })) {
    progress.clear();
    if (reviewed.kind === "ignored") tally.ignore(reviewed.reason);
    else if (reviewed.decision.change.at < since || reviewed.decision.change.at > until) tally.ignore("outside of --since and --until");
    else {
      tally.outcomes[reviewed.decision.outcome]++;
      failing ||= fails(reviewed.decision, failOn);
      await report.decided(reviewed.decision);
    }
  }
  for await (const reviewed of plannedBy(plans, policy, options)) {
    if (reviewed.kind === "ignored") tally.ignore(reviewed.reason);
    else {
      tally.outcomes[reviewed.decision.outcome]++;
      failing ||= fails(reviewed.decision, failOn);
      await report.decided(reviewed.decision);
    }
  }
  progress.clear();
  await report.end(tally);
  for (const file of opened) await file.close();
  if (late > 0) await complain(describeLate(late));
  if (tally.unreadable > 0 && options.format !== "table") {
    await complain(`portcullis: ${tally.unreadable} unreadable, so not judged${options.format === "json" ? '; see "unreadable"' : ""}\n`);
  }
  if (tally.records === 0 && tally.unreadable > 0) {
    await complain(
      `error: nothing in ${paths.join(", ")} could be read: expected CloudTrail records or Terraform plans; portcullis review --help says in what form\n`,
    );
    return 2;
  }
  return failing || (tally.unreadable > 0 && failOn !== "never") ? 1 : 0;
}

type Sourced = { readonly plan: Plan; readonly source: string };

async function* plannedBy(plans: readonly Sourced[], policy: Policy, { account, region }: ReviewOptions): AsyncGenerator<Reviewed> {
  if (plans.length === 0) return;
  const { reviewPlan } = await import("../lib/guard/review-plan.ts");
  const { PlannedWorld } = await import("../lib/worlds/planned.ts");
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  for (const { plan, source } of plans) {
    yield* reviewPlan(plan, {
      policy,
      at,
      worldOf: (one, moment) => new PlannedWorld(one, moment),
      ...(plans.length > 1 && { name: source }),
      ...(account !== undefined && { account }),
      ...(region !== undefined && { region }),
    });
  }
}

function fails({ outcome, findings }: Decision, failOn: Severity | "never"): boolean {
  if (failOn === "never" || outcome === "clean" || outcome === "excepted") return false;
  return findings.some(({ severity }) => compareSeverity(severity, failOn) <= 0);
}

interface Target {
  readonly write: Write;
  readonly width: number;
  readonly paint: Paint;
}

const IN_FILE: Omit<Target, "write"> = { width: 120, paint: (_, text) => text };

function reportFor(
  paths: readonly string[],
  options: ReviewOptions,
  { policy, from }: ChosenPolicy,
  { write, width, paint }: Target,
  recorded: () => boolean,
): Report {
  const { format, mode, all = false, failOn, rulePages, commentId } = options;
  const linked = { write, policy, ...(rulePages !== undefined && { rulePages }) };
  if (format === "jsonl") return jsonLines(write, writerTo(process.stderr));
  if (format === "json") return jsonDocument(write);
  if (format === "markdown") return markdown({ ...linked, ...(commentId !== undefined && { commentId }) });
  if (format === "sarif") return sarif({ ...linked, paths, version: portcullisVersion() });
  if (format === "junit") return junit({ ...linked, failOn });
  const command = `npx portcullis review ${paths.length > MOST_PATHS ? "PATH..." : paths.map(quote).join(" ")}`;
  return table({
    write,
    width,
    paint,
    all,
    heading: [
      { text: `Portcullis review of ${paths.length > MOST_PATHS ? `${paths.length} paths` : paths.join(", ")}`, style: "strong" },
      { text: `policy: ${from}, version ${policy.version}; mode: ${modeInWords(policy, mode)}`, style: "faint" },
    ],
    advice: ({ outcomes }) => [
      ...(outcomes["would-act"] > 0 && mode === undefined && recorded()
        ? [["See what enforcing would have left behind", `${command} --mode enforce`] as const]
        : []),
      [
        "Allow what is lawful, narrow or close the rest",
        from === "portcullis.yml" ? "edit portcullis.yml" : `edit a portcullis.yml (from ${from})`,
      ],
      ["Read every decision in full", `${command} --format json`],
      ["Know the rules", "npx portcullis rules"],
    ],
  });
}

function modeInWords({ document }: ChosenPolicy["policy"], mode: "dry-run" | "enforce" | undefined): string {
  if (mode === "enforce") return "enforce, simulated: later events meet what the guard would have left";
  return mode ?? `${document.mode}${document.scopes.some((scope) => scope.mode !== undefined) ? " and others by scope" : ""}`;
}
