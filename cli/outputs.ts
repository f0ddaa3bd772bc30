import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { InvalidArgumentError } from "commander";
import { InputError } from "../lib/cloudtrail/containers.ts";
import type { Write } from "../lib/report/report.ts";
import { writerTo } from "./terminal.ts";

export const FORMATS = ["table", "json", "jsonl", "markdown", "sarif", "junit", "html"] as const;
export type Format = (typeof FORMATS)[number];

/** A report that goes to a file. */
export interface Output {
  readonly format: Format;
  readonly file: string;
}

/** Reads one `FORMAT=FILE` more. Throws InvalidArgumentError. */
export function readOutput(text: string, before: readonly Output[] = []): readonly Output[] {
  const [, name, file] = /^([^=]*)=(.+)$/s.exec(text) ?? [];
  const format = FORMATS.find((one) => one === name);
  if (format === undefined || file === undefined) {
    throw new InvalidArgumentError(`expected FORMAT=FILE with one of ${FORMATS.join(", ")}, such as sarif=portcullis.sarif`);
  }
  if (before.some((other) => other.file === file))
    throw new InvalidArgumentError(`${file} is named twice: expected a file of its own for each`);
  return [...before, { format, file }];
}

/** A file that is open, empty, and to be closed. */
export interface OpenFile extends Output {
  readonly write: Write;
  close(): Promise<void>;
}

/** Opens the file anew, so that what an earlier run wrote is never taken for this one's. Throws InputError where that cannot be. */
export async function openOutput(output: Output): Promise<OpenFile> {
  const stream = createWriteStream(output.file);
  await once(stream, "open").catch((error: Error) => {
    throw new InputError(`cannot write ${output.file} (${error.message}): expected --output FORMAT=FILE in a folder that exists`);
  });
  return {
    ...output,
    write: writerTo(stream),
    close: async () => {
      stream.end();
      await once(stream, "close");
    },
  };
}
