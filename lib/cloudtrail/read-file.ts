import type { Change } from "../model/change.ts";
import { readSource } from "./containers.ts";
import { isFields } from "./fields.ts";
import { type Packed, pack } from "./packed.ts";
import { changesOf } from "./parse.ts";
import { skim } from "./skim.ts";
import { whyUnwatched } from "./unwatched.ts";

/** What a part of a file tells; plain data, so that it can go from one thread to another. */
export interface Batch {
  readonly packed: readonly Packed[];
  /** How many changes those are. */
  readonly changes: number;
  /** What could not be read: its place among all elements of the file, and why. */
  readonly unreadable: readonly { readonly index: number; readonly reason: string }[];
  /** Documents that are no records and may be plans, and why they are unreadable if they are not; not counted among the records. */
  readonly others: readonly { readonly index: number; readonly document: unknown; readonly reason: string }[];
  /** Records read, whatever became of them. */
  readonly records: number;
  /** How many records were ignored, by reason. */
  readonly ignored: ReadonlyMap<string, number>;
}

/** What a record that was not parsed is counted as. */
const NOT_WATCHED = "a call that is not watched";
// What Terraform's plans, the log of a run of it, and CloudFormation's templates and change sets have at their root.
const PLANNED = ["format_version", "@message", "Resources", "TemplateBody", "Changes"];
const LARGEST_BATCH = 500;

/** What a file, or standard input (`-`), tells, part by part in its order; the last part may be empty. */
export async function* readFile(path: string, stdin?: NodeJS.ReadableStream): AsyncGenerator<Batch> {
  let batch = new Gathered();
  const options = { skim, onSkipped: (count: number) => batch.skip(count), ...(stdin !== undefined && { stdin }) };
  for await (const found of readSource(path, options)) {
    if ("reason" in found) batch.unreadable.push({ index: found.index, reason: found.reason });
    else batch.take(found.index, found.record);
    if (batch.changes.length + batch.unreadable.length < LARGEST_BATCH) continue;
    yield batch.done();
    batch = new Gathered();
  }
  yield batch.done();
}

class Gathered {
  readonly changes: Change[] = [];
  readonly unreadable: { index: number; reason: string }[] = [];
  readonly others: { index: number; document: unknown; reason: string }[] = [];
  records = 0;
  readonly ignored = new Map<string, number>();

  skip(count: number): void {
    this.records += count;
    this.ignore(NOT_WATCHED, count);
  }

  take(index: number, record: unknown): void {
    const parsed = changesOf(record, whyUnwatched);
    if (parsed.kind === "unreadable" && mayBePlanned(record)) {
      this.others.push({ index, document: record, reason: parsed.reason });
      return;
    }
    this.records++;
    if (parsed.kind === "changes") this.changes.push(...parsed.changes);
    else if (parsed.kind === "ignored") this.ignore(parsed.reason, 1);
    else this.unreadable.push({ index, reason: parsed.reason });
  }

  done(): Batch {
    const { changes, unreadable, others, records, ignored } = this;
    return { packed: pack(changes), changes: changes.length, unreadable, others, records, ignored };
  }

  private ignore(reason: string, count: number): void {
    this.ignored.set(reason, (this.ignored.get(reason) ?? 0) + count);
  }
}

function mayBePlanned(record: unknown): boolean {
  return isFields(record) && PLANNED.some((key) => Object.hasOwn(record, key));
}
