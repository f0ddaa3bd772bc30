import { Command, InvalidArgumentError, Option } from "commander";
import { SEVERITIES, type Severity } from "../lib/model/finding.ts";
import { readParameter } from "./cloudformation.ts";
import { jobsOption } from "./jobs-option.ts";
import { readSince, readUntil } from "./moment.ts";
import { FORMATS, readOutput } from "./outputs.ts";
import { readAccount, readFolder, readRegion } from "./place-options.ts";
import { policyOption } from "./policy-option.ts";
import type { ReviewOptions } from "./review-options.ts";
import { runReview } from "./review-run.ts";

const HELP = `
PATH is a file or folder with CloudTrail records in any of its containers, plain or gzip - log files as CloudTrail
leaves them in S3, EventBridge events, lists, JSON lines, the output of "aws cloudtrail lookup-events" - or - for
standard input. Their order does not matter. Years of log files as CloudTrail names them are read in the order of
their delivery, in constant memory with --format jsonl; anything else is sorted first, with a folder of temporary
files (TMPDIR) where it does not fit into memory.

So is a file with a Terraform or OpenTofu plan, the output of "terraform show -json": judged is what it changes, as
the guard would judge it once it is applied. And so are a CloudFormation template, in YAML or JSON, the output of
"aws cloudformation describe-change-set", best with --include-property-values or beside its template, and the folder
cdk.out.

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
    $ portcullis review plan.json --configuration . --account 111122223333

  What will CDK deploy, or a CloudFormation template or change set?
    $ npx cdk synth && portcullis review cdk.out
    $ portcullis review web.yml --region eu-west-1 --parameter VpcId=vpc-0abc
    $ aws cloudformation describe-change-set --include-property-values \\
        --stack-name web --change-set-name next > next.json && portcullis review next.json web.yml

  For a pull request, in one run: what people read here, code scanning, and a comment:
    $ portcullis review AWSLogs --output sarif=portcullis.sarif --output markdown=comment.md

  The same, where the pull request has a review of each environment:
    $ portcullis review prod.plan.json --output markdown=comment.md --comment-id prod

  A page to search, with drawings, that needs no server:
    $ portcullis review AWSLogs --format html > review.html

  From the API, without a trail:
    $ aws cloudtrail lookup-events --lookup-attributes \\
        AttributeKey=EventName,AttributeValue=AuthorizeSecurityGroupIngress | portcullis review -
`;

/** `portcullis review`: judges recorded and planned changes as the guard would. */
export function reviewCommand(): Command {
  return new Command("review")
    .summary("judge recorded CloudTrail events, or a Terraform or CloudFormation plan, as the guard would")
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
    .option("--configuration <folder>", "where a Terraform plan was made: findings name file and line", readFolder)
    .option("--parameter <name=value>", "a parameter of CloudFormation templates; may be repeated", readParameter, new Map())
    .addOption(jobsOption())
    .option("--all", "table: a row for every decision, clean ones too")
    .option(
      "--rule-pages <url>",
      "markdown, sarif, junit, html: link rules to their pages below this address (docs/rules), not to AWS's",
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
