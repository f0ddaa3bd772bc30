import { Command, InvalidArgumentError, Option } from "commander";
import { review, withMode } from "../lib/guard/review.ts";
import type { Decision } from "../lib/model/decision.ts";
import { compareSeverity, SEVERITIES, type Severity } from "../lib/model/finding.ts";
import type { Witness } from "../lib/report/html/witness.ts";
import { jsonDocument, jsonLines } from "../lib/report/json.ts";
import { junit } from "../lib/report/junit.ts";
import type { Paint } from "../lib/report/layout.ts";
import { markdown } from "../lib/report/markdown.ts";
import type { Report, Write } from "../lib/report/report.ts";
import { sarif } from "../lib/report/sarif.ts";
import { table } from "../lib/report/table.ts";
import { Tally } from "../lib/report/tally.ts";
import { together } from "../lib/report/together.ts";
import { RecordedWorld } from "../lib/worlds/recorded.ts";
import { changesIn } from "./changes.ts";
import { readSince, readUntil } from "./moment.ts";
import { FORMATS, type Format, type Output, openOutput, readOutput } from "./outputs.ts";
import { type ChosenPolicy, choosePolicy, policyOption } from "./policy-option.ts";
import { Progress, painter, widthOf, writerTo } from "./terminal.ts";
import { portcullisVersion } from "./version.ts";

const MOST_PATHS = 4;

interface ReviewOptions {
  readonly policy?: string;
  readonly format: Format;
  readonly output?: readonly Output[];
  readonly rulePages?: string;
  readonly mode?: "dry-run" | "enforce";
  readonly failOn: Severity | "never";
  readonly since?: string;
  readonly until?: string;
  readonly all?: boolean;
}

const HELP = `
PATH is a file or folder with CloudTrail records in any of its containers, plain or gzip - log files
as CloudTrail leaves them in S3, EventBridge events, lists, JSON lines, the output of
"aws cloudtrail lookup-events" - or - for standard input. Their order does not matter.

Exit code:
  0  nothing at or above --fail-on
  1  something at or above --fail-on, or records that could not be read (not with --fail-on never)
  2  unusable options, input or policy; also when nothing at all could be read

Examples:
  Ninety days of an organization's trail, copied from S3:
    $ aws s3 sync s3://my-trail/AWSLogs ./AWSLogs
    $ portcullis review AWSLogs

  What would the guard have left behind, had it enforced the policy all along?
    $ portcullis review AWSLogs --mode enforce

  Only last week's decisions; what came before is still read, so that groups are known:
    $ portcullis review AWSLogs --since 2026-11-16

  What was opened, one line a finding, with jq:
    $ portcullis review AWSLogs --format jsonl | jq -r '.findings[] | [.severity, .traffic] | @tsv'

  For a pull request, in one run: what people read here, code scanning, and a comment:
    $ portcullis review AWSLogs --output sarif=portcullis.sarif --output markdown=comment.md

  A page to search, with drawings, that needs no server:
    $ portcullis review AWSLogs --format html > review.html

  From the API, without a trail:
    $ aws cloudtrail lookup-events --lookup-attributes \\
        AttributeKey=EventName,AttributeValue=AuthorizeSecurityGroupIngress | portcullis review -
`;

/** `portcullis review`: judges recorded changes as the guard would have. */
export function reviewCommand(): Command {
  return new Command("review")
    .summary("judge recorded CloudTrail events as the guard would have")
    .description("Judges the changes that CloudTrail recorded as the guard would have, each with what was known at its time.")
    .argument("<path...>", "files, folders, or - for standard input")
    .addOption(policyOption())
    .addOption(new Option("--format <format>", "how to tell it").choices(FORMATS).default("table"))
    .option("--output <format=file>", "write this report to a file besides; may be repeated", readOutput)
    .addOption(
      new Option("--mode <mode>", "instead of the policy's modes; enforce is simulated: later events meet what it left").choices([
        "dry-run",
        "enforce",
      ]),
    )
    .option("--fail-on <severity>", `exit with 1 from this severity on: ${SEVERITIES.join(", ")} or never`, readFailOn, "low")
    .option("--since <time>", "tell only decisions about changes from this day or moment on", readSince)
    .option("--until <time>", "tell only decisions about changes up to this day or moment", readUntil)
    .option("--all", "table: a row for every decision, clean ones too")
    .option(
      "--rule-pages <url>",
      "markdown, sarif, junit, html: link rules to their pages below this address (docs/rules), not to AWS's",
      readUrl,
    )
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
  const chosen = choosePolicy(options.policy);
  const policy = mode === undefined ? chosen.policy : withMode(chosen.policy, mode);
  const opened = await Promise.all((options.output ?? []).map(openOutput));
  const onTerminal = { write: writerTo(process.stdout), width: widthOf(process.stdout), paint: painter(process.stdout) };
  const world = new RecordedWorld();
  const witness = await witnessFor([options.format, ...opened.map(({ format }) => format)], world);
  const reports = [
    reportFor(paths, options, { ...chosen, witness }, onTerminal),
    ...opened.map(({ format, write }) => reportFor(paths, { ...options, format }, { ...chosen, witness }, { ...IN_FILE, write })),
  ];
  const report = together(await Promise.all(reports));
  const tally = new Tally();
  const progress = new Progress(process.stderr);
  const changes = changesIn(paths, {
    tally,
    onFile: (path, n, total) => progress.show(`reading ${n} of ${total}: ${path}`),
    onUnreadable: (unreadable) => report.unreadable(unreadable),
  });
  let failing = false;
  for await (const reviewed of review(changes, {
    policy,
    world,
    ...(witness !== undefined && { look: (changes, place) => witness.look(changes, place) }),
  })) {
    progress.clear();
    if (reviewed.kind === "ignored") tally.ignore(reviewed.reason);
    else if (reviewed.decision.change.at < since || reviewed.decision.change.at > until) tally.ignore("outside of --since and --until");
    else {
      tally.outcomes[reviewed.decision.outcome]++;
      failing ||= fails(reviewed.decision, failOn);
      await report.decided(reviewed.decision);
    }
  }
  progress.clear();
  await report.end(tally);
  for (const file of opened) await file.close();
  if (tally.unreadable > 0 && options.format !== "table") {
    await complain(`portcullis: ${tally.unreadable} unreadable, so not judged${options.format === "json" ? '; see "unreadable"' : ""}\n`);
  }
  if (tally.records === 0 && tally.unreadable > 0) {
    await complain(
      `error: nothing in ${paths.join(", ")} could be read: expected CloudTrail records; portcullis review --help says in what form\n`,
    );
    return 2;
  }
  return failing || (tally.unreadable > 0 && failOn !== "never") ? 1 : 0;
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

interface Reviewing extends ChosenPolicy {
  readonly witness: Witness | undefined;
}

// What only the page needs is loaded for it alone: the other formats start without.
async function witnessFor(formats: readonly Format[], world: RecordedWorld): Promise<Witness | undefined> {
  if (!formats.includes("html")) return undefined;
  const { Witness } = await import("../lib/report/html/witness.ts");
  return new Witness(world);
}

async function reportFor(
  paths: readonly string[],
  options: ReviewOptions,
  { policy, from, witness }: Reviewing,
  { write, width, paint }: Target,
): Promise<Report> {
  const { format, mode, all = false, failOn, rulePages } = options;
  const linked = { write, policy, ...(rulePages !== undefined && { rulePages }) };
  if (format === "jsonl") return jsonLines(write, writerTo(process.stderr));
  if (format === "json") return jsonDocument(write);
  if (format === "markdown") return markdown(linked);
  if (format === "sarif") return sarif({ ...linked, paths, version: portcullisVersion() });
  if (format === "junit") return junit({ ...linked, failOn });
  const subject = paths.length > MOST_PATHS ? `${paths.length} paths` : paths.join(", ");
  if (format === "html") {
    const { html } = await import("../lib/report/html/html.ts");
    const page = { ...linked, subject, policyName: `${from}, mode ${modeInWords(policy, mode)}`, version: portcullisVersion() };
    return html({ ...page, ...(witness !== undefined && { witness }) });
  }
  const command = `npx portcullis review ${paths.length > MOST_PATHS ? "PATH..." : paths.map(quote).join(" ")}`;
  return table({
    write,
    width,
    paint,
    all,
    heading: [
      { text: `Portcullis review of ${subject}`, style: "strong" },
      { text: `policy: ${from}, version ${policy.version}; mode: ${modeInWords(policy, mode)}`, style: "faint" },
    ],
    advice: ({ outcomes }) => [
      ...(outcomes["would-act"] > 0 && mode === undefined
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

// For a shell, as people would type it.
function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
