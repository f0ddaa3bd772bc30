import { Argument, Command } from "commander";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { completable } from "./completion/tree.ts";
import { zshCompletion } from "./completion/zsh.ts";
import { writerTo } from "./terminal.ts";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
type Shell = keyof typeof SHELLS;

const HELP = `
The script is written from the commands and options of this very version. It completes commands, options,
formats, severities, rules and files.

Exit code:
  0  it was printed
  2  unusable options

Examples:
  In the shell that is open:
    $ source <(portcullis completion bash)

  In every bash, and in every zsh whose fpath has this folder:
    $ portcullis completion bash > ~/.local/share/bash-completion/completions/portcullis
    $ portcullis completion zsh > ~/.zfunc/_portcullis

  In every fish:
    $ portcullis completion fish > ~/.config/fish/completions/portcullis.fish
`;

/** `portcullis completion`: prints a script by which a shell completes the commands of `root`. */
export function completionCommand(root: () => Command): Command {
  return new Command("completion")
    .summary("print a script for your shell that completes commands")
    .description("Prints a script by which your shell completes commands, options and their values.")
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(Object.keys(SHELLS)))
    .addHelpText("after", HELP)
    .action(async (shell: Shell) => {
      await writerTo(process.stdout)(SHELLS[shell](completable(root())));
    });
}
