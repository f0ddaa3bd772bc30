import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundleService } from "../scripts/bundle.ts";
import { EMULATOR_ENV } from "../test/support/emulators.ts";
import { inTurn, report, time } from "./measure.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "..");
const ENV = {
  ...EMULATOR_ENV,
  PATH: process.env.PATH,
  LEDGER_TABLE: "bench",
  BUS_NAME: "bench",
  SELF_ROLE: "arn:aws:iam::111122223333:role/guard",
  AWS_LAMBDA_FUNCTION_NAME: "guard",
  QUEUE_URL: "http://127.0.0.1/queue",
  DEAD_LETTERS_URL: "http://127.0.0.1/dead-letters",
  CHANGES_QUEUE_ARN: "arn:aws:sqs:eu-west-1:111122223333:changes",
  SCHEDULER_ROLE: "arn:aws:iam::111122223333:role/scheduler",
  SCHEDULE_GROUP: "bench",
  REGIONS: "eu-west-1",
  DRILL_ACCOUNT: "111122223333",
  DRILL_REGION: "eu-west-1",
  DRILL_VPC: "vpc-1",
  DRILL_MINUTES: "1",
  SLACK_BOT_TOKEN_SECRET: "bench",
  SLACK_SIGNING_SECRET: "bench",
};

/** Sizes of the packaged functions, and what importing each costs over a Node process that imports nothing. */
export async function benchStart(): Promise<void> {
  const bundles = await bundleService(ROOT);
  const scratch = await mkdtemp(join(tmpdir(), "portcullis-bench-"));
  try {
    const empty = join(scratch, "empty.mjs");
    await writeFile(empty, "");
    for (const { name, file, bytes, cold } of bundles) {
      const start = (module: string) => () => time(() => run(process.execPath, [module], { env: ENV }));
      const { a, b, ratio } = await inTurn(15, start(file), start(empty));
      report(`${name}: bundle, of which a cold start loads`, `${(bytes / 1000).toFixed(0)} kB, ${(cold / 1000).toFixed(0)} kB`, "");
      report(
        `${name}: start with the bundle / bare Node`,
        `${a.toFixed(0)} ms / ${b.toFixed(0)} ms = ${ratio.toFixed(2)} x`,
        `${(a - b).toFixed(0)} ms over bare Node`,
      );
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
