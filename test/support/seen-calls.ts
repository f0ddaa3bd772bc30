import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
/** The folder of the last run, one for each checkout. Test files write to it from processes of their own: a file for each. */
const FOLDER = join(tmpdir(), `portcullis-calls-${createHash("sha256").update(ROOT).digest("hex").slice(0, 12)}`);

/** Where a call was seen: on an emulator, or on answers that a test sets as they are documented. */
type Place = "emulators" | "documented";
/**
 * `functions`: what a function of the packaged stack called, `guard dynamodb:PutItem`; `may`: what its role lets it call.
 * `incomplete`: why the run cannot tell what is never called.
 */
type Note = Place | "functions" | "may" | "incomplete";

const noted = new Set<string>();

/** Begins a new run; `incomplete` says why it will not see all calls, if so. */
export function beginRun(incomplete: string | undefined): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  if (incomplete !== undefined) note("incomplete", incomplete);
}

/** Notes that Portcullis' own code made a call, `ec2:DescribeVpcs`. What tests call to set something up is none of it. */
export function noteCall(place: Place, action: string): void {
  note(place, action);
}

/** Notes that a function of the packaged stack made a call, or may make it. */
export function noteFunction(kind: "functions" | "may", name: string, action: string): void {
  note(kind, `${name} ${action}`);
}

/** Notes that suites were skipped. */
export function noteSkipped(why: string): void {
  note("incomplete", why);
}

function note(kind: Note, line: string): void {
  if (noted.has(`${kind} ${line}`)) return;
  noted.add(`${kind} ${line}`);
  mkdirSync(FOLDER, { recursive: true });
  appendFileSync(join(FOLDER, `${kind}.${process.pid}`), `${line}\n`);
}

/** What the last run noted; undefined when there was none. */
export function seenInLastRun(): Readonly<Record<Note, ReadonlySet<string>>> | undefined {
  if (!existsSync(FOLDER)) return undefined;
  const linesOf = (kind: Note) => {
    const files = readdirSync(FOLDER).filter((file) => file.startsWith(`${kind}.`));
    return new Set(files.flatMap((file) => readFileSync(join(FOLDER, file), "utf8").split("\n")).filter((line) => line !== ""));
  };
  return {
    emulators: linesOf("emulators"),
    documented: linesOf("documented"),
    functions: linesOf("functions"),
    may: linesOf("may"),
    incomplete: linesOf("incomplete"),
  };
}
