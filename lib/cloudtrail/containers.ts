import { messageOf } from "../messages/message-of.ts";
import { isFields } from "./fields.ts";
import { listFiles, readBytes, STDIN } from "./inputs.ts";
import { type Piece, type Skim, Splitter } from "./splitter.ts";
import { readWhole, release } from "./whole-file.ts";

export { InputError } from "./inputs.ts";

/**
 * One record, or why there is none, and where: the path (`-` is standard input) and the place among all elements of that
 * source, from 0.
 */
export type Sourced =
  | { readonly source: string; readonly index: number; readonly record: unknown }
  | { readonly source: string; readonly index: number; readonly reason: string };

export interface ReadOptions {
  /** Read for the path `-`; process.stdin unless given. */
  readonly stdin?: NodeJS.ReadableStream;
  /** Told before each file: its path, its number from 1, and how many there are. */
  readonly onFile?: (path: string, n: number, total: number) => void;
  /** Finds the end of an element that need not be parsed, on its raw JSON; `skim` of skim.ts does. */
  readonly skim?: Skim;
  /** Told how many elements were not parsed. */
  readonly onSkipped?: (count: number) => void;
}

/**
 * Every record of these files and folders, in constant memory: EventBridge events, single records, lists, JSON lines,
 * `{"Records":[...]}` and the output of `aws cloudtrail lookup-events`, plain or gzip. A source that is cut off, empty or
 * not JSON yields what is whole and then a reason. Throws InputError for a path that does not exist.
 */
export async function* readRecords(paths: readonly string[], options: ReadOptions = {}): AsyncGenerator<Sourced> {
  const unlisted: Sourced[] = [];
  const files = await listFiles(paths, (source, reason) => unlisted.push({ source, index: 0, reason }));
  yield* unlisted;
  for (const [n, source] of files.entries()) {
    options.onFile?.(source, n + 1, files.length);
    yield* readSource(source, options);
  }
}

/** Every record of one file, or of standard input, as `readRecords` has them. */
export async function* readSource(source: string, { stdin, skim, onSkipped }: ReadOptions): AsyncGenerator<Sourced> {
  let index = 0;
  const read = function* (pieces: readonly Piece[]): Generator<Sourced> {
    for (const piece of pieces) {
      if ("reason" in piece) yield { source, index: index++, reason: piece.reason };
      else if ("skipped" in piece || skim?.(piece.bytes, 0) === piece.bytes.length) {
        const count = "skipped" in piece ? piece.skipped : 1;
        index += count;
        onSkipped?.(count);
      } else {
        for (const found of parse(piece.bytes)) yield { source, index: index++, ...found };
      }
    }
  };
  const splitter = new Splitter(0, skim);
  const whole = source === STDIN ? undefined : readWhole(source);
  if (whole !== undefined) {
    yield* read(splitter.push(whole));
    yield* read(splitter.end());
    release(whole);
    return;
  }
  try {
    for await (const chunk of readBytes(source, stdin ?? process.stdin)) {
      yield* read(splitter.push(chunk));
      if (splitter.givenUp) return;
    }
  } catch (error) {
    // Told instead of the cut that it leaves in the JSON: it is the cause.
    yield { source, index: index++, reason: `cannot be read to its end: ${messageOf(error)}` };
    return;
  }
  yield* read(splitter.end());
}

function parse(bytes: Buffer): ({ record: unknown } | { reason: string })[] {
  try {
    return open(JSON.parse(bytes.toString("utf8")));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [{ reason: `not JSON: ${error.message}` }];
  }
}

// `lookup-events` keeps the record as text; a list of whole log files is what `jq -s` makes.
function open(value: unknown): { record: unknown }[] {
  if (isFields(value) && typeof value.CloudTrailEvent === "string") return [{ record: JSON.parse(value.CloudTrailEvent) }];
  if (isFields(value) && Array.isArray(value.Records)) return value.Records.flatMap(open);
  if (isFields(value) && Array.isArray(value.Events)) return value.Events.flatMap(open);
  return [{ record: value }];
}
