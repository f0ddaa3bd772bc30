import { CommanderError } from "commander";
import { InputError } from "../lib/cloudtrail/containers.ts";
import { PolicyError } from "../lib/policy/problem.ts";
import { portcullisCommand } from "./commands.ts";

// 1 means that something was found; everything that kept the command from looking is 2.
const UNUSABLE = 2;

try {
  await portcullisCommand().parseAsync();
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
