import { randomUUID } from "node:crypto";
import { Command } from "commander";
import type { SweepRequest } from "../lib/guard/records/sweep-record.ts";
import { readAccount, readRegion } from "./place-options.ts";
import { writerTo } from "./terminal.ts";

interface SweepOptions {
  readonly account?: string;
  readonly region?: string;
  readonly stage: string;
  readonly queue?: string;
}

const HELP = `
The deployed sweep judges everything in these accounts and regions by the policy that it was deployed with, acts
where the policy says enforce, and tells in Slack what is new. It does so by itself every hour, and after each change
of the policy.

Needs credentials and the region of the hub account (AWS_PROFILE, AWS_REGION), and sqs:SendMessage on its queue.

Exit code:
  0  it was asked; the log of the function portcullis-STAGE-sweep tells what it found
  2  it could not be asked

Examples:
  Everything, now:
    $ portcullis sweep --stage prod

  One account in all its regions, after its member stack was deployed:
    $ portcullis sweep --stage prod --account 111122223333
`;

/** `portcullis sweep`: asks the deployed guard to judge accounts and regions as they stand. */
export function sweepCommand(): Command {
  return new Command("sweep")
    .summary("have the deployed guard judge accounts as they stand")
    .description("Asks the deployed guard to judge accounts and regions as they stand.")
    .option("--account <id>", "this account only, instead of all of the organization", readAccount)
    .option("--region <region>", "this region only, instead of all that the hub sweeps", readRegion)
    .option("--stage <stage>", "the stage that the hub was deployed as", "dev")
    .option("--queue <queue>", "the name or URL of the hub's queue for sweeps, instead of portcullis-STAGE-sweeps")
    .addHelpText("after", HELP)
    .action(async (options: SweepOptions) => {
      process.exitCode = await runSweep(options);
    });
}

async function runSweep({ account, region, stage, queue = `portcullis-${stage}-sweeps` }: SweepOptions): Promise<number> {
  // The SDK is loaded by those who use it.
  const { askOnce, SweepQueueError } = await import("../lib/aws/sqs/sweep-queue.ts");
  const request: SweepRequest = { run: randomUUID(), at: new Date().toISOString(), account, region };
  try {
    await askOnce(queue, request);
  } catch (error) {
    if (!(error instanceof SweepQueueError)) throw error;
    await writerTo(process.stderr)(`error: ${error.message}\n`);
    return 2;
  }
  const what = account === undefined ? "every account" : `account ${account}`;
  await writerTo(process.stdout)(
    `Asked ${queue} to sweep ${what} in ${region ?? "all regions of the hub"} (run ${request.run}).\n` +
      `Follow it: aws logs tail /aws/lambda/portcullis-${stage}-sweep --since 5m --filter-pattern '"${request.run}"'\n`,
  );
  return 0;
}
