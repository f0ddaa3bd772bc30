import { WATCHED_CALLS, watchedCall } from "./calls.ts";
import { CLOSE, COLON, COMMA, EITHER, isBlank, OPEN, OPEN_LIST, OPEN_OBJECT, QUOTE } from "./json-bytes.ts";
import { literalEnd, numberEnd, plainStringEnd } from "./json-values.ts";

const EVENT_NAME = Buffer.from("eventName");
const EVENT_SOURCE = Buffer.from("eventSource");
// What stands around records: an object with one of these is no record, whatever else it names.
const DETAIL_TYPE = Buffer.from("detail-type");
const RECORDS = Buffer.from("Records");
const EVENTS = Buffer.from("Events");
const LOOKED_UP = Buffer.from("CloudTrailEvent");

const WATCHED_NAMES: ReadonlySet<string> = new Set(WATCHED_CALLS.map(({ name }) => name));
// Which names may be watched, by their size and the letters that differ most: hardly any other name need be made a string.
const LIKENESSES = 4096;
const LIKE_WATCHED = new Uint8Array(LIKENESSES);
for (const name of WATCHED_NAMES) LIKE_WATCHED[likeness(Buffer.from(name), 0, name.length)] = 1;

function likeness(bytes: Buffer, from: number, to: number): number {
  const first = bytes[from] ?? 0;
  const middle = bytes[(from + to) >> 1] ?? 0;
  const last = bytes[to - 1] ?? 0;
  return ((to - from) * 131 + first * 31 + middle * 17 + last * 7) % LIKENESSES;
}

// One bit a level in a small integer. CloudTrail's records are hardly ten deep.
const DEEPEST = 30;
/** Reached before nothing is known: neither skipped nor judged. */
const IN_DOUBT = -1;

// Of the bytes that were skimmed last: all records of a chunk stand in the same.
let viewed: Buffer = Buffer.alloc(0);
let view: DataView = new DataView(viewed.buffer, viewed.byteOffset, 0);

/**
 * Where the record that begins at `start` ends, if its raw JSON is whole, valid and that of a call which is not watched; a
 * negative number when in doubt. What is skipped by this is exactly what `changesOf` ignores as not watched: the record has a name
 * and a source of its own, once each, in plain text. Several times cheaper than parsing, since nothing is built.
 */
export function skim(bytes: Buffer, start: number): number {
  const { length } = bytes;
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, length);
  }
  if (bytes[start] !== OPEN_OBJECT) return IN_DOUBT;
  let at = start + 1;
  let depth = 1;
  // The lowest bit tells whether the innermost value is an object.
  let objects = 1;
  let first = true;
  let name = 0;
  let nameEnd = 0;
  let source = 0;
  let sourceEnd = 0;
  while (at < length) {
    let byte = bytes[at] ?? 0;
    if (byte === QUOTE || (byte !== CLOSE && byte !== CLOSE - EITHER && !isBlank(byte) && (objects & 1) === 0)) {
      // A member of an object, or an item of a list.
      let role: string | undefined;
      if ((objects & 1) === 1) {
        const end = plainStringEnd(bytes, view, at + 1, length);
        // An escape may spell any name.
        if (end < 0 && depth === 1) return IN_DOUBT;
        if (depth === 1) {
          role = roleOf(bytes, at + 1, end - 1);
          if (role === "wrapper") return IN_DOUBT;
        }
        at = end < 0 ? ~end : end;
        if (at >= length) return IN_DOUBT;
        byte = bytes[at] ?? 0;
        while (isBlank(byte)) byte = bytes[++at] ?? 0;
        if (byte !== COLON) return IN_DOUBT;
        byte = bytes[++at] ?? 0;
        while (isBlank(byte)) byte = bytes[++at] ?? 0;
      }
      if (byte === QUOTE) {
        const from = at + 1;
        const end = plainStringEnd(bytes, view, from, length);
        if (role !== undefined) {
          const again = role === "name" ? name > 0 : source > 0;
          if (end < 0 || end - 1 === from || again) return IN_DOUBT;
          if (role === "name") [name, nameEnd] = [from, end - 1];
          else [source, sourceEnd] = [from, end - 1];
        }
        at = end < 0 ? ~end : end;
      } else if (role !== undefined) {
        return IN_DOUBT;
      } else if ((byte | EITHER) === OPEN && byte >= OPEN_LIST) {
        if (depth === DEEPEST) return IN_DOUBT;
        depth++;
        objects = (objects << 1) | (byte === OPEN_OBJECT ? 1 : 0);
        first = true;
        at++;
        continue;
      } else {
        at = byte === 0x2d || (byte >= 0x30 && byte <= 0x39) ? numberEnd(bytes, at) : literalEnd(bytes, view, at, length);
        if (at < 0) return IN_DOUBT;
      }
    } else if (isBlank(byte)) {
      at++;
      continue;
    } else if (!(first && byte === ((objects & 1) === 1 ? CLOSE : CLOSE - EITHER))) {
      return IN_DOUBT;
    }
    first = false;
    // A value has ended, or an empty object or list is about to: what closes, and then a comma before the next.
    for (;;) {
      if (at >= length) return IN_DOUBT;
      byte = bytes[at] ?? 0;
      if (byte === COMMA) {
        at++;
        break;
      }
      if (isBlank(byte)) {
        at++;
      } else if (byte === ((objects & 1) === 1 ? CLOSE : CLOSE - EITHER)) {
        at++;
        depth--;
        objects >>= 1;
        if (depth > 0) continue;
        if (name === 0 || source === 0) return IN_DOUBT;
        return isWatched(bytes, name, nameEnd, source, sourceEnd) ? IN_DOUBT : at;
      } else {
        return IN_DOUBT;
      }
    }
  }
  return IN_DOUBT;
}

function isWatched(bytes: Buffer, nameStart: number, nameEnd: number, sourceStart: number, sourceEnd: number): boolean {
  if (LIKE_WATCHED[likeness(bytes, nameStart, nameEnd)] === 0) return false;
  const name = bytes.toString("latin1", nameStart, nameEnd);
  return WATCHED_NAMES.has(name) && watchedCall(bytes.toString("latin1", sourceStart, sourceEnd), name) !== undefined;
}

type Role = "name" | "source" | "wrapper";

// Told by their sizes first, as nearly all keys are.
function roleOf(bytes: Buffer, from: number, to: number): Role | undefined {
  switch (to - from) {
    case EVENT_NAME.length:
      return spells(bytes, from, EVENT_NAME) ? "name" : undefined;
    case EVENT_SOURCE.length:
      return spells(bytes, from, EVENT_SOURCE) || spells(bytes, from, DETAIL_TYPE)
        ? bytes[from] === EVENT_SOURCE[0]
          ? "source"
          : "wrapper"
        : undefined;
    case RECORDS.length:
      return spells(bytes, from, RECORDS) ? "wrapper" : undefined;
    case EVENTS.length:
      return spells(bytes, from, EVENTS) ? "wrapper" : undefined;
    case LOOKED_UP.length:
      return spells(bytes, from, LOOKED_UP) ? "wrapper" : undefined;
    default:
      return undefined;
  }
}

function spells(bytes: Buffer, from: number, word: Buffer): boolean {
  // Most keys differ in their last letters: eventTime, eventType, eventName.
  for (let i = word.length - 1; i >= 0; i--) if (bytes[from + i] !== word[i]) return false;
  return true;
}
