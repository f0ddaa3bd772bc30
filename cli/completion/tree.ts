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

/** What commander knows of a command, as its help shows it. A value that is called `file` or `path` is a file. */
export function completable(command: Command): Completable {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).map((child) => completable(child));
  const [operand] = help.visibleArguments(command);
  const operands = operand === undefined ? undefined : valuesOf(operand.name(), operand.argChoices);
  // What help explains are the commands beside it.
  const explained =
    command.name() === "help" && command.parent !== null ? command.parent.commands.map((sibling) => sibling.name()) : undefined;
  return {
    name: command.name(),
    summary: help.subcommandDescription(command),
    options: help.visibleOptions(command).map(optionOf),
    ...(explained !== undefined ? { operands: { kind: "words", words: explained } } : operands !== undefined && { operands }),
    commands,
  };
}

function optionOf(option: Option): CompletableOption {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const value = /[<[]([^\]>]+)[\]>]/.exec(option.flags)?.[1];
  return {
    names,
    description: option.description,
    repeatable: option.parseArg !== undefined && option.argChoices !== undefined && /=file$/.test(value ?? ""),
    ...(value !== undefined && { values: valuesOf(value, option.argChoices) }),
  };
}

function valuesOf(name: string, choices: readonly string[] | undefined): Values {
  const plain = name.replace(/\.\.\.$/, "");
  if (choices !== undefined) return { kind: plain.endsWith("=file") ? "words-with-file" : "words", words: choices };
  return { kind: /^(file|path|input)$/.test(plain) ? "files" : "unknown" };
}
