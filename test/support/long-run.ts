import { type ParseArgsConfig, parseArgs } from "node:util";

/** What a program that runs for long was asked for. */
type Asked<Options extends NonNullable<ParseArgsConfig["options"]>> = ReturnType<typeof parseArgs<{ options: Options }>>["values"];

/**
 * The options of this process; prints `help` where that is asked for, and what is wrong where it is asked for anything else, and
 * ends the process with 0 and 2.
 */
export function optionsOrHelp<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  help: string,
  options: Options,
): Asked<Options> {
  if (process.argv.includes("--help")) {
    process.stdout.write(help);
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values as Asked<Options>;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error), help);
  }
}

/** The number that an option says; ends the process with 2 where it says no whole number of `least` or more. */
export function wholeNumber(name: string, text: string, least: number, help: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least) return value;
  return refuse(`--${name} is "${text}": expected a whole number of ${least} or more`, help);
}

function refuse(message: string, help: string): never {
  process.stderr.write(`${message}\n\n${help}`);
  process.exit(2);
}
