import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type PackagedService, packageService, SLACK_PARAMS } from "../support/package-service.ts";

const ROOT = join(import.meta.dirname, "../..");
const COPIED = ["functions", "lib", "package-lock.json", "package.json", "scripts", "serverless.yml", "stacks"];
// Bundling takes five seconds, on two cores that have nothing else to do.
const PATIENCE_MS = 900_000;

let scratch: string;
let here: PackagedService;
let elsewhere: PackagedService;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "portcullis-elsewhere-"));
  const copy = join(scratch, "of/another/depth");
  await mkdir(join(copy, "node_modules"), { recursive: true });
  for (const name of COPIED) await cp(join(ROOT, name), join(copy, name), { recursive: true });
  // Without what was bundled before, which is kept in a folder with a dot.
  for (const name of await readdir(join(ROOT, "node_modules"))) {
    if (!name.startsWith(".")) await symlink(join(ROOT, "node_modules", name), join(copy, "node_modules", name));
  }
  const policy = join(ROOT, "portcullis.yml");
  here = await packageService(policy, SLACK_PARAMS, { timeZone: "America/Los_Angeles" });
  elsewhere = await packageService(policy, SLACK_PARAMS, { root: copy, timeZone: "Asia/Tokyo" });
}, PATIENCE_MS);
afterAll(() => rm(scratch, { recursive: true }));

test("packages are the same, byte for byte, from whatever folder and time zone", () => {
  expect(here.zips.size).toBeGreaterThanOrEqual(6);
  expect(checksumsOf(elsewhere)).toEqual(checksumsOf(here));
});

test("guard's package holds all that its entry point runs, and nothing that was compiled for another architecture than Lambda's", () => {
  // The names of files stand in a zip as they are.
  const zip = Buffer.from(here.zips.get("guard.zip") ?? []);
  const isForLambda = process.arch === "arm64";
  for (const name of ["index.mjs", "cold.js", "cold.js.map", "policy.json"]) {
    expect([name, zip.includes(`dist/guard/${name}`)]).toEqual([name, true]);
  }
  for (const code of [`${process.version}-${process.arch}.bin`, `${process.version}-${process.arch}-gc.bin`]) {
    expect([code, zip.includes(code)]).toEqual([code, isForLambda]);
  }
});

test("the template is the same but for the hour of its making", () => {
  expect(timeless(elsewhere)).toEqual(timeless(here));
});

function checksumsOf({ zips }: PackagedService): Readonly<Record<string, string>> {
  return Object.fromEntries([...zips].map(([name, bytes]) => [name, createHash("sha256").update(bytes).digest("hex")]).sort());
}

// osls names the folder of a deployment by the time: 1793966400000-2026-11-24T12:00:00.000Z.
function timeless({ template }: PackagedService): unknown {
  return JSON.parse(JSON.stringify(template).replace(/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z/g, "then"));
}
