import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { InputError } from "../lib/cloudtrail/containers.ts";
import { parsePolicy } from "../lib/policy/load.ts";
import { administrationForAll } from "../lib/proposal/admitted.ts";
import { AnswerError, type Answers, DEFAULT_OPEN, readChannel, readOffice, readOpen } from "../lib/proposal/answers.ts";
import { policyText } from "../lib/proposal/policy-text.ts";
import type { Proposal } from "../lib/proposal/propose.ts";
import { Tally } from "../lib/report/tally.ts";
import { changesIn } from "./changes.ts";
import { askAnswers } from "./init-questions.ts";
import { quote } from "./quote.ts";
import { ReviewProgress } from "./review-progress.ts";
import { writerTo } from "./terminal.ts";

interface InitOptions {
  readonly from?: readonly string[];
  readonly output: string;
  readonly force?: boolean;
  readonly office?: Answers["office"];
  readonly open?: Answers["open"];
  readonly channel?: string;
}

const HELP = `
Without --from it asks, where there is a terminal, for what no option says; Enter takes the default. Anywhere else
it takes options and defaults, and says so.

With --from it reads CloudTrail records, in any form that "portcullis review" reads, and proposes the networks and
ports that changes opened, each with the evidence as a comment: how many changes, in which groups, by whom, when.
Administration and ports behind which data is kept are never opened to the internet: they are written as comments.
Calls that failed are not evidence, nor are ModifySecurityGroupRules calls, which do not tell a direction.

The policy begins in dry-run, and is checked before it is written. The same input gives the same file.

Exit code:
  0  it was written
  2  unusable options or input, or the file exists already: --force overwrites it

Examples:
  From a few questions:
    $ portcullis init

  From ninety days of an organization's trail:
    $ portcullis init --from AWSLogs

  Without questions, beside a policy that exists:
    $ portcullis init --office "198.51.100.0/24, 2001:db8:42::/48" --open "tcp 443" --output proposed.yml
    $ portcullis review AWSLogs --compare proposed.yml
`;

/** `portcullis init`: writes a policy to begin with. */
export function initCommand(): Command {
  return new Command("init")
    .summary("write a policy to begin with")
    .description("Writes a commented policy, from a few questions or from what CloudTrail has recorded.")
    .option("--from <path...>", "propose from the records in these files and folders, or - for standard input")
    .option("--output <file>", "where to write it", "portcullis.yml")
    .option("--force", "overwrite the file if it exists")
    .option("--office <cidrs>", "the addresses of your offices and VPNs, between commas", reading(readOffice))
    .option("--open <services>", `what everybody may reach, or "none"; otherwise "${DEFAULT_OPEN}"`, reading(readOpen))
    .option("--channel <channel>", "the Slack channel for messages", reading(readChannel))
    .addHelpText("after", HELP)
    .action(async (options: InitOptions) => {
      process.exitCode = await runInit(options);
    });
}

function reading<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      if (error instanceof AnswerError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

async function runInit({ from, output, force = false, ...given }: InitOptions): Promise<number> {
  if (!force) refuseExisting(output);
  const say = writerTo(process.stderr);
  const asking = from === undefined && process.stdin.isTTY && process.stderr.isTTY;
  const answers = asking ? await askAnswers(given) : withDefaults(given);
  if (!asking && from === undefined) await say("portcullis: no terminal to ask at, so options and defaults are taken\n");
  const proposal = from === undefined ? undefined : await proposalFrom(from, say);
  const history = from?.map(quote).join(" ");
  const text = policyText({
    answers,
    file: quote(output),
    schema: schemaFor(output),
    ...(proposal !== undefined && { proposal }),
    ...(history !== undefined && { history }),
  });
  const opened = administrationForAll(parsePolicy(text, output));
  if (!opened.isEmpty()) throw new Error(`the policy would open ${opened}: this is a defect of portcullis init, and nothing was written`);
  await write(output, text, force);
  await writerTo(process.stdout)(`${written(output, proposal)}${next(output, history)}`);
  return 0;
}

function withDefaults({ office = [], open = readOpen(DEFAULT_OPEN), channel = "" }: Partial<Answers>): Answers {
  return { office, open, channel };
}

async function proposalFrom(paths: readonly string[], say: (text: string) => Promise<void>): Promise<Proposal> {
  // Nobody else needs them.
  const { History } = await import("../lib/proposal/history.ts");
  const { propose } = await import("../lib/proposal/propose.ts");
  const tally = new Tally();
  const history = new History();
  const progress = new ReviewProgress(process.stderr);
  let plans = 0;
  const changes = changesIn(paths, {
    tally,
    onFile: (path, n, total) => progress.show(tally.records, path, n, total),
    onUnreadable: async () => undefined,
    onLate: () => undefined,
    onPlan: () => void plans++,
  });
  for await (const change of changes) history.note(change);
  progress.clear();
  if (plans > 0 && tally.records === plans) {
    throw new InputError(`nothing in ${paths.join(", ")} but plans, which are no history: expected CloudTrail records`);
  }
  if (plans > 0) await say(`portcullis: ${plans === 1 ? "1 file is a plan" : `${plans} files are plans`}, no history: left out\n`);
  if (tally.unreadable > 0) await say(`portcullis: ${tally.unreadable} unreadable, so not looked at; portcullis review tells which\n`);
  if (tally.records === 0 && tally.unreadable > 0) {
    throw new InputError(`nothing in ${paths.join(", ")} could be read: expected CloudTrail records, as portcullis review reads them`);
  }
  return propose(history);
}

function refuseExisting(output: string): void {
  if (existsSync(output)) throw new InputError(`${output} exists: expected another --output, or --force to overwrite it`);
}

async function write(output: string, text: string, force: boolean): Promise<void> {
  try {
    if (!force) return await writeFile(output, text, { flag: "wx" });
    const beside = join(dirname(output), `.${process.pid}.portcullis.yml`);
    await writeFile(beside, text, { flag: "wx" });
    await rename(beside, output);
  } catch (error) {
    // Somebody may have written it while questions were asked.
    if (!force) refuseExisting(output);
    throw new InputError(
      `cannot write ${output} (${error instanceof Error ? error.message : error}): expected a file in a folder that exists`,
    );
  }
}

// The schema of an installed Portcullis where the policy's project has one, else beside the policy, as in Portcullis itself.
function schemaFor(output: string): string {
  const folder = dirname(resolve(output));
  const own = join(import.meta.dirname, "..", "portcullis.schema.json");
  const installed = relative(folder, own).split("\\").join("/");
  return installed.startsWith("node_modules/") ? `./${installed}` : "./portcullis.schema.json";
}

function written(output: string, proposal: Proposal | undefined): string {
  if (proposal === undefined) return `Wrote ${output}: mode dry-run.\n`;
  const { networks, open, administration, withheld } = proposal;
  return `Wrote ${output}: mode dry-run; ${networks.length} networks, ${open.length + administration.length} allowances, and ${withheld.length} left as comments for you to judge.\n`;
}

function next(output: string, history = "AWSLogs"): string {
  return `
What to do next
  Read it, and edit it        every proposal says on which evidence it stands
  See what it would close     portcullis review ${history} --policy ${quote(output)}
  Try another beside it       portcullis review ${history} --policy ${quote(output)} --compare other.yml
  Know the rules              portcullis rules --policy ${quote(output)}
`;
}
