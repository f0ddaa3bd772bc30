import { BACKSLASH, QUOTE } from "./json-bytes.ts";

const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
const SPACE = 0x20;

const LITERALS = ["true", "false", "null"].map((word) => Buffer.from(word));
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'));

/**
 * The place behind the quote that ends a string of plain text; the complement of that place where the string has escapes, and of
 * `length` where it is not valid or has no end before there.
 */
export function plainStringEnd(bytes: Buffer, from: number, length: number): number {
  let at = from;
  while (at < length) {
    const byte = bytes[at++] ?? 0;
    // Most are lower case letters, which lie above all that ends a string.
    if (byte > BACKSLASH) continue;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) return ~escapedEnd(bytes, at - 1, length);
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

/** The place behind `true`, `false` or `null`, one of which begins with this byte; negative where it is none. */
export function literalEnd(bytes: Buffer, from: number, first: number): number {
  const word = LITERALS.find((literal) => literal[0] === first);
  return word?.every((byte, i) => bytes[from + i] === byte) === true ? from + word.length : -1;
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
