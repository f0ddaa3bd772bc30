import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { MARKER } from "../../lib/report/markdown.ts";
import { casesIn, readJunit } from "../support/junit-schema.ts";
import { SarifLog } from "../support/sarif-schema.ts";
import { ROOT, runCli } from "./run-cli.ts";

const EVENTS = join(ROOT, "events");
const STRICT = join(ROOT, "examples/strict.yml");
// A recorded event: tcp 22 from 0.0.0.0/0 is granted.
const OPENED = join(EVENTS, "cloudtrail-watcher", "002-AuthorizeSecurityGroupIngress.json");

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "portcullis-reports-"));
});
afterAll(() => rm(folder, { recursive: true }));

const read = (name: string) => readFile(join(folder, name), "utf8");
const into = (format: string, name: string) => ["--output", `${format}=${join(folder, name)}`];

describe("on every recorded event under the strictest policy", () => {
  beforeAll(async () => {
    const all = [...into("json", "a.json"), ...into("markdown", "a.md"), ...into("sarif", "a.sarif"), ...into("junit", "a.xml")];
    const run = await runCli(["review", "events", "--policy", STRICT, ...all]);
    expect(run.code).toBe(1);
    expect(run.out).toContain("What to do next");
  });

  test("SARIF is valid, and has every finding that JSON has", async () => {
    const { results, tool } = SarifLog.parse(JSON.parse(await read("a.sarif"))).runs[0];
    const Document = z.object({ decisions: z.array(z.object({ findings: z.array(z.object({ rule: z.string() })) })) });
    const found = Document.parse(JSON.parse(await read("a.json"))).decisions.flatMap(({ findings }) => findings.map(({ rule }) => rule));
    const told = results.filter(({ suppressions }) => suppressions.length === 0).map(({ ruleId }) => ruleId);
    expect(new Set(told)).toEqual(new Set(found));
    expect(told.length).toBeGreaterThan(300);
    expect(told.length).toBeLessThanOrEqual(found.length);
    expect(new Set(results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash)).size).toBe(results.length);
    expect(tool.driver.rules.length).toBeGreaterThan(30);
  });

  test("JUnit is valid, with a case for every resource that was judged", async () => {
    const [suites] = readJunit(await read("a.xml"));
    const cases = suites === undefined ? [] : casesIn(suites);
    const Document = z.object({
      decisions: z.array(z.object({ account: z.string(), region: z.string(), subject: z.object({ kind: z.string(), id: z.string() }) })),
    });
    const { decisions } = Document.parse(JSON.parse(await read("a.json")));
    const resources = new Set(decisions.map(({ account, region, subject }) => [account, region, subject.kind, subject.id].join(" ")));
    expect(cases.filter(({ suite }) => suite !== "unreadable")).toHaveLength(resources.size);
    expect(new Set(cases.map(({ result }) => result))).toEqual(new Set(["failure", "error", "passed"]));
  });

  test("the comment is short enough for GitHub, and begins with its mark", async () => {
    const text = await read("a.md");
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text.startsWith(`${MARKER}\n\n### 🔴 Portcullis: `)).toBe(true);
  });
});

test.each(["markdown", "sarif", "junit", "html"])("%s goes to standard output too, and says the same as in a file", async (format) => {
  const run = await runCli(["review", OPENED, "--format", format, ...into(format, "same")]);
  expect(run).toMatchObject({ code: 1, err: "" });
  expect(run.out).toContain("is open to the internet");
  expect(await read("same")).toBe(run.out);
});

test("the page tells what was closed, too", async () => {
  const run = await runCli([
    "review",
    "events",
    "--policy",
    STRICT,
    "--mode",
    "enforce",
    ...into("html", "closed.html"),
    "--format",
    "json",
  ]);
  expect(run.code).toBe(1);
  const page = await read("closed.html");
  expect(page.endsWith("</html>\n")).toBe(true);
  expect(page).toContain("Portcullis did: revoke tcp 22 from 0.0.0.0/0");
});

test("a table in a file has no colours, whatever the terminal wants", async () => {
  await runCli(["review", OPENED, "--format", "json", ...into("table", "table.txt")], { env: { FORCE_COLOR: "1" } });
  expect(await read("table.txt")).toContain("What to do next");
  expect(await read("table.txt")).not.toContain("\u001b[");
});

test("rules are linked to where their pages are", async () => {
  const { out } = await runCli(["review", OPENED, "--format", "markdown", "--rule-pages", "https://git.example/docs/rules"]);
  expect(out).toContain("(<https://git.example/docs/rules/no-public-ingress.md>)");
});

test("what an earlier run wrote is gone, even when this one can read nothing", async () => {
  await writeFile(join(folder, "old.xml"), "old");
  const run = await runCli(["review", "-", ...into("junit", "old.xml")], { stdin: "no record" });
  expect(run.code).toBe(2);
  const [suites] = readJunit(await read("old.xml"));
  expect(suites?.attributes).toMatchObject({ tests: "1", errors: "1" });
});

test.each([
  ["--output", "pdf=a.pdf", "expected FORMAT=FILE with one of table, json, jsonl, markdown, sarif, junit, html"],
  ["--output", "sarif", "expected FORMAT=FILE"],
  ["--output", "sarif=/no/such/folder/a.sarif", "cannot write /no/such/folder/a.sarif"],
  ["--rule-pages", "docs/rules", "expected an address that begins with https://"],
])("%s %s is refused with what was expected", async (option, value, words) => {
  const run = await runCli(["review", OPENED, option, value]);
  expect(run.code).toBe(2);
  expect(run.err).toContain(words);
  expect(run.out).toBe("");
});

test("two reports do not go to one file", async () => {
  const run = await runCli(["review", OPENED, ...into("sarif", "one"), ...into("junit", "one")]);
  expect(run.code).toBe(2);
  expect(run.err).toContain("expected a file of its own for each");
});
