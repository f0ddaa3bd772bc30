export const NEWLINE = 0x0a;
export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const OPEN_LIST = 0x5b;
export const OPEN_OBJECT = 0x7b;
/** The one bit in which "[" and "{" differ, and "]" and "}". */
export const EITHER = 0x20;
export const OPEN = 0x7b;
export const CLOSE = 0x7d;
export const COLON = 0x3a;
export const BACKSLASH = 0x5c;

/** What JSON counts as white space. */
export function isBlank(byte: number): boolean {
  return byte <= 0x20 && (byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09);
}

/** The place behind the quote that ends a string; where there is none yet, the complement of where to look on. */
export function stringEnd(bytes: Buffer, from: number): number {
  const { length } = bytes;
  for (let at = from; at < length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH && ++at === length) return ~(at - 1);
  }
  return ~length;
}

/** The key of the member whose value begins at `at`; empty where there is none, or none that is a plain word. */
export function keyBefore(bytes: Buffer, from: number, at: number): string {
  const colon = blanksBefore(bytes, from, at) - 1;
  if (bytes[colon] !== COLON) return "";
  const end = blanksBefore(bytes, from, colon);
  return /(?<!\\)"(\w+)"$/.exec(bytes.toString("latin1", Math.max(from, end - 32), end))?.[1] ?? "";
}

function blanksBefore(bytes: Buffer, from: number, at: number): number {
  let end = at;
  while (end > from && isBlank(bytes[end - 1] ?? 0)) end--;
  return end;
}
