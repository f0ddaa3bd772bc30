import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { ROOT, runCli } from "./run-cli.ts";

const FIXTURES = "test/fixtures/compare";
const BEFORE = `${FIXTURES}/before.yml`;
const AFTER = `${FIXTURES}/after.yml`;
const SOURCES = ["AWSLogs", "cloud-custodian", "cloudtrail-watcher", "invictus-ir", "plaso", "stratus-red-team", "streamalert"];
// The recorded events; those that were constructed grow in number.
const RECORDED = SOURCES.map((source) => `events/${source}`);
// A recorded event: tcp 22 from 0.0.0.0/0 is granted.
const OPENED = "events/cloudtrail-watcher/002-AuthorizeSecurityGroupIngress.json";

const expected = (name: string) => readFileSync(join(ROOT, FIXTURES, name), "utf8");
const compare = (paths: readonly string[], a: string, b: string, ...more: string[]) =>
  runCli(["review", ...paths, "--policy", a, "--compare", b, ...more], { env: { COLUMNS: "120" } });

describe("on the recorded events, to the byte", () => {
  // To take them anew: COLUMNS=120 npx portcullis review ... > test/fixtures/compare/table.txt
  test.each(["0", "2"])("a table, with --jobs %s", async (jobs) => {
    const { out, code, err } = await compare(RECORDED, BEFORE, AFTER, "--jobs", jobs);
    expect(out).toBe(expected("table.txt"));
    expect({ code, err }).toEqual({ code: 1, err: "" });
  });

  test("JSON, the other way round", async () => {
    const { out } = await compare(RECORDED, AFTER, BEFORE, "--format", "json");
    expect(out).toBe(expected("json.txt"));
  });

  test("JSON Lines tell the same differences as JSON", async () => {
    const { out, err } = await compare(RECORDED, AFTER, BEFORE, "--format", "jsonl");
    const { differences }: { differences: unknown[] } = JSON.parse(expected("json.txt"));
    expect(
      out
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line)),
    ).toEqual(differences);
    expect(err).toContain("events/streamalert/001-DeleteSubnet.json, record 0: ");
  });
});

describe("exit codes", () => {
  test("1 where B closes or leaves something from --fail-on on, 0 where it only tells or nothing differs", async () => {
    const codes = await Promise.all([
      compare([OPENED], BEFORE, AFTER),
      compare([OPENED], AFTER, BEFORE),
      compare([OPENED], BEFORE, AFTER, "--fail-on", "never"),
      compare([OPENED], BEFORE, BEFORE),
      compare(["events/AWSLogs"], BEFORE, AFTER, "--until", "2023-07-10T12:10:00Z"),
    ]);
    expect(codes.map(({ code }) => code)).toEqual([1, 1, 0, 0, 0]);
    expect(codes[3]?.out).toContain("The policies decide alike about every change.");
  });

  test("2 for a policy that does not exist, and where nothing could be read", async () => {
    const missing = await compare([OPENED], BEFORE, "/nowhere/policy.yml");
    expect({ code: missing.code, out: missing.out }).toEqual({ code: 2, out: "" });
    expect(missing.err).toContain("/nowhere/policy.yml");
    expect((await compare(["README.md"], BEFORE, AFTER)).code).toBe(2);
  });
});

test("a plan among what was recorded is said to be left out", async () => {
  const { code, out } = await compare([OPENED, "test/fixtures/terraform/constructed/shop.json"], BEFORE, BEFORE);
  expect(code).toBe(1);
  expect(out).toContain("a plan: --compare judges what was recorded only");
});

test.each([
  ["--format", "sarif", "--format sarif with --compare"],
  ["--output", "markdown=/dev/null", "--output with --compare"],
])("%s %s is refused, since a comparison has no such report", async (option, value, message) => {
  const { code, err } = await compare([OPENED], BEFORE, AFTER, option, value);
  expect({ code, err }).toEqual({ code: 2, err: `error: ${message}: expected --format table, json, jsonl, and nothing besides\n` });
});

test("--jobs is refused where it is no number", async () => {
  const { code, err } = await runCli(["review", OPENED, "--jobs", "many"]);
  expect(code).toBe(2);
  expect(err).toContain("expected a number from 0 to 64");
});
