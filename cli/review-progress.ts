import { WINDOW_HOURS } from "../lib/cloudtrail/windows.ts";
import { count, number } from "../lib/report/summary.ts";
import { Progress } from "./terminal.ts";

// Where nobody watches, one line now and then shows that it goes on.
const QUIET_PAUSE = 60_000;

/** How far a review is: files done, records, their rate, and the time that is left at the rate of the files. */
export class ReviewProgress {
  private readonly stream: NodeJS.WriteStream;
  private readonly line: Progress;
  private readonly startedAt = performance.now();
  private saidAt = performance.now();

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
    this.line = new Progress(stream);
  }

  show(records: number, path: string, n: number, total: number): void {
    const now = performance.now();
    if (this.stream.isTTY) this.line.show(describeProgress(records, n, total, now - this.startedAt, path));
    else if (now - this.saidAt >= QUIET_PAUSE) {
      this.saidAt = now;
      this.stream.write(`portcullis: ${describeProgress(records, n, total, now - this.startedAt)}\n`);
    }
  }

  clear(): void {
    this.line.clear();
  }
}

/** How far reading is, `took` milliseconds after it began: `12 of 900 files, 1,504 records, 800 a second, 2 min left`. */
export function describeProgress(records: number, n: number, total: number, took: number, path?: string): string {
  const rate = took > 0 ? Math.round((records * 1000) / took) : 0;
  // The first files are no measure for the rest.
  const left = n > 1 && took > 1000 ? `, ${describeTime((took / (n - 1)) * (total - n + 1))} left` : "";
  return `${number(n)} of ${count(total, "file")}, ${count(records, "record")}, ${number(rate)} a second${left}${path === undefined ? "" : `: ${path}`}`;
}

function describeTime(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What is said about changes that came after their window. */
export function describeLate(late: number): string {
  const what = late === 1 ? "it was made, so it was judged" : "they were made, so each was judged";
  return `portcullis: ${count(late, "change")} came more than ${WINDOW_HOURS} hours after ${what} when it came\n`;
}
