import { styleText } from "node:util";
import type { Paint, Style } from "../lib/report/layout.ts";
import type { Write } from "../lib/report/report.ts";
import { visible } from "../lib/slack/text.ts";

type Format = Parameters<typeof styleText>[0];

const FORMATS: Readonly<Record<Style, Format>> = {
  strong: "bold",
  faint: "gray",
  good: "green",
  warning: "yellow",
  bad: "red",
  worst: ["bold", "red"],
  notice: "cyan",
};

const DEFAULT_WIDTH = 80;
// What a shell reports for a program whose reader went away (128 + SIGPIPE): neither clean nor a finding.
const BROKEN_PIPE = 141;
const UNUSABLE = 2;
const PROGRESS_PAUSE = 80;

/** Colours where the stream is a terminal that wants them: NO_COLOR and FORCE_COLOR decide otherwise. */
export function painter(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(FORMATS[style], text, { stream, validateStream: true });
}

/** The width of the terminal; COLUMNS, or 80, where there is none. */
export function widthOf(stream: NodeJS.WriteStream): number {
  const asked = Number(process.env.COLUMNS);
  return stream.columns ?? (Number.isInteger(asked) && asked > 0 ? asked : DEFAULT_WIDTH);
}

/** Writes and waits while the reader is behind. A reader that has gone away, as `head` does, ends the program quietly. */
export function writerTo(stream: NodeJS.WritableStream): Write {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(BROKEN_PIPE);
    process.stderr.write(`error: cannot write: ${error.message}\n`);
    process.exit(UNUSABLE);
  });
  return (text) =>
    new Promise((resolve) => {
      if (stream.write(text)) resolve();
      else stream.once("drain", resolve);
    });
}

/** One line on a terminal that says how far reading is; nothing anywhere else. */
export class Progress {
  private readonly stream: NodeJS.WriteStream;
  private shownAt = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  show(text: string): void {
    const now = performance.now();
    if (!this.stream.isTTY || now - this.shownAt < PROGRESS_PAUSE) return;
    this.shownAt = now;
    this.stream.write(`\r\x1b[2K${visible(text).slice(0, this.stream.columns - 1)}`);
  }

  clear(): void {
    if (this.shownAt > 0) this.stream.write("\r\x1b[2K");
    this.shownAt = 0;
  }
}
