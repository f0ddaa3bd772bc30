import { BACKSLASH, QUOTE } from "./json-bytes.ts";

const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
const SPACE = 0x20;

// As the bytes of the words stand in an integer, the first byte lowest.
const TRUE = 0x65757274;
const NULL = 0x6c6c756e;
const FALS = 0x736c6166;
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'));

/**
 * The place behind the quote that ends a string of plain text; the complement of that place where the string has escapes, and of
 * `length` where it is not valid or has no end before there. `view` is of the same bytes.
 */
export function plainStringEnd(bytes: Buffer, view: DataView, from: number, length: number): number {
  let at = from;
  // Four bytes a step: the lowest bit of `ends` stands in the first byte that is a quote, a backslash or less than a space
  // (https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord).
  for (const last = length - 4; at <= last; at += 4) {
    const word = view.getInt32(at, true);
    const quote = word ^ 0x22222222;
    const backslash = word ^ 0x5c5c5c5c;
    const ends = (((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash) | ((word - 0x20202020) & ~word)) & 0x80808080;
    if (ends !== 0) {
      at += (31 - Math.clz32(ends & -ends)) >> 3;
      break;
    }
  }
  for (; at < length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) return ~escapedEnd(bytes, at, length);
    if (byte < SPACE) return ~length;
  }
  return ~length;
}

function escapedEnd(bytes: Buffer, from: number, length: number): number {
  for (let at = from; at < length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte < SPACE) return length;
    if (byte !== BACKSLASH) continue;
    const letter = bytes[++at] ?? 0;
    if (letter === LOWER_U) {
      if (!(isHex(bytes[at + 1]) && isHex(bytes[at + 2]) && isHex(bytes[at + 3]) && isHex(bytes[at + 4]))) return length;
      at += 4;
    } else if (!ESCAPES.has(letter)) return length;
  }
  return length;
}

/** The place behind a number of JSON that begins at `from`; negative where it is none. */
export function numberEnd(bytes: Buffer, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  // No number begins with two digits of which the first is 0.
  const whole = bytes[at] === ZERO ? at + 1 : digitsEnd(bytes, at);
  if (whole === at) return -1;
  at = whole;
  if (bytes[at] === DOT) {
    const end = digitsEnd(bytes, at + 1);
    if (end === at + 1) return -1;
    at = end;
  }
  if (((bytes[at] ?? 0) | SPACE) === LOWER_E) {
    const sign = bytes[at + 1];
    const digits = sign === PLUS || sign === MINUS ? at + 2 : at + 1;
    const end = digitsEnd(bytes, digits);
    if (end === digits) return -1;
    at = end;
  }
  return at;
}

/** The place behind `true`, `false` or `null`, one of which begins at `from`; negative where none does. `view` is of the same bytes. */
export function literalEnd(bytes: Buffer, view: DataView, from: number, length: number): number {
  const end = from + 4;
  if (end > length) return -1;
  const word = view.getInt32(from, true);
  if (word === TRUE || word === NULL) return end;
  return word === FALS && bytes[end] === LOWER_E ? end + 1 : -1;
}

function digitsEnd(bytes: Buffer, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte !== undefined && byte >= ZERO && byte <= NINE; byte = bytes[at]) at++;
  return at;
}

function isHex(byte = 0): boolean {
  const letter = byte | SPACE;
  return (byte >= ZERO && byte <= NINE) || (letter >= 0x61 && letter <= 0x66);
}
