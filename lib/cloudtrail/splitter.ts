import { CLOSE, COMMA, EITHER, isBlank, keyBefore, NEWLINE, OPEN, OPEN_LIST, OPEN_OBJECT, QUOTE, stringEnd } from "./json-bytes.ts";

/** A piece of a document: the raw JSON of one element, why there is none, or how many were passed over. */
export type Piece = { readonly bytes: Buffer } | { readonly reason: string } | { readonly skipped: number };

/** Where the element that begins at `start` ends, if it need not be read; a negative number when in doubt. */
export type Skim = (bytes: Buffer, start: number) => number;

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const NOTHING = Buffer.alloc(0);

// CloudTrail writes at most 1 MB a record: what is far larger is none, and is not kept in memory.
const LARGEST_ELEMENT = 32 * 1024 * 1024;
// A root object may be a plan of thousands of resources.
const LARGEST_ROOT = 256 * 1024 * 1024;
const LIST_NAMES = ["Records", "Events"];

type State = "between" | "nested" | "string" | "scalar" | "noise" | "lines" | "given-up";

/**
 * Cuts a stream of JSON into its elements and never holds more than one: the elements of a root list, of the `Records`
 * or `Events` list of a root object, or each root value by itself (one record, JSON lines). Brackets and strings tell
 * elements apart; whether an element is valid JSON is for its reader to find out.
 */
export class Splitter {
  private state: State = "between";
  /** What is not done with: from the start of the running element, if there is one, to the last byte seen. */
  private window: Buffer = NOTHING;
  /** What the window lies in, where it was put together of chunks, and how much of that is taken. */
  private room: Buffer = NOTHING;
  private used = 0;
  /** Where scanning goes on, and where the running element begins (-1: there is none), both in the window. */
  private at = 0;
  private start = -1;
  /** How many bytes came before the window. */
  private base: number;
  private depth = 0;
  private inString = false;
  /** The depth at which elements lie: 0 for root values, 1 in a root list, 2 in a list of a root object. */
  private elementDepth = 0;
  private tooLarge = false;
  /** The running root object is only the wrapper of a list. */
  private wrapper = false;
  private rootValues = 0;
  /** The last root value kept to one line, and a line has ended since. */
  private oneLine = false;
  private lineEnded = false;
  private readonly skim: Skim | undefined;
  /** How many elements were passed over since the last piece. */
  private skipped = 0;

  /** `base` is where in the source the first byte lies, for messages. Elements of lists whose end `skim` finds are passed over. */
  constructor(base = 0, skim?: Skim) {
    this.base = base;
    this.skim = skim;
  }

  /** True once the rest of the source is of no use. */
  get givenUp(): boolean {
    return this.state === "given-up";
  }

  /** The elements that end in this chunk. They share memory with it. */
  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    this.extendWindow(chunk);
    while (this.at < this.window.length && this.step(pieces));
    this.tellSkipped(pieces);
    const most = this.depth > 0 && this.elementDepth === 0 ? LARGEST_ROOT : LARGEST_ELEMENT;
    if (this.start >= 0 && this.window.length - this.start > most) {
      this.tooLarge = true;
      this.start = this.at;
    }
    return pieces;
  }

  /** What the end of the source leaves: the last line, or a reason where the source was cut off or empty. */
  end(): Piece[] {
    if (this.givenUp) return [];
    if (this.state === "lines") return this.start < 0 ? [] : this.splitLine(this.window.length);
    const size = this.base + this.window.length;
    if (this.start >= 0 && !(this.wrapper && this.elementDepth === 0)) {
      return [{ reason: `cut off at byte ${size}: the record that begins at byte ${this.base + this.start} has no end` }];
    }
    if (this.depth > 0) return [{ reason: `cut off at byte ${size}: the list of records has no end` }];
    return this.rootValues === 0 ? [{ reason: "empty: expected CloudTrail records as JSON" }] : [];
  }

  private extendWindow(chunk: Buffer): void {
    const from = this.start >= 0 ? this.start : this.at;
    const rest = this.window.subarray(from);
    this.window = rest.length === 0 ? this.startWith(chunk) : this.append(rest, chunk);
    this.base += from;
    this.at -= from;
    if (this.start >= 0) this.start = 0;
  }

  private startWith(chunk: Buffer): Buffer {
    this.room = NOTHING;
    this.used = 0;
    return chunk;
  }

  // What is large gets room to grow into: copying all of it for each chunk would take the square of its size. Bytes that a piece
  // may share are never written again.
  private append(rest: Buffer, chunk: Buffer): Buffer {
    const size = rest.length + chunk.length;
    if (this.room.length - this.used < chunk.length) {
      this.room = Buffer.allocUnsafeSlow(rest.length > chunk.length ? size * 2 : size);
      this.used = rest.copy(this.room);
    }
    this.used += chunk.copy(this.room, this.used);
    return this.room.subarray(this.used - size, this.used);
  }

  /** One step ahead; false when it needs more bytes than there are. */
  private step(pieces: Piece[]): boolean {
    switch (this.state) {
      case "between":
        return this.begin(pieces);
      case "nested":
        return this.scanNested() && this.endNested(pieces);
      case "string":
        return this.scanString() && this.finish(pieces);
      case "scalar":
        return this.scanScalar() && this.finish(pieces);
      case "noise":
        return this.skipLine();
      case "lines":
        return this.scanLine(pieces);
      case "given-up":
        this.at = this.window.length;
        return false;
    }
  }

  private begin(pieces: Piece[]): boolean {
    const byte = this.window[this.at] ?? 0;
    if (this.base + this.at === 0 && byte === BYTE_ORDER_MARK[0]) {
      if (this.window.length < BYTE_ORDER_MARK.length) return false;
      if (this.window.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)) {
        this.at += BYTE_ORDER_MARK.length;
        return true;
      }
    }
    if (isBlank(byte)) {
      if (byte === NEWLINE) this.lineEnded = true;
      this.at++;
    } else if (this.depth === 0) {
      this.beginRoot(byte, pieces);
    } else if ((byte | EITHER) === CLOSE) {
      this.at++;
      this.leaveList();
    } else if (byte === COMMA) {
      this.at++;
    } else if (byte !== OPEN_OBJECT || !this.skimElement()) {
      this.start = this.at;
      this.state = (byte | EITHER) === OPEN ? "nested" : byte === QUOTE ? "string" : "scalar";
    }
    return true;
  }

  private skimElement(): boolean {
    const end = this.skim?.(this.window, this.at) ?? -1;
    if (end < 0) return false;
    this.at = end;
    this.skipped++;
    return true;
  }

  private tellSkipped(pieces: Piece[]): void {
    if (this.skipped > 0) pieces.push({ skipped: this.skipped });
    this.skipped = 0;
  }

  private beginRoot(byte: number, pieces: Piece[]): void {
    if (this.rootValues > 0 && this.oneLine && this.lineEnded) {
      // One value a line: from here on, a broken line must not swallow those after it.
      this.state = "lines";
      this.start = this.at;
    } else if (byte === OPEN_OBJECT) {
      this.state = "nested";
      this.start = this.at;
    } else if (byte === OPEN_LIST) {
      this.at++;
      this.depth = 1;
      this.elementDepth = 1;
    } else {
      this.tellSkipped(pieces);
      const found = this.window.toString("utf8", this.at, this.at + 40).replace(/[^\x20-\x7e]/g, "?");
      pieces.push({ reason: `not JSON at byte ${this.base + this.at}: found ${isZip(found) ? ZIP : `"${found}"`}, expected "{" or "["` });
      this.state = this.rootValues === 0 ? "given-up" : "noise";
    }
  }

  // The hot loop: everything it needs is local, and strings, most of what there is, have a loop of their own.
  private scanNested(): boolean {
    const { window, elementDepth } = this;
    const { length } = window;
    const listDepth = elementDepth === 0 ? 2 : -1;
    let { at, depth, inString } = this;
    let ended = false;
    while (at < length && !ended) {
      if (inString) {
        const end = stringEnd(window, at);
        inString = end < 0;
        at = inString ? ~end : end;
        if (inString) break;
        continue;
      }
      const byte = window[at++] ?? 0;
      if (byte === QUOTE) {
        inString = true;
      } else if (byte >= OPEN_LIST) {
        const bracket = byte | EITHER;
        if (bracket === OPEN) {
          depth++;
          ended = depth === listDepth && byte === OPEN_LIST;
        } else if (bracket === CLOSE) {
          depth--;
          ended = depth <= elementDepth;
        }
      }
    }
    this.at = at;
    this.depth = depth;
    this.inString = inString;
    return ended;
  }

  private endNested(pieces: Piece[]): boolean {
    if (this.depth <= this.elementDepth) return this.finish(pieces);
    if (LIST_NAMES.includes(keyBefore(this.window, this.start, this.at - 1))) {
      this.wrapper = true;
      this.elementDepth = 2;
      this.start = -1;
      this.state = "between";
    }
    return true;
  }

  private leaveList(): void {
    this.depth--;
    this.lineEnded = false;
    if (this.depth === 0) {
      this.elementDepth = 0;
      this.rootValues++;
      this.oneLine = false;
    } else if (this.wrapper) {
      // The rest of the wrapper may hold another list.
      this.elementDepth = 0;
      this.state = "nested";
      this.start = this.at;
    }
  }

  private finish(pieces: Piece[]): boolean {
    const bytes = this.window.subarray(this.start, this.at);
    const root = this.depth === 0;
    this.tellSkipped(pieces);
    if (!(root && this.wrapper)) pieces.push(this.tooLarge ? tooLarge("the element", this.base + this.at) : { bytes });
    if (root) {
      this.rootValues++;
      this.lineEnded = false;
      this.oneLine = !(this.wrapper || this.tooLarge || bytes.includes(NEWLINE));
      this.wrapper = false;
    }
    this.tooLarge = false;
    this.start = -1;
    this.state = "between";
    return true;
  }

  private scanString(): boolean {
    // The opening quote is the element's own first byte.
    const end = stringEnd(this.window, this.inString ? this.at : this.at + 1);
    this.inString = end < 0;
    this.at = end < 0 ? ~end : end;
    return !this.inString;
  }

  private scanScalar(): boolean {
    for (; this.at < this.window.length; this.at++) {
      const byte = this.window[this.at] ?? 0;
      if (isBlank(byte) || byte === COMMA || (byte | EITHER) === CLOSE) return true;
    }
    return false;
  }

  private skipLine(): boolean {
    const newline = this.window.indexOf(NEWLINE, this.at);
    this.at = newline < 0 ? this.window.length : newline;
    if (newline >= 0) this.state = "between";
    return newline >= 0;
  }

  private scanLine(pieces: Piece[]): boolean {
    const newline = this.window.indexOf(NEWLINE, this.at);
    this.at = newline < 0 ? this.window.length : newline + 1;
    if (newline < 0) return false;
    pieces.push(...this.splitLine(newline));
    this.tooLarge = false;
    this.start = this.at;
    return true;
  }

  private splitLine(end: number): Piece[] {
    const line = this.window.subarray(this.start, end);
    if (this.tooLarge) return [tooLarge("the line", this.base + end)];
    if (line.every(isBlank)) return [];
    const splitter = new Splitter(this.base + this.start);
    return [...splitter.push(line), ...splitter.end()];
  }
}

function tooLarge(what: string, end: number): Piece {
  return { reason: `${what} that ends at byte ${end} is larger than ${LARGEST_ELEMENT} bytes: no record is` };
}

// What terraform plan -out writes.
function isZip(head: string): boolean {
  return head.startsWith("PK??");
}
const ZIP = "a zip archive (of a Terraform plan, terraform show -json PLANFILE writes JSON)";
