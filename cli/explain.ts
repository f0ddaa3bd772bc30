import { Command, Option } from "commander";
import { InputError } from "../lib/cloudtrail/containers.ts";
import { explainIn } from "../lib/guard/explaining/explain.ts";
import { judgesEgress } from "../lib/guard/judging/decide.ts";
import { compareSeverity } from "../lib/model/finding.ts";
import type { Direction } from "../lib/model/traffic.ts";
import { explainedJson } from "../lib/report/explained-json.ts";
import type { ExplainedReport } from "../lib/report/explained-report.ts";
import { explainedText } from "../lib/report/explained-text.ts";
import { readParameter } from "./cloudformation.ts";
import { type ExplainOptions, explainedSource } from "./explain-source.ts";
import { readAccount, readFolder, readRegion } from "./place-options.ts";
import { choosePolicy, policyOption } from "./policy-option.ts";
import { painter, widthOf, writerTo } from "./terminal.ts";

const WIDTH = 100;
const BOTH: readonly Direction[] = ["ingress", "egress"];

const HELP = `
Shows what the group lets in and out as sets - all of its rules together, prefix lists resolved - from where and by
which rules; what the policy says of each part and why; and the least edit of its rules that complies.
Nothing is changed.

GROUP is an id, sg-... With --from it may be a name or the address in a plan as well.

Without --from the group is read as it stands, with your credentials (AWS_PROFILE, AWS_REGION). They need
ec2:DescribeSecurityGroups and ec2:DescribeSecurityGroupRules and, for prefix lists,
ec2:DescribeManagedPrefixLists and ec2:GetManagedPrefixListEntries. A group of another account is read with
credentials of that account. Exceptions that were granted in Slack are kept by the deployed guard: ask it there,
/portcullis explain sg-...

With --from it is rebuilt from what "portcullis review" takes, and nothing is asked of AWS: CloudTrail records, or a
plan of Terraform or CloudFormation, where GROUP may be its address. What they do not show is not known, and said.

Exit code:
  0  nothing is forbidden, and all of it could be judged
  1  something is forbidden, or could not be judged (advice, of severity info, is neither)
  2  unusable options, input or policy; also when there is no such group, or it cannot be read

Examples:
  As it stands:
    $ portcullis explain sg-0a1b2c3d4e5f60718

  In another region, under a policy that is not in effect yet:
    $ portcullis explain sg-0a1b2c3d4e5f60718 --region eu-west-1 --policy stricter.yml

  By its name, as the records of a trail leave it:
    $ portcullis explain web --from AWSLogs

  As a Terraform plan leaves it, by its address:
    $ terraform plan -out plan.bin && terraform show -json plan.bin > plan.json
    $ portcullis explain module.web.aws_security_group.this --from plan.json --account 111122223333

  As CloudFormation or CDK makes it, by its logical id:
    $ portcullis explain WebSecurityGroup --from web.yml --parameter VpcId=vpc-0abc

  The edit as commands, with jq:
    $ portcullis explain sg-0a1b2c3d4e5f60718 --format json | jq -r '.edit.commands[]'
`;

/** `portcullis explain`: what a security group admits, and what the policy says of that. */
export function explainCommand(): Command {
  return new Command("explain")
    .summary("show what a security group admits, why that is allowed or not, and what would comply")
    .description("Shows what a security group admits, what the policy says of that and why, and the nearest edit that complies.")
    .argument("<group>", "the group: its id; with --from, its id, name or address")
    .option("--account <id>", "the account of the group; live, that of your credentials", readAccount)
    .option("--region <region>", "the region of the group; live, that of your environment", readRegion)
    .option("--from <path...>", "rebuild the group from these files or folders, or - for standard input, instead of asking AWS")
    .option("--configuration <folder>", "where a Terraform plan was made: the edit names file and line", readFolder)
    .option("--parameter <name=value>", "a parameter of CloudFormation templates; may be repeated", readParameter, new Map())
    .addOption(policyOption())
    .addOption(new Option("--format <format>", "how to tell it").choices(["text", "json"]).default("text"))
    .addHelpText("after", HELP)
    .action(async (group: string, options: ExplainOptions & { readonly format: "text" | "json" }) => {
      process.exitCode = await runExplain(group, options);
    });
}

async function runExplain(asked: string, { format, ...options }: ExplainOptions & { readonly format: "text" | "json" }): Promise<number> {
  const { policy, from } = choosePolicy(options.policy);
  const source = await explainedSource(asked, options, policy);
  const { world, id, account, region, seen, remarks, declared } = source;
  const at = new Date().toISOString();
  const explained = await source.reading(() => explainIn(id, { account, region }, { world, policy, at }));
  if (explained.kind === "gone") {
    throw new InputError(
      `${id} does not exist in account ${account}, ${region}: expected the id of a security group there. Try --region, or the credentials of its account`,
    );
  }
  if (explained.kind === "unknown") throw new InputError(`${id} could not be read: ${explained.why}`);
  // What a group sends is of no matter to rules that judge what it lets in.
  const open = source.open.filter(({ direction }) => direction !== "egress" || explained.ruling.rules.some(judgesEgress));
  const inPart = BOTH.filter((one) => explained.facts.partial || source.open.some(({ direction = one }) => direction === one));
  const report: ExplainedReport = {
    explained,
    policy,
    account,
    region,
    policyFrom: from,
    seen,
    remarks,
    open: open.map(({ needs }) => needs),
    knownInPart: new Set(inPart),
    ...(declared !== undefined && { declared }),
  };
  const text = format === "json" ? explainedJson(report) : explainedText(report, columns(), painter(process.stdout));
  await writerTo(process.stdout)(text);
  const { findings, notJudged } = explained.judgement;
  const isFound = findings.some(({ severity }) => compareSeverity(severity, "low") <= 0);
  const isOpen = notJudged.length > 0 || open.length > 0 || explained.guessed !== undefined;
  return isFound || isOpen ? 1 : 0;
}

// A table of four columns wants more than the usual 80 where nobody says how much there is.
function columns(): number {
  return process.stdout.columns === undefined && process.env.COLUMNS === undefined ? WIDTH : widthOf(process.stdout);
}
