import { Command, CommanderError } from "commander";
import { InputError } from "../lib/cloudtrail/containers.ts";
import { PolicyError } from "../lib/policy/problem.ts";
import { explainCommand } from "./explain.ts";
import { reviewCommand } from "./review.ts";
import { rulesCommand } from "./rules.ts";
import { sweepCommand } from "./sweep.ts";

const HELP = `
Examples:
  $ portcullis review AWSLogs                   judge 90 days of CloudTrail
  $ portcullis review AWSLogs --mode enforce    and what the guard would have left behind
  $ portcullis review AWSLogs --compare new.yml and what another policy would close or leave instead
  $ portcullis explain sg-0a1b2c3d4e5f60718     what a security group admits, why, and what would comply
  $ portcullis rules                            what it looks for
  $ portcullis sweep --stage prod               have the deployed guard judge every account as it stands
`;

const program = new Command("portcullis")
  .description("Closes forbidden ingress in AWS, and reviews recorded changes with the same rules.")
  .addHelpText("after", HELP)
  .showHelpAfterError("(--help says more)");
for (const command of [reviewCommand(), explainCommand(), rulesCommand(), sweepCommand()]) {
  program.addCommand(command.copyInheritedSettings(program));
}

// 1 means that something was found; everything that kept the command from looking is 2.
const UNUSABLE = 2;

try {
  program.exitOverride();
  for (const command of program.commands) command.exitOverride();
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has told it already, and help that was asked for is no error.
    process.exitCode = error.exitCode === 0 ? 0 : UNUSABLE;
  } else if (error instanceof PolicyError || error instanceof InputError) {
    process.stderr.write(`${error instanceof InputError ? "error: " : ""}${error.message}\n`);
    process.exitCode = UNUSABLE;
  } else {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = UNUSABLE;
  }
}
