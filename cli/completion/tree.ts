import type { Command, Option } from "commander";

/** What may stand in one place: one of these words, a word with `=` and a file after it, a file, or what no shell can know. */
export type Values =
  | { readonly kind: "words" | "words-with-file"; readonly words: readonly string[] }
  | { readonly kind: "files" }
  | { readonly kind: "unknown" };

export interface CompletableOption {
  /** `--format`, and `-f` where there is one. */
  readonly names: readonly string[];
  readonly description: string;
  readonly repeatable: boolean;
  /** Absent for an option without a value. */
  readonly values?: Values;
}

/** A command as far as completing it goes. */
export interface Completable {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletableOption[];
  /** What its arguments may be; absent where it takes none. */
  readonly operands?: Values;
  readonly commands: readonly Completable[];
}

/** What commander knows of a command, as its help shows it. A value that is called `file`, `folder` or `path` is a file. */
export function completable(command: Command): Completable {
  const help = command.createHelp();
  const own = command.commands.map((child) => child.name());
  const commands = help.visibleCommands(command).map((child): Completable => {
    const completed = completable(child);
    // The help that commander adds explains the commands beside it.
    return own.includes(child.name()) ? completed : { ...completed, operands: { kind: "words", words: own } };
  });
  const options = help.visibleOptions(command);
  const [operand] = help.visibleArguments(command);
  // Words that follow an option which takes several are of the same kind.
  const several = options.find((option) => option.variadic);
  const operands =
    operand !== undefined ? valuesOf(operand.name(), operand.argChoices) : several !== undefined ? optionOf(several).values : undefined;
  return {
    name: command.name(),
    summary: help.subcommandDescription(command),
    options: options.map(optionOf),
    ...(operands !== undefined && { operands }),
    commands,
  };
}

function optionOf(option: Option): CompletableOption {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const value = /[<[]([^\]>]+)[\]>]/.exec(option.flags)?.[1];
  return {
    names,
    description: option.description,
    repeatable: option.variadic || /=file$/.test(value ?? ""),
    ...(value !== undefined && { values: valuesOf(value, option.argChoices) }),
  };
}

function valuesOf(name: string, choices: readonly string[] | undefined): Values {
  const plain = name.replace(/\.\.\.$/, "");
  if (choices !== undefined) return { kind: plain.endsWith("=file") ? "words-with-file" : "words", words: choices };
  return { kind: /^(file|folder|path)$/.test(plain) ? "files" : "unknown" };
}
