import { Command } from "commander";
import { completionCommand } from "./completion.ts";
import { explainCommand } from "./explain.ts";
import { initCommand } from "./init.ts";
import { reviewCommand } from "./review.ts";
import { rulesCommand } from "./rules.ts";
import { sweepCommand } from "./sweep.ts";
import { portcullisVersion } from "./version.ts";

const HELP = `
Examples:
  Write a policy, proposed from what CloudTrail has recorded:
    $ portcullis init --from AWSLogs

  Judge 90 days of CloudTrail, and see what the guard would have left behind:
    $ portcullis review AWSLogs
    $ portcullis review AWSLogs --mode enforce

  See what another policy would close or leave instead:
    $ portcullis review AWSLogs --compare new.yml

  Judge a plan before it is merged:
    $ portcullis review plan.json --fail-on high

  See what a security group admits, why, and what would comply:
    $ portcullis explain sg-0a1b2c3d4e5f60718

  See what it looks for:
    $ portcullis rules

  Have the deployed guard judge every account as it stands:
    $ portcullis sweep --stage prod
`;

/** The command line, whole: nothing runs before it is given arguments. */
export function portcullisCommand(): Command {
  const program = new Command("portcullis")
    .description("Closes forbidden ingress in AWS, and reviews recorded and planned changes with the same rules.")
    .version(portcullisVersion(), "--version", "print the version")
    .addHelpText("after", HELP)
    // What an argument may be is said by its description: there may be dozens.
    .configureHelp({ argumentDescription: ({ description }) => description })
    .showHelpAfterError("(--help says more)")
    .exitOverride();
  for (const command of [
    initCommand(),
    reviewCommand(),
    explainCommand(),
    rulesCommand(),
    sweepCommand(),
    completionCommand(() => program),
  ]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}
