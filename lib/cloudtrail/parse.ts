import { type Change, nounOf } from "../model/change.ts";
import { WATCHED_SOURCES, type WatchedCall, watchedCall } from "./calls.ts";
import { type Fields, isFields, textOf, UnreadableError } from "./fields.ts";
import { type Call, readCall, refuseForged, unwrap, type Wrapped } from "./record.ts";
import type { Shape } from "./shape.ts";

/** What a record says: changes; nothing that is watched, and why; or that it cannot be read, and why. */
export type Parsed =
  | { readonly kind: "changes"; readonly changes: Change[] }
  | { readonly kind: "ignored"; readonly reason: string }
  /** `forged`: it says two things about where it comes from, and is not to be trusted. */
  | { readonly kind: "unreadable"; readonly reason: string; readonly forged?: true };

/**
 * Reads a CloudTrail record, bare or inside its EventBridge event. Never throws: what cannot be read is `unreadable`
 * and must not be taken for clean. A failed call yields changes with `failed` set, or is ignored; it is unreadable only
 * where it may be forged. `explain` tells why a call is not watched, by its name; the guard, which hears of watched calls
 * only, does not carry the reasons.
 */
export function changesOf(value: unknown, explain?: (call: string) => string): Parsed {
  if (!isFields(value)) return unreadable(`not a CloudTrail record: expected an object, found ${describeType(value)}`);
  const wrapped = unwrap(value);
  const source = textOf(wrapped.record.eventSource);
  const name = textOf(wrapped.record.eventName);
  if (source === undefined || name === undefined) return readOther(value, wrapped);
  const watched = watchedCall(source, name);
  if (watched === undefined) return ignored(whyIgnored(wrapped.record, source, name, explain));
  if (isTrue(wrapped.record.readOnly) && watched.reads !== true) return ignored(`${name} is marked as read-only`);
  try {
    refuseForged(wrapped);
  } catch (error) {
    return { kind: "unreadable", reason: reasonOf(error, name), forged: true };
  }
  const failed = textOf(wrapped.record.errorCode);
  return failed === undefined ? readDone(wrapped, watched) : readFailed(wrapped, watched, failed);
}

function readDone(wrapped: Wrapped, { name, shape }: WatchedCall): Parsed {
  try {
    const call = readCall(wrapped);
    if (shape.matters?.(call) === false) return ignored(`${name} did nothing that is watched`);
    const subjects = shape.subjects(call);
    if (subjects.length === 0) throw new UnreadableError(`it names no ${nounOf(shape.kind)} id, neither in its request nor in its answer`);
    const details = detailsOf(shape, call);
    const changes = subjects.map((subject): Change => {
      const claim = shape.claim(call, subject);
      return { ...head(call), subject, ...(claim !== undefined && { claim }), ...details };
    });
    return { kind: "changes", changes };
  } catch (error) {
    return unreadable(reasonOf(error, name));
  }
}

// A failed call changed nothing, so what it cannot tell is no danger: the less it says, the less the change says.
function readFailed(wrapped: Wrapped, { shape }: WatchedCall, failed: string): Parsed {
  const call = attempt(() => readCall(wrapped));
  const subjects = call && attempt(() => (shape.matters?.(call) === false ? [] : shape.subjects(call)));
  if (call === undefined || subjects === undefined || subjects.length === 0) return ignored(`failed: ${failed}`);
  const details = attempt(() => detailsOf(shape, call)) ?? {};
  const changes = subjects.map((subject): Change => {
    const claim = attempt(() => shape.claim(call, subject));
    return { ...head(call), subject, ...(claim !== undefined && { claim }), ...details, failed };
  });
  return { kind: "changes", changes };
}

function detailsOf({ details }: Shape, call: Call): Pick<Change, "details"> {
  const told = Object.entries(details?.(call) ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return told.length === 0 ? {} : { details: Object.fromEntries(told) };
}

function head({ id, at, account, region, actor, source, name }: Call): Omit<Change, "subject"> {
  return { id, at, account, region, actor, call: { source, name } };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableError) return undefined;
    throw error;
  }
}

function readOther(value: Fields, { record, event }: Wrapped): Parsed {
  const type = textOf(event?.["detail-type"]);
  if (type !== undefined && !type.endsWith("via CloudTrail")) return ignored(`an event of type "${type}" is no CloudTrail call`);
  if (record.eventCategory === "Insight") return ignored("a CloudTrail Insights record tells of a rate of calls, not of a call");
  if ("digestS3Object" in value && "logFiles" in value) return ignored("a CloudTrail digest lists log files and holds no records");
  const missing = ["eventSource", "eventName"].filter((name) => textOf(record[name]) === undefined);
  return unreadable(`not a CloudTrail record: it has no ${missing.join(" and no ")}`);
}

function whyIgnored(record: Fields, source: string, name: string, explain: ((call: string) => string) | undefined): string {
  if (isTrue(record.readOnly)) return `${name} only reads`;
  if (source !== "ec2.amazonaws.com") return WATCHED_SOURCES.has(source) ? `${name} is not watched` : `calls to ${source} are not watched`;
  return explain === undefined ? `${name} is not watched` : `${name} is not watched: ${explain(name)}`;
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

function reasonOf(error: unknown, name: string): string {
  if (error instanceof UnreadableError) return `${name}: ${error.message}`;
  throw error;
}

function describeType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function ignored(reason: string): Parsed {
  return { kind: "ignored", reason };
}

function unreadable(reason: string): Parsed {
  return { kind: "unreadable", reason };
}
