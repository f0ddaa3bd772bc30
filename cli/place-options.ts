import { statSync } from "node:fs";
import { InvalidArgumentError } from "commander";

/** Reads `--account`. Throws commander's error. */
export function readAccount(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError("expected the 12 digits of an account id");
  return text;
}

/** Reads `--region`. Throws commander's error. */
export function readRegion(text: string): string {
  if (!/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text)) throw new InvalidArgumentError("expected a region such as eu-west-1");
  return text;
}

/** Reads the path of a folder. Throws commander's error for what is none. */
export function readFolder(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw new InvalidArgumentError("expected a folder that exists");
  return path;
}
