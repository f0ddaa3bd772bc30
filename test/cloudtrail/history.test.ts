import { execFileSync, spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readHistory } from "../../lib/cloudtrail/history.ts";
import type { Change } from "../../lib/model/change.ts";

const LOGS = new URL("../../events/AWSLogs", import.meta.url).pathname;
const CLI = new URL("../../cli/portcullis.ts", import.meta.url).pathname;
const NOBODY = 65_534;
const DAY = "218007301253/CloudTrail/us-east-1/2023/07/10";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "history-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Told {
  readonly changes: readonly Change[];
  readonly records: number;
  /** `file: reason`, without the folder. */
  readonly unreadable: readonly string[];
  readonly late: number;
  readonly files: readonly string[];
}

async function read(paths: readonly string[], jobs = 0): Promise<Told> {
  const told = { changes: [] as Change[], records: 0, unreadable: [] as string[], late: 0, files: [] as string[] };
  const changes = readHistory(paths, {
    jobs,
    temporary: folder,
    onBatch: async (path, { records, unreadable }) => {
      told.files.push(basename(path));
      told.records += records;
      told.unreadable.push(...unreadable.map(({ reason }) => `${basename(path)}: ${reason}`));
    },
    onUnlisted: async (path, reason) => void told.unreadable.push(`${basename(path)}: ${reason}`),
    onLate: () => void told.late++,
  });
  for await (const change of changes) told.changes.push(change);
  return told;
}

const ids = ({ changes }: Told) => changes.map(({ id, subject }) => `${id}/${subject.id}`);

async function copyOf(name: string): Promise<{ root: string; day: string; names: string[] }> {
  const root = join(folder, name);
  await cp(LOGS, root, { recursive: true });
  const day = join(root, DAY);
  return { root, day, names: (await readdir(day)).sort() };
}

test("an archive is read in the order of its delivery, and tells the same as a sort of everything", async () => {
  const flat = join(folder, "flat");
  await mkdir(flat);
  const { day, names } = await copyOf("ordered");
  for (const [n, name] of names.toReversed().entries()) await cp(join(day, name), join(flat, `${n}.json.gz`));
  const [archive, whole] = [await read([LOGS]), await read([flat])];
  expect(ids(archive)).toEqual(ids(whole));
  expect(archive.changes.length).toBeGreaterThan(100);
  expect(archive.changes.map(({ at }) => at)).toEqual(archive.changes.map(({ at }) => at).sort());
  const times = archive.files.map((name) => name.split("_")[3]);
  expect(times).toEqual([...times].sort());
});

test.each([1, 2, 5])("%d workers tell the same, in the same order, as none", async (jobs) => {
  const cut = join(folder, `cut-${jobs}.json.gz`);
  await writeFile(cut, gzipSync("x".repeat(5_000)).subarray(0, 20));
  const paths = [LOGS, new URL("../../events/streamalert", import.meta.url).pathname, cut];
  expect(await read(paths, jobs)).toEqual(await read(paths));
});

test("many files, among them one of many parts, one that is cut off and one of nothing, tell the same in the same order to any number of workers", async () => {
  const root = join(folder, "many");
  await mkdir(root);
  const { names, day } = await copyOf("many-sources");
  const records = (await Promise.all(names.map((name) => readFile(join(day, name))))).flatMap((packed) => {
    const document: { Records: { eventID: string }[] } = JSON.parse(gunzipSync(packed).toString());
    return document.Records;
  });
  const fivefold = Array.from({ length: 5 }, (_, copy) => records.map((record) => ({ ...record, eventID: `${copy}-${record.eventID}` })));
  for (let n = 0; n < 100; n++) {
    const taken = n === 40 ? fivefold.flat() : records.slice(n * 7, n * 7 + 12);
    const own = taken.map((record) => ({ ...record, eventID: `${n}-${record.eventID}` }));
    const packed = gzipSync(JSON.stringify({ Records: n === 77 ? [] : own }));
    const minute = String(n % 60).padStart(2, "0");
    const name = `111122223333_CloudTrail_us-east-1_20230710T${14 + Math.floor(n / 60)}${minute}Z_${String(n).padStart(16, "0")}.json.gz`;
    await writeFile(join(root, name), n === 50 ? packed.subarray(0, packed.length - 30) : packed);
  }
  const here = await read([root]);
  expect(here.unreadable).toHaveLength(1);
  expect(here.files.length).toBeGreaterThan(100);
  expect(new Set(here.files).size).toBe(100);
  for (const jobs of [2, 3]) expect(await read([root], jobs)).toEqual(here);
});

test("a duplicate of a whole archive tells nothing again, and only its records count", async () => {
  const { root } = await copyOf("twice");
  const [once, twice] = [await read([LOGS]), await read([LOGS, root])];
  expect(ids(twice)).toEqual(ids(once));
  expect(twice.records).toBe(once.records * 2);
  expect(twice.late).toBe(0);
});

test("events in a file that was delivered earlier or later than its neighbours come in their place", async () => {
  const { day, names, root } = await copyOf("disorder");
  // The files keep what they hold, and swap the times of their delivery, an hour at most apart.
  const swapped = names.map((name, n) => name.replace(/_\d{8}T\d{4}Z_/, `_20230710T${13 + (n % 5)}00Z_`));
  const moved = join(root, "moved");
  await mkdir(moved);
  for (const [n, name] of names.entries()) await cp(join(day, name), join(moved, swapped[n] ?? ""));
  const told = await read([moved]);
  expect(ids(told)).toEqual(ids(await read([LOGS])));
  expect(told.late).toBe(0);
});

test("what comes a month late is judged when it comes, and is told; what comes again is not", async () => {
  const { day, names, root } = await copyOf("late");
  const moved = names.filter((each) => each.includes("T1210Z"));
  for (const name of moved) await cp(join(day, name), join(root, name.replace("20230710T1210Z", "20230810T1210Z")));
  const whole = await read([LOGS]);
  const again = await read([root]);
  expect({ ids: ids(again), late: again.late }).toEqual({ ids: ids(whole), late: 0 });
  for (const name of moved) await rm(join(day, name));
  const late = await read([root]);
  expect(late.late).toBeGreaterThan(0);
  expect(new Set(ids(late))).toEqual(new Set(ids(whole)));
  expect(ids(late).slice(-late.late)).not.toEqual(ids(whole).slice(-late.late));
});

describe("bad input", () => {
  test("a file that was cut off in the middle of an archive: what is whole is judged, the rest is unreadable", async () => {
    const { day, names, root } = await copyOf("cut");
    const sizes = await Promise.all(names.map(async (name) => (await readFile(join(day, name))).length));
    const largest = names[sizes.indexOf(Math.max(...sizes))] ?? "";
    const packed = await readFile(join(day, largest));
    await writeFile(join(day, largest), packed.subarray(0, packed.length / 2));
    const whole = await read([LOGS]);
    for (const jobs of [0, 2]) {
      const told = await read([root], jobs);
      expect(told.unreadable).toEqual([`${largest}: cannot be read to its end: unexpected end of file`]);
      const { Records }: { Records: unknown[] } = JSON.parse(gunzipSync(packed).toString());
      expect(told.records).toBeLessThan(whole.records);
      expect(told.records).toBeGreaterThan(whole.records - Records.length);
    }
  });

  test("an empty file, a file of nothing, other files, links that lead nowhere or back", async () => {
    const { day, root } = await copyOf("strange");
    await writeFile(join(day, "218007301253_CloudTrail_us-east-1_20230710T1240Z_emptyemptyempty1.json.gz"), "");
    await writeFile(join(day, "218007301253_CloudTrail_us-east-1_20230710T1240Z_emptyemptyempty2.json.gz"), gzipSync(""));
    await writeFile(join(day, "218007301253_CloudTrail_us-east-1_20230710T1240Z_noRecordsAtAll00.json.gz"), gzipSync('{"Records":[]}'));
    await writeFile(join(day, "notes.txt"), "not a record");
    await writeFile(join(root, "flow.log.gz"), gzipSync("2 111122223333 eni-1 10.0.0.1 10.0.0.2 443 49152 6 1 40 1 2 ACCEPT OK\n"));
    await symlink(root, join(day, "back"));
    await symlink(join(root, "nowhere.json"), join(root, "dangling.json"));
    const told = await read([root]);
    expect(ids(told)).toEqual(ids(await read([LOGS])));
    expect(told.unreadable.map((text) => text.replace(/'.*'/, "PATH"))).toEqual([
      "dangling.json: cannot be followed: ENOENT: no such file or directory, stat PATH",
      expect.stringMatching(/^flow\.log\.gz: not JSON at byte 0/),
      "218007301253_CloudTrail_us-east-1_20230710T1240Z_emptyemptyempty1.json.gz: empty: expected CloudTrail records as JSON",
      "218007301253_CloudTrail_us-east-1_20230710T1240Z_emptyemptyempty2.json.gz: empty: expected CloudTrail records as JSON",
    ]);
  });

  test("files and folders that may not be read are unreadable, and the rest is judged", async () => {
    const { day, names, root } = await copyOf("locked");
    const [name = ""] = names;
    const closed = join(root, "closed");
    await mkdir(closed);
    execFileSync("chmod", ["-R", "a+rX", folder, root]);
    execFileSync("chmod", ["000", join(day, name), closed]);
    // Root may read everything, so the program runs as somebody else then.
    const who = process.getuid?.() === 0 ? { uid: NOBODY } : {};
    const run = spawnSync(process.execPath, [CLI, "review", root, "--format", "json"], { ...who, env: {}, encoding: "utf8" });
    execFileSync("chmod", ["-R", "u+rwX", root]);
    expect(run.stderr).toContain("2 unreadable");
    expect(run.status).toBe(1);
    const document: { summary: { records: number }; unreadable: { source: string; reason: string }[] } = JSON.parse(run.stdout);
    expect(document.unreadable).toEqual([
      { source: closed, index: 0, reason: expect.stringMatching(/^cannot be listed: EACCES/) },
      { source: join(day, name), index: 0, reason: expect.stringMatching(/^cannot be read to its end: EACCES/) },
    ]);
    expect(document.summary.records).toBeGreaterThan(2_500);
  });

  test("accounts and regions of one archive are told apart", async () => {
    const { day, names, root } = await copyOf("mixed");
    const other = join(root, "o-exampleorgid/444455556666/CloudTrail/eu-west-1/2023/07/10");
    await mkdir(other, { recursive: true });
    for (const name of names) {
      const text = gunzipSync(await readFile(join(day, name))).toString();
      const moved = text
        .replaceAll("123837392027", "444455556666")
        .replaceAll("us-east-1", "eu-west-1")
        .replaceAll('"eventID":"', '"eventID":"4');
      await writeFile(join(other, name.replace("218007301253", "444455556666").replace("us-east-1", "eu-west-1")), gzipSync(moved));
    }
    const [once, both] = [await read([LOGS]), await read([root])];
    const places = Map.groupBy(both.changes, ({ account, region }) => `${account} ${region}`);
    const here = Map.groupBy(once.changes, ({ account, region }) => `${account} ${region}`);
    for (const [place, changes] of here) {
      expect([place, places.get(place)?.map(({ id }) => id)]).toEqual([place, changes.map(({ id }) => id)]);
      const there = place.replace("123837392027", "444455556666").replace("us-east-1", "eu-west-1");
      if (there !== place) expect([there, places.get(there)?.length]).toEqual([there, changes.length]);
    }
  });
});
