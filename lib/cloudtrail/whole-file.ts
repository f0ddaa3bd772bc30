import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { gunzipSync } from "node:zlib";

// What CloudTrail writes is hardly ever larger. Larger files are read in pieces.
const LARGEST_FILE = 4 * 1024 * 1024;
const LARGEST_UNPACKED = 32 * 1024 * 1024;
const SMALLEST_UNPACKED = 1024;
const SHARED = 2 * Buffer.poolSize;

/** Whether a file that begins like this is packed by gzip. */
export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Whether a file that begins like this is in UTF-16, little end first: what PowerShell writes when it redirects output. */
export function isUtf16(head: Buffer): boolean {
  return head[0] === 0xff && head[1] === 0xfe;
}

/**
 * The bytes of a small file, unpacked, in one step, which takes half the time that it takes piece by piece. Undefined where the
 * file is large, is in UTF-16, is no file, or cannot be read or unpacked: then reading it in pieces tells what is there and what is wrong.
 */
export function readWhole(path: string): Buffer | undefined {
  try {
    const packed = readSmall(path);
    if (packed === undefined || isUtf16(packed)) return undefined;
    if (!isGzip(packed)) return packed;
    // gzip ends with the size of what it packed. The hint may lie; the limit does not.
    const size = packed.length < 18 ? 0 : packed.readUInt32LE(packed.length - 4);
    if (size > LARGEST_UNPACKED) return undefined;
    const unpacked = gunzipSync(packed, { chunkSize: Math.max(size, SMALLEST_UNPACKED), maxOutputLength: LARGEST_UNPACKED });
    release(packed);
    return unpacked;
  } catch {
    return undefined;
  }
}

/** Gives back the memory of bytes that nobody reads any more; the garbage collector learns late of what lies outside of its heap. */
export function release(bytes: Buffer): void {
  const { buffer } = bytes;
  // Small buffers share one memory.
  if (buffer instanceof ArrayBuffer && buffer.byteLength > SHARED) buffer.transfer(0);
}

function readSmall(path: string): Buffer | undefined {
  const file = openSync(path, "r");
  try {
    const about = fstatSync(file);
    if (!about.isFile() || about.size > LARGEST_FILE) return undefined;
    const bytes = Buffer.allocUnsafe(about.size);
    let read = 0;
    while (read < bytes.length) {
      const got = readSync(file, bytes, read, bytes.length - read, null);
      if (got === 0) break;
      read += got;
    }
    // One that grows meanwhile is read in pieces, to its end.
    return read === bytes.length && readSync(file, Buffer.allocUnsafe(1), 0, 1, null) === 0 ? bytes : undefined;
  } finally {
    closeSync(file);
  }
}
