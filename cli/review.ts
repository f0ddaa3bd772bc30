import { Command, InvalidArgumentError, Option } from "commander";
import { type Reviewed, review, withMode } from "../lib/guard/review.ts";
import type { Decision } from "../lib/model/decision.ts";
import { compareSeverity, SEVERITIES, type Severity } from "../lib/model/finding.ts";
import type { Plan } from "../lib/planned/plan.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { jsonDocument, jsonLines } from "../lib/report/json.ts";
import type { Report } from "../lib/report/report.ts";
import { table } from "../lib/report/table.ts";
import { Tally } from "../lib/report/tally.ts";
import { RecordedWorld } from "../lib/worlds/recorded.ts";
import { changesIn } from "./changes.ts";
import { plansOf, readParameter, takeTemplates } from "./cloudformation.ts";
import { readSince, readUntil } from "./moment.ts";
import { readAccount, readRegion } from "./place-options.ts";
import { type ChosenPolicy, choosePolicy, policyOption } from "./policy-option.ts";
import { Progress, painter, widthOf, writerTo } from "./terminal.ts";

const MOST_PATHS = 4;

interface ReviewOptions {
  readonly policy?: string;
  readonly format: "table" | "json" | "jsonl";
  readonly mode?: "dry-run" | "enforce";
  readonly failOn: Severity | "never";
  readonly since?: string;
  readonly until?: string;
  readonly account?: string;
  readonly region?: string;
  readonly parameter: ReadonlyMap<string, string>;
  readonly all?: boolean;
}

const HELP = `
PATH is a file or folder with CloudTrail records in any of its containers, plain or gzip - log files
as CloudTrail leaves them in S3, EventBridge events, lists, JSON lines, the output of
"aws cloudtrail lookup-events" - or - for standard input. Their order does not matter. So is a file
with a Terraform or OpenTofu plan, the output of "terraform show -json": judged is what it changes,
as the guard would judge it once it is applied. And so are a CloudFormation template, in YAML or JSON,
the output of "aws cloudformation describe-change-set", best with --include-property-values or beside
its template, and the folder cdk.out.

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

  What will a Terraform plan open?
    $ terraform plan -out plan.bin && terraform show -json plan.bin > plan.json
    $ portcullis review plan.json --account 111122223333

  What will CDK deploy, or a CloudFormation template or change set?
    $ npx cdk synth && portcullis review cdk.out
    $ portcullis review web.yml --region eu-west-1 --parameter VpcId=vpc-0abc
    $ aws cloudformation describe-change-set --include-property-values \\
        --stack-name web --change-set-name next > next.json && portcullis review next.json web.yml

  From the API, without a trail:
    $ aws cloudtrail lookup-events --lookup-attributes \\
        AttributeKey=EventName,AttributeValue=AuthorizeSecurityGroupIngress | portcullis review -
`;

/** `portcullis review`: judges recorded changes as the guard would have. */
export function reviewCommand(): Command {
  return new Command("review")
    .summary("judge recorded CloudTrail events, or a Terraform or CloudFormation plan, as the guard would")
    .description(
      "Judges the changes that CloudTrail recorded as the guard would have, each with what was known at its time, and those that a plan is about to make.",
    )
    .argument("<path...>", "files, folders, or - for standard input")
    .addOption(policyOption())
    .addOption(new Option("--format <format>", "how to tell it").choices(["table", "json", "jsonl"]).default("table"))
    .addOption(
      new Option("--mode <mode>", "instead of the policy's modes; enforce is simulated: later events meet what it left").choices([
        "dry-run",
        "enforce",
      ]),
    )
    .option("--fail-on <severity>", `exit with 1 from this severity on: ${SEVERITIES.join(", ")} or never`, readFailOn, "low")
    .option("--since <time>", "tell only decisions about changes from this day or moment on", readSince)
    .option("--until <time>", "tell only decisions about changes up to this day or moment", readUntil)
    .option("--account <id>", "the account of plans that do not tell it", readAccount)
    .option("--region <region>", "the region of plans that do not tell it", readRegion)
    .option("--parameter <name=value>", "a parameter of CloudFormation templates; may be repeated", readParameter, new Map())
    .option("--all", "table: a row for every decision, clean ones too")
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

async function runReview(paths: readonly string[], options: ReviewOptions): Promise<number> {
  const { since = "", until = "9999", failOn, mode } = options;
  const complain = writerTo(process.stderr);
  if (since > until) {
    await complain(`error: --since ${since} is after --until ${until}: expected the earlier one first\n`);
    return 2;
  }
  const chosen = choosePolicy(options.policy);
  const policy = mode === undefined ? chosen.policy : withMode(chosen.policy, mode);
  const tally = new Tally();
  const plans: Sourced[] = [];
  // Enforcing is simulated for what was recorded alone.
  const report = reportFor(paths, options, chosen, () => tally.records > plans.length);
  const progress = new Progress(process.stderr);
  const deployment = { ...placeIn(options), parameters: (name: string) => options.parameter.get(name) };
  const { others, ...given } = await takeTemplates(paths);
  for (const found of await plansOf(given, deployment)) {
    if ("reason" in found) {
      tally.unreadable++;
      await report.unreadable({ source: found.source, index: 0, reason: found.reason });
      continue;
    }
    tally.records++;
    plans.push(found);
  }
  const changes = changesIn(others, {
    tally,
    onFile: (path, n, total) => progress.show(`reading ${n} of ${total}: ${path}`),
    onUnreadable: (unreadable) => report.unreadable(unreadable),
    onPlan: (plan, source) => plans.push({ plan, source }),
    deployment,
  });
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

type Sourced = { readonly plan: Plan; readonly source: string };

function placeIn({ account, region }: ReviewOptions): { account?: string; region?: string } {
  return { ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
}

async function* plannedBy(plans: readonly Sourced[], policy: Policy, options: ReviewOptions): AsyncGenerator<Reviewed> {
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
      // A stack that tells its place is not moved; the others were told it when they were read.
      ...(plan.source === "terraform" && placeIn(options)),
    });
  }
}

function fails({ outcome, findings }: Decision, failOn: Severity | "never"): boolean {
  if (failOn === "never" || outcome === "clean" || outcome === "excepted") return false;
  return findings.some(({ severity }) => compareSeverity(severity, failOn) <= 0);
}

function reportFor(
  paths: readonly string[],
  { format, mode, all = false }: ReviewOptions,
  { policy, from }: ChosenPolicy,
  recorded: () => boolean,
): Report {
  const write = writerTo(process.stdout);
  if (format === "jsonl") return jsonLines(write, writerTo(process.stderr));
  if (format === "json") return jsonDocument(write);
  const command = `npx portcullis review ${paths.length > MOST_PATHS ? "PATH..." : paths.map(quote).join(" ")}`;
  return table({
    write,
    width: widthOf(process.stdout),
    paint: painter(process.stdout),
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

// For a shell, as people would type it.
function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
