import type { Completable, CompletableOption, Values } from "./tree.ts";

/** A script for fish. */
export function fishCompletion({ name, options, commands }: Completable): string {
  const names = commands.map((command) => command.name).join(" ");
  const begin = `complete -c ${name}`;
  const first = `-n ${quote(`not __fish_seen_subcommand_from ${names}`)}`;
  const lines = [
    ...options.map((option) => `${begin} ${first} ${optionOf(option)}`),
    ...commands.map((command) => `${begin} ${first} -f -a ${command.name} -d ${quote(command.summary)}`),
    ...commands.flatMap((command) => {
      const here = `${begin} -n ${quote(`__fish_seen_subcommand_from ${command.name}`)}`;
      const operands = command.operands;
      const offered = operands === undefined || operands.kind === "files" ? [] : [`${here} ${valuesOf(operands).replace(/^-x /, "-f ")}`];
      return [
        ...(operands?.kind === "files" ? [`${here} -F`] : offered),
        ...command.options.map((option) => `${here} ${optionOf(option)}`),
      ];
    }),
  ];
  return `# Completes ${name} in fish: ${name} completion fish | source\n${begin} -f\n${lines.join("\n")}\n`;
}

function optionOf({ names, description, values }: CompletableOption): string {
  const flags = names.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(" ");
  return `${flags}${values === undefined ? " -f" : ` ${valuesOf(values)}`} -d ${quote(description)}`;
}

function valuesOf(values: Values): string {
  if (values.kind === "files") return "-r -F";
  if (values.kind === "unknown") return "-x";
  // After the = comes a file, and fish has the word before it in hand.
  const tail = values.kind === "words-with-file" ? "=" : "";
  const words = values.words.map((word) => `${word}${tail}`).join(" ");
  return values.kind === "words" ? `-x -a ${quote(words)}` : `-r -F -a ${quote(words)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
