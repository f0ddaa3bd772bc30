import { mkdir, mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { InputError, type ReadOptions, readRecords, type Sourced } from "../../lib/cloudtrail/containers.ts";
import { changesOf } from "../../lib/cloudtrail/parse.ts";
import { skim } from "../../lib/cloudtrail/skim.ts";
import { readJson } from "./read-event.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "containers-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function readAll(paths: string | readonly string[], options?: ReadOptions): Promise<Sourced[]> {
  const all: Sourced[] = [];
  for await (const found of readRecords([paths].flat(), options)) all.push(found);
  return all;
}

async function fromStdin(content: string | Buffer, chunkSize = 7): Promise<unknown[]> {
  const bytes = Buffer.from(content);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkSize) }, (_, i) => bytes.subarray(i * chunkSize, (i + 1) * chunkSize));
  return (await readAll("-", { stdin: Readable.from(chunks) })).map((found) => ("record" in found ? found.record : found.reason));
}

const records = ["cloudtrail-watcher/002-AuthorizeSecurityGroupIngress.json", "invictus-ir/076-AuthorizeSecurityGroupIngress.json"].map(
  (name) => readJson(name),
);
const event = readJson("cloud-custodian/003-DeleteTransitGatewayVpcAttachment.json");
const [first] = records;

describe("every container", () => {
  const lookup = {
    Events: records.map((record) => ({ EventName: "x", EventTime: 1769226349, CloudTrailEvent: JSON.stringify(record) })),
    NextToken: "abc",
  };
  const containers: [string, string, unknown[]][] = [
    ["an EventBridge event", JSON.stringify(event), [event]],
    ["a single record", JSON.stringify(first, null, 2), [first]],
    ["a list", JSON.stringify(records), records],
    ["JSON lines", records.map((record) => JSON.stringify(record)).join("\n"), records],
    ["a log file", JSON.stringify({ Records: records }), records],
    ["a log file with white space", JSON.stringify({ Records: records }, null, 4), records],
    ["lookup-events", JSON.stringify(lookup, null, 4), records],
    ["log files as JSON lines", `${JSON.stringify({ Records: records })}\n${JSON.stringify({ Records: [event] })}\n`, [...records, event]],
    ["log files in a list", JSON.stringify([{ Records: records }, { Records: [event] }]), [...records, event]],
    ["a byte-order mark", `\ufeff${JSON.stringify({ Records: records })}`, records],
  ];
  test.each(containers)("%s, plain and gzip", async (_, content, expected) => {
    expect(await fromStdin(content)).toEqual(expected);
    expect(await fromStdin(gzipSync(content), 1)).toEqual(expected);
  });

  test("several gzip members in one file", async () => {
    const members = records.map((record) => gzipSync(`${JSON.stringify(record)}\n`));
    expect(await fromStdin(Buffer.concat(members))).toEqual(records);
  });
});

describe("files and folders", () => {
  test("a folder is read with all below it, by name, and only what holds records", async () => {
    const root = join(folder, "tree");
    await mkdir(join(root, "b", "c"), { recursive: true });
    await writeFile(join(root, "b", "c", "2.json.gz"), gzipSync(JSON.stringify({ Records: records })));
    // Named like gzip but plain, as a browser may save it.
    await writeFile(join(root, "b", "1.json.gz"), JSON.stringify(event));
    await writeFile(join(root, "a.ndjson"), JSON.stringify(first));
    await writeFile(join(root, "README.md"), "no record");
    await writeFile(join(root, "LICENSE"), "no record");
    await symlink(root, join(root, "b", "loop"));
    const files: string[] = [];
    const all = await readAll(root, { onFile: (path, n, total) => files.push(`${n}/${total} ${path.slice(root.length)}`) });
    expect(files).toEqual(["1/3 /a.ndjson", "2/3 /b/1.json.gz", "3/3 /b/c/2.json.gz"]);
    expect(all.map(({ source, index }) => `${source.slice(root.length)} ${index}`)).toEqual([
      "/a.ndjson 0",
      "/b/1.json.gz 0",
      "/b/c/2.json.gz 0",
      "/b/c/2.json.gz 1",
    ]);
    expect(all.map((found) => "record" in found && found.record)).toEqual([first, event, ...records]);
  });

  test("a path that does not exist is refused before anything is read", async () => {
    const read: string[] = [];
    const missing = join(folder, "missing.json");
    const reading = readAll([fixture("empty.json"), missing], { onFile: (path) => read.push(path) });
    await expect(reading).rejects.toThrow(InputError);
    await expect(reading).rejects.toThrow(`${missing}: ENOENT`);
    expect(read).toEqual([]);
  });

  test("a folder without records is refused: nothing read is not clean", async () => {
    await mkdir(join(folder, "bare"));
    await expect(readAll(join(folder, "bare"))).rejects.toThrow("no file in this folder ends in .json, .jsonl, .ndjson or .gz");
  });

  test("a reader that stops early leaves no file open", async () => {
    for await (const found of readRecords([fixture("../../../events/constructed")])) {
      expect(found.index).toBe(0);
      break;
    }
  });
});

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/bad/${name}`, import.meta.url));

describe("bad input", () => {
  const outcome = async (name: string) =>
    (await readAll(fixture(name))).map((found) => {
      if ("reason" in found) return `unread: ${found.reason}`;
      const parsed = changesOf(found.record);
      if (parsed.kind !== "changes") return `${parsed.kind}: ${parsed.reason}`;
      return `changes: ${parsed.changes.map(({ failed, claim }) => failed ?? claim?.kind)}`;
    });

  test.each([
    ["empty.json", "unread: empty: expected CloudTrail records as JSON"],
    ["not-json.json", 'unread: not JSON at byte 0: found "AWS CloudTrail says hello?", expected "{" or "["'],
    ["not-cloudtrail.json", "unreadable: not a CloudTrail record: it has no eventSource and no eventName"],
    ["cidr-33.json", /^unreadable: AuthorizeSecurityGroupIngress: "0\.0\.0\.0\/33" is not a CIDR/],
    ["cidr-placeholder.json", /^unreadable: AuthorizeSecurityGroupIngress: "x\.x\.x\.x\/0" is not a CIDR/],
    ["ports-22-21.json", /^unreadable: AuthorizeSecurityGroupIngress: "22-21" is not a list of ports/],
    [
      "group-name-only.json",
      "unreadable: AuthorizeSecurityGroupIngress: it names no security group id, neither in its request nor in its answer",
    ],
    [
      "delete-by-name-only.json",
      "unreadable: DeleteSecurityGroup: it names no security group id, neither in its request nor in its answer",
    ],
    ["no-such-time.json", /^unreadable: AuthorizeSecurityGroupIngress: its eventTime "2026-02-30T09:00:00Z" does not exist/],
    [
      "forged-account.json",
      /^unreadable: .*the event comes from account 999988887777, its record from account 111122223333: it may be forged$/,
    ],
    ["forged-source.json", /^unreadable: .*the event's source is "my\.app", its record's would be "aws\.ec2": it may be forged$/],
    ["error-code.json", "changes: Client.InvalidPermission.Duplicate"],
    ["error-code-no-request.json", "ignored: failed: Client.UnauthorizedOperation"],
    ["answer-null.json", "changes: rules-granted"],
  ])("%s", async (name, expected) => {
    expect(await outcome(name)).toEqual([typeof expected === "string" ? expected : expect.stringMatching(expected)]);
  });

  test("truncated.json: the whole record, then the cut", async () => {
    expect(await outcome("truncated.json")).toEqual([
      "changes: rules-granted",
      "unread: cut off at byte 4419: the record that begins at byte 2315 has no end",
    ]);
  });

  test("truncated.json.gz: the whole records, then the cut", async () => {
    const found = await outcome("truncated.json.gz");
    expect(found.at(-1)).toBe("unread: cannot be read to its end: unexpected end of file");
    expect(found.slice(0, -1)).toEqual(Array.from({ length: 19 }, () => "changes: rules-granted"));
  });

  test("gzip that is cut off anywhere gives what zlib can unpack of it, and one reason", async () => {
    const lines = Array.from({ length: 300 }, (_, i) => JSON.stringify({ i, noise: Math.sin(i) }));
    const packed = gzipSync(lines.join("\n"));
    let least = 0;
    for (let size = 20; size < packed.length; size += 701) {
      const found = await fromStdin(packed.subarray(0, size), 512);
      expect(found.at(-1)).toBe("cannot be read to its end: unexpected end of file");
      expect(found.slice(0, -1)).toEqual(lines.slice(0, found.length - 1).map((line) => JSON.parse(line)));
      expect(found.length).toBeGreaterThanOrEqual(least);
      least = found.length;
    }
    // All but the checksum has arrived.
    expect((await fromStdin(packed.subarray(0, -8))).length).toBeGreaterThan(295);
  });

  test("gzip that is damaged inside", async () => {
    const packed = gzipSync(JSON.stringify(records));
    packed.fill(0xff, 200, 220);
    const found = await fromStdin(packed);
    expect(found.at(-1)).toMatch(/^cannot be read to its end: /);
    expect(found).not.toContainEqual(first);
  });

  test("an element that is not JSON costs itself alone", async () => {
    expect(await fromStdin('{"Records":[{"a":1},{"b" 2},{"c":3}]}')).toEqual([{ a: 1 }, expect.stringMatching(/^not JSON: /), { c: 3 }]);
    expect(await fromStdin('{"Events":[{"CloudTrailEvent":"{"},{"CloudTrailEvent":"7"}]}')).toEqual([
      expect.stringMatching(/^not JSON: /),
      7,
    ]);
  });
});

describe("200 MB are read in constant memory, and only what may be watched is parsed", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const other = JSON.stringify(readJson("invictus-ir/027-ReleaseAddress.json"));
  const block = `${`${other},`.repeat(500)}${JSON.stringify(first)},`;
  const blocks = Math.ceil(200e6 / block.length);

  // A gzip file may consist of several members, so that packing takes no time.
  test.each([
    ["plain", (text: string) => Buffer.from(text)],
    ["gzip", (text: string) => gzipSync(text)],
  ])("%s", async (name, pack) => {
    const path = join(folder, name);
    const packed = pack(block);
    const file = await open(path, "w");
    await file.write(pack('{"Records":['));
    for (let i = 0; i < blocks; i++) await file.write(packed);
    await file.write(pack(`${other}]}`));
    await file.close();

    let skipped = 0;
    let changes = 0;
    let highest = 0;
    const before = memory();
    for await (const found of readRecords([path], { skim, onSkipped: (count) => (skipped += count) })) {
      changes += "record" in found && changesOf(found.record).kind === "changes" ? 1 : 0;
      if (changes % 10 === 1) highest = Math.max(highest, memory());
    }
    await rm(path);
    expect({ changes, skipped }).toEqual({ changes: blocks, skipped: blocks * 500 + 1 });
    expect(highest - before).toBeLessThan(20e6);
  });

  // What is garbage already depends on when the collector comes, and is no use of memory.
  function memory(): number {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  }
});
