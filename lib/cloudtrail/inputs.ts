import { createReadStream, type Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { messageOf } from "../messages/message-of.ts";
import { isGzip, isUtf16 } from "./whole-file.ts";

/** An input that cannot be used at all; the message says which and what was expected. */
export class InputError extends Error {
  override readonly name = "InputError";
}

// The path that means standard input.
export const STDIN = "-";

const ENDINGS = /\.(?:json|jsonl|ndjson|gz)$/i;
const READ_SIZE = 256 * 1024;
// Deflate grows its input at most a thousandfold, so this bounds what one step can put into memory to some 16 MB.
const GUNZIP_STEP = 16 * 1024;
const GUNZIP_SIZE = 256 * 1024;

/** Told of what is in a folder and cannot be looked into, and why. */
export type OnUnlisted = (path: string, reason: string) => void;

/**
 * The files behind these paths, in order: files as given, folders with all below them that end in .json, .jsonl, .ndjson
 * or .gz, sorted by name. What lies in a folder and cannot be looked into goes to `onUnlisted`. Throws InputError for a path that does
 * not exist or a folder without such files.
 */
export async function listFiles(paths: readonly string[], onUnlisted: OnUnlisted): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (path === STDIN) files.push(path);
    else if (await isFolder(path)) {
      const before = files.length;
      let unlisted = 0;
      const note: OnUnlisted = (where, reason) => {
        unlisted++;
        onUnlisted(where, reason);
      };
      for await (const file of walk(path, new Set(), note)) files.push(file);
      if (files.length === before && unlisted === 0) {
        throw new InputError(`${path}: no file in this folder ends in .json, .jsonl, .ndjson or .gz`);
      }
    } else files.push(path);
  }
  return files;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new InputError(
      `${path}: ${messageOf(error)}; expected a file or folder with CloudTrail records or plans, or - for standard input`,
      {
        cause: error,
      },
    );
  }
}

async function* walk(folder: string, seen: Set<string>, onUnlisted: OnUnlisted): AsyncGenerator<string> {
  let entries: Dirent[];
  try {
    // A link may lead back to a folder above it.
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    onUnlisted(folder, `cannot be listed: ${messageOf(error)}`);
    return;
  }
  // Names as code units, as the file system may list them in any order.
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    try {
      if (await leadsToFolder(path, entry)) yield* walk(path, seen, onUnlisted);
      else if (ENDINGS.test(entry.name)) yield path;
    } catch (error) {
      onUnlisted(path, `cannot be followed: ${messageOf(error)}`);
    }
  }
}

async function leadsToFolder(path: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return (await stat(path)).isDirectory();
}

/**
 * The bytes of a file, or of standard input, unpacked where they begin as gzip does, and in UTF-8 where they begin as UTF-16 does.
 * Throws what reading and unpacking throw.
 */
export async function* readBytes(path: string, stdin: AsyncIterable<string | Buffer>): AsyncGenerator<Buffer> {
  const chunks = path === STDIN ? stdin : createReadStream(path, { highWaterMark: READ_SIZE });
  const source = buffers(chunks)[Symbol.asyncIterator]();
  try {
    let head: Buffer = Buffer.alloc(0);
    while (head.length < 2) {
      const next = await source.next();
      if (next.done === true) break;
      head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
    }
    const all = prepend(head, source);
    if (isGzip(head)) yield* gunzip(all);
    else if (isUtf16(head)) yield* fromUtf16(all);
    else yield* all;
  } finally {
    await source.return(undefined);
  }
}

async function* fromUtf16(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder("utf-16le");
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

async function* buffers(chunks: AsyncIterable<string | Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

async function* prepend(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

// A gunzip stream that is piped loses what it unpacked last when it fails, and from a file that was cut off every whole
// record is wanted. So it is fed in small steps, and each step's bytes are handed on before the next one can fail.
async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: GUNZIP_SIZE });
  const unpacked: Buffer[] = [];
  let failure: Error | undefined;
  stream.on("data", (chunk: Buffer) => unpacked.push(chunk));
  const failed = new Promise<void>((resolve) => {
    stream.once("error", (error) => {
      failure = error;
      resolve();
    });
  });
  const ended = new Promise<void>((resolve) => stream.once("end", resolve));
  try {
    for await (const chunk of packed) {
      for (let at = 0; at < chunk.length && failure === undefined; at += GUNZIP_STEP) {
        const step = chunk.subarray(at, at + GUNZIP_STEP);
        await Promise.race([failed, new Promise<void>((resolve) => stream.write(step, () => resolve()))]);
        yield* unpacked.splice(0);
      }
      if (failure !== undefined) break;
    }
    if (failure === undefined) {
      stream.end();
      await Promise.race([failed, ended]);
      yield* unpacked.splice(0);
    }
    if (failure !== undefined) throw failure;
  } finally {
    stream.destroy();
  }
}
