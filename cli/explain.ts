import { Command, Option } from "commander";
import { InputError } from "../lib/cloudtrail/containers.ts";
import { type ExplainReads, explainIn, type Home } from "../lib/guard/explain.ts";
import { findGroup, type KnownGroup } from "../lib/guard/find-group.ts";
import type { Judgement } from "../lib/guard/judge.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { explainedJson } from "../lib/report/explained-json.ts";
import { type ExplainedReport, homeText } from "../lib/report/explained-report.ts";
import { explainedText } from "../lib/report/explained-text.ts";
import { visible } from "../lib/slack/text.ts";
import { groupsIn } from "./known-groups.ts";
import { readAccount, readRegion } from "./place-options.ts";
import { choosePolicy, policyOption } from "./policy-option.ts";
import { painter, widthOf, writerTo } from "./terminal.ts";

const WIDTH = 100;
const MOST_LISTED = 8;

interface ExplainOptions {
  readonly account?: string;
  readonly region?: string;
  readonly from?: readonly string[];
  readonly policy?: string;
  readonly format: "text" | "json";
}

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
Terraform plan, where GROUP may be its address. What they do not show is not known, and said.

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
    .addOption(policyOption())
    .addOption(new Option("--format <format>", "how to tell it").choices(["text", "json"]).default("text"))
    .addHelpText("after", HELP)
    .action(async (group: string, options: ExplainOptions) => {
      process.exitCode = await runExplain(group, options);
    });
}

async function runExplain(asked: string, options: ExplainOptions): Promise<number> {
  const { policy, from } = choosePolicy(options.policy);
  const place = options.from === undefined ? await live(asked, options) : await given(asked, options.from, options, policy);
  const { world, id, account, region, ...known } = place;
  const at = new Date().toISOString();
  const explained = await place.reading(() => explainIn(id, { account, region }, { world, policy, at }));
  if (explained.kind === "gone") {
    throw new InputError(
      `${id} does not exist in account ${account}, ${region}: expected the id of a security group there. Try --region, or the credentials of its account`,
    );
  }
  if (explained.kind === "unknown") throw new InputError(`${id} could not be read: ${explained.why}`);
  const report: ExplainedReport = { explained, policy, account, region, policyFrom: from, ...known };
  const text = options.format === "json" ? explainedJson(report) : explainedText(report, columns(), painter(process.stdout));
  await writerTo(process.stdout)(text);
  return known.open.length > 0 || isFound(explained.judgement) ? 1 : 0;
}

type Place = Home &
  Pick<ExplainReads, "world"> &
  Pick<ExplainedReport, "seen" | "remarks" | "open" | "declared"> & {
    readonly id: string;
    /** Reads, with errors that say what to do. */
    reading<Answer>(read: () => Promise<Answer>): Promise<Answer>;
  };

async function live(id: string, { account, region }: ExplainOptions): Promise<Place> {
  if (!/^sg-[0-9a-z]+$/.test(id)) {
    throw new InputError(`${id} is no id of a security group: expected sg-... Groups can be asked for by name with --from`);
  }
  // The SDK is loaded by those who use it.
  const { livePlace, unreachable, UnreachableError } = await import("../lib/wiring/explain.ts");
  const reading = async <Answer>(read: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await read();
    } catch (error) {
      const told = unreachable(error);
      throw told instanceof UnreachableError ? new InputError(`${id} was not read: ${told.message}`) : told;
    }
  };
  const place = await reading(() => livePlace({ ...(account !== undefined && { account }), ...(region !== undefined && { region }) }));
  return {
    ...place,
    id,
    seen: "as it stands",
    remarks: ["Exceptions granted in Slack are not looked at here."],
    open: [],
    reading,
  };
}

async function given(asked: string, paths: readonly string[], options: ExplainOptions, policy: Policy): Promise<Place> {
  const { account, region } = options;
  const { groups, wasDeleted } = await groupsIn(paths, options, policy);
  const here = groups.filter((group) => group.account === (account ?? group.account) && group.region === (region ?? group.region));
  const sought = findGroup(asked, here);
  if (sought.kind === "several") {
    throw new InputError(`${asked} is the name of ${sought.groups.length} groups: expected one of ${listOf(sought.groups)}`);
  }
  if (sought.kind === "none") {
    if (await wasDeleted(asked)) throw new InputError(`${asked} was deleted, as ${paths.join(", ")} tells`);
    const hint = sought.near === undefined ? "" : `did you mean ${visible(sought.near)}? `;
    const where = [account, region].filter((part) => part !== undefined).join(" ");
    const inPlace = where === "" ? "" : ` in ${where}`;
    throw new InputError(
      `${paths.join(", ")} tells of no group ${asked}${inPlace}: ${hint}${here.length === 0 ? "It tells of none there" : `expected one of ${listOf(here)}`}`,
    );
  }
  const { facts, account: home, region: there, world, seen, remarks, open, declared } = sought.group;
  return {
    id: facts.id,
    account: home,
    region: there,
    world,
    seen,
    remarks,
    open,
    ...(declared !== undefined && { declared }),
    reading: (read) => read(),
  };
}

function listOf(groups: readonly KnownGroup[]): string {
  const names = groups.slice(0, MOST_LISTED).map(({ facts, address, ...home }) => {
    const name = address ?? (facts.name === undefined ? facts.id : `${facts.id} (${facts.name})`);
    return visible(`${name} in ${homeText(home)}`);
  });
  const more = groups.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

// A table of four columns wants more than the usual 80 where nobody says how much there is.
function columns(): number {
  return process.stdout.columns === undefined && process.env.COLUMNS === undefined ? WIDTH : widthOf(process.stdout);
}

function isFound({ findings, notJudged }: Judgement): boolean {
  return notJudged.length > 0 || findings.some(({ severity }) => severity !== "info");
}
