import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { SUBJECT_KINDS } from "../../lib/model/change.ts";
import { OUTCOMES } from "../../lib/model/decision.ts";
import { SEVERITIES } from "../../lib/model/finding.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { ROOT, runCli } from "./run-cli.ts";

const EVENTS = join(ROOT, "events");
const LOGS = join(EVENTS, "AWSLogs");
// A recorded event: tcp 22 from 0.0.0.0/0 is granted.
const OPENED = join(EVENTS, "cloudtrail-watcher", "002-AuthorizeSecurityGroupIngress.json");
// A recorded event that says the same without nesting.
const GRANT = join(EVENTS, "invictus-ir", "076-AuthorizeSecurityGroupIngress.json");
const CREATED = join(EVENTS, "cloudtrail-watcher", "003-CreateSecurityGroup.json");
const ESCAPE = "\u001b[";

const Rule = z.looseObject({ direction: z.enum(["ingress", "egress"]), protocol: z.string() });
const Finding = z.strictObject({
  rule: z.string(),
  severity: z.enum(SEVERITIES),
  message: z.string(),
  // What is no question of traffic has none, and says so in the notation.
  traffic: z.string().check(z.refine((text) => String(TrafficSet.parse(text)) === text)),
  parts: z.exactOptional(z.array(z.string()).check(z.minLength(1))),
  introduced: z.enum(["now", "earlier", "unknown"]),
});
const Subject = z.strictObject({ kind: z.enum(SUBJECT_KINDS), id: z.string() });
const DecisionLine = z.strictObject({
  id: z.string(),
  at: z.iso.datetime(),
  account: z.string().check(z.regex(/^\d{12}$/)),
  region: z.string(),
  call: z.string(),
  actor: z.string(),
  subject: Subject,
  via: z.exactOptional(Subject),
  outcome: z.enum(OUTCOMES),
  findings: z.array(Finding),
  remedies: z.array(
    z.strictObject({
      kind: z.enum(["revoke-ingress", "narrow-ingress"]),
      group: z.string(),
      revoke: z.array(Rule),
      authorize: z.array(Rule),
      result: z.enum(["done", "would"]),
    }),
  ),
  partial: z.exactOptional(z.literal(true)),
  notJudged: z.exactOptional(z.array(z.strictObject({ rule: z.string(), needs: z.string() }))),
  excepted: z.exactOptional(z.array(z.looseObject({ exception: z.string() }))),
});
const count = z.int().check(z.nonnegative());
const Outcomes = z.strictObject({
  clean: count,
  alert: count,
  "would-act": count,
  acted: count,
  excepted: count,
  contested: count,
  failed: count,
});
const Document = z.strictObject({
  summary: z.strictObject({ records: count, changes: count, ignored: count, unreadable: count, outcomes: Outcomes }),
  decisions: z.array(DecisionLine),
  unreadable: z.array(z.strictObject({ source: z.string(), index: count, reason: z.string() })),
});

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "portcullis-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function reviewJson(args: readonly string[], stdin?: string | Buffer) {
  const run = await runCli(["review", ...args, "--format", "json"], { ...(stdin !== undefined && { stdin }) });
  return { ...run, document: Document.parse(JSON.parse(run.out)) };
}

async function linesOf(args: readonly string[]) {
  const run = await runCli(["review", ...args, "--format", "jsonl"]);
  const lines = run.out.split("\n").filter((line) => line !== "");
  return { ...run, decisions: lines.map((line) => DecisionLine.parse(JSON.parse(line))) };
}

describe("json", () => {
  test("has the promised shape on every recorded event, and its numbers add up", async () => {
    const { document, code } = await reviewJson([EVENTS, "--fail-on", "never"]);
    const { summary, decisions, unreadable } = document;
    expect(code).toBe(0);
    expect(summary.records).toBeGreaterThan(2_900);
    expect(decisions).toHaveLength(summary.changes);
    expect(unreadable).toHaveLength(summary.unreadable);
    for (const outcome of OUTCOMES) {
      expect(decisions.filter((decision) => decision.outcome === outcome)).toHaveLength(summary.outcomes[outcome]);
    }
    // A change that reaches several resources counts once for each.
    expect(summary.changes + summary.ignored + summary.unreadable).toBeGreaterThanOrEqual(summary.records);
    expect(summary.outcomes["would-act"]).toBeGreaterThan(0);
    expect(decisions.map(({ at }) => at)).toEqual(decisions.map(({ at }) => at).sort());
  });

  test("of the 55 log files names the one hole that the attack opened, and the trails that it changed and deleted", async () => {
    const { document, code } = await reviewJson([LOGS]);
    expect(code).toBe(1);
    expect(document.summary).toMatchObject({
      records: 2_900,
      changes: 11,
      unreadable: 0,
      outcomes: { "would-act": 1, alert: 4, clean: 6 },
    });
    expect(document.decisions.filter(({ outcome }) => outcome === "would-act")).toMatchObject([
      {
        at: "2023-07-10T12:10:08Z",
        account: "123837392027",
        region: "us-east-1",
        call: "AuthorizeSecurityGroupIngress",
        actor: "arn:aws:iam::123837392027:user/bert-jan",
        subject: { kind: "security-group", id: "sg-04cfb7a4712d75b00" },
        findings: [{ rule: "no-public-ingress", severity: "critical", traffic: "tcp 22 from 0.0.0.0/0", introduced: "now" }],
        remedies: [{ kind: "revoke-ingress", group: "sg-04cfb7a4712d75b00", result: "would" }],
      },
    ]);
    const told = document.decisions.filter(({ outcome }) => outcome === "alert");
    expect(told.map(({ call }) => call).sort()).toEqual(["DeleteTrail", "DeleteTrail", "PutEventSelectors", "PutEventSelectors"]);
    expect(told.flatMap(({ findings }) => findings.map(({ rule }) => rule))).toEqual(Array(4).fill("no-guard-tampering"));
  });

  test("follows a prefix list through its versions: lawful, open to the internet, lawful again, and then unknown", async () => {
    const names = (await readdir(join(EVENTS, "constructed"))).filter((name) => /^03[1-5]-/.test(name));
    const { decisions, summary } = (await reviewJson(names.map((name) => join(EVENTS, "constructed", name)))).document;
    const via = { kind: "prefix-list", id: "pl-0c4d1e7a92b3f6580" };
    expect(summary).toMatchObject({ records: 5, changes: 4, ignored: 1 });
    expect(decisions).toMatchObject([
      { call: "AuthorizeSecurityGroupIngress", outcome: "clean" },
      { call: "ModifyManagedPrefixList", via, outcome: "would-act", findings: [{ traffic: "tcp 22 from 0.0.0.0/0", introduced: "now" }] },
      { call: "ModifyManagedPrefixList", via, outcome: "clean" },
      { call: "RestoreManagedPrefixListVersion", via, outcome: "alert", notJudged: [{ rule: "no-public-ingress" }] },
    ]);
  });

  test("finds what is known of a prefix list from before the records, and leaves the rest open", async () => {
    const names = (await readdir(join(EVENTS, "constructed"))).filter((name) => /^03[89]-/.test(name));
    const { decisions } = (await reviewJson(names.map((name) => join(EVENTS, "constructed", name)))).document;
    expect(decisions).toMatchObject([
      { outcome: "alert", findings: [], notJudged: [{ needs: "the entries of pl-0e1f2a3b4c5d60718, which no record tells" }] },
      {
        outcome: "would-act",
        findings: [{ traffic: "tcp 5432 from 0.0.0.0/0" }],
        notJudged: [{ needs: "the entries of pl-0e1f2a3b4c5d60718, of which a part is known" }],
      },
    ]);
  });

  test("says which groups are known in part, and what could not be judged", async () => {
    const { decisions } = (await reviewJson([join(EVENTS, "constructed", "003-AuthorizeSecurityGroupIngress-prefix-list.json")])).document;
    expect(decisions).toMatchObject([{ outcome: "alert", partial: true, notJudged: [{ rule: "no-public-ingress" }] }]);
    const whole = (await reviewJson([CREATED])).document.decisions;
    expect(whole[0]).toMatchObject({ outcome: "clean" });
    expect(whole[0]).not.toHaveProperty("partial");
  });
});

test("jsonl tells the same decisions, one a line", async () => {
  const [{ document }, { decisions, code, err }] = await Promise.all([reviewJson([EVENTS]), linesOf([EVENTS])]);
  expect(decisions).toEqual(document.decisions);
  expect(code).toBe(1);
  for (const { source, index, reason } of document.unreadable) expect(err).toContain(`${source}, record ${index}: ${reason}\n`);
});

test("standard input takes any container, and order does not matter", async () => {
  const names = (await readdir(join(EVENTS, "invictus-ir"))).filter((name) => name.includes("SecurityGroup")).sort();
  const events = await Promise.all(names.map((name) => readFile(join(EVENTS, "invictus-ir", name), "utf8")));
  const records: unknown[] = events.map((text) => JSON.parse(text));
  const packed = gzipSync(JSON.stringify({ Records: records.toReversed() }));
  const [piped, folders] = await Promise.all([reviewJson(["-"], packed), reviewJson([join(EVENTS, "invictus-ir")])]);
  expect(piped.document.decisions).toEqual(folders.document.decisions);
  expect(piped.document.summary.changes).toBeGreaterThan(5);
});

describe("--mode enforce", () => {
  test("is simulated: what the guard closed is no longer there for later events", async () => {
    const folderOf = (name: string) => join(EVENTS, name);
    const dry = (await reviewJson([folderOf("cloudtrail-watcher")])).document.decisions;
    const enforced = (await reviewJson([folderOf("cloudtrail-watcher"), "--mode", "enforce"])).document.decisions;
    const outcomes = (list: typeof dry) =>
      list.filter(({ subject }) => subject.id === "sg-0e79c7acdf4a0225e").map(({ outcome }) => outcome);
    expect(outcomes(dry)).toEqual(["clean", "would-act", "would-act", "clean"]);
    expect(outcomes(enforced)).toEqual(["clean", "acted", "clean", "clean"]);
  });
});

describe("--since and --until", () => {
  test("choose what is told; earlier events still make groups known", async () => {
    const { decisions, code } = await linesOf([LOGS, "--since", "2023-07-10T12:10:06Z", "--until", "2023-07-10T12:11:57Z"]);
    expect(decisions.map(({ at }) => at)).toEqual(["2023-07-10T12:10:06Z", "2023-07-10T12:10:08Z", "2023-07-10T12:11:57Z"]);
    // The group was created before, so it is known whole.
    expect(decisions.every(({ partial }) => partial === undefined)).toBe(true);
    expect(code).toBe(1);
  });

  test("a day is meant whole, and what is not told does not fail", async () => {
    expect((await linesOf([LOGS, "--since", "2023-07-10", "--until", "2023-07-10"])).decisions).toHaveLength(11);
    const later = await reviewJson([LOGS, "--since", "2023-07-11"]);
    expect(later.code).toBe(0);
    expect(later.document.summary).toMatchObject({ records: 2_900, changes: 0, ignored: 2_900 });
  });

  test.each([
    ["--since", "yesterday"],
    ["--since", "2023-06-31"],
    ["--until", "2023-07-10T25:00:00Z"],
    ["--until", "10.07.2023"],
  ])("%s %s is refused with what is expected", async (option, value) => {
    const { code, err, out } = await runCli(["review", LOGS, option, value]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("expected a day such as 2026-01-31, or a moment such as 2026-01-31T12:00:00Z");
  });

  test("the wrong way round are refused", async () => {
    const { code, err } = await runCli(["review", LOGS, "--since", "2023-07-11", "--until", "2023-07-10"]);
    expect(code).toBe(2);
    expect(err).toContain("expected the earlier one first");
  });
});

describe("exit codes", () => {
  test("--fail-on compares with the severity that the policy gives", async () => {
    const policy = await fileOf("medium.yml", "version: 1\nrules: { no-public-ingress: { severity: medium } }\n");
    const code = async (failOn: string) => (await runCli(["review", OPENED, "--policy", policy, "--fail-on", failOn])).code;
    expect(await Promise.all(["critical", "high", "medium", "low", "info", "never"].map(code))).toEqual([0, 0, 1, 1, 1, 0]);
  });

  test("what an exception admits does not fail", async () => {
    const { subject, account } = (await linesOf([OPENED])).decisions[0] ?? { subject: { id: "" }, account: "" };
    const policy = await fileOf(
      "excepted.yml",
      `version: 1
exceptions:
  - id: open
    rule: no-public-ingress
    when: { accounts: ["${account}"], groups: [${subject.id}] }
    allow: [{ protocol: tcp, ports: "22" }]
    until: 2099-12-31
    reason: a test
    approved_by: a test
`,
    );
    const { code, decisions } = await linesOf([OPENED, "--policy", policy]);
    expect(decisions).toMatchObject([{ outcome: "excepted", excepted: [{ exception: "open" }] }]);
    expect(code).toBe(0);
  });

  test("a clean review is 0", async () => {
    expect((await runCli(["review", CREATED])).code).toBe(0);
  });

  test("unreadable records among readable ones are listed, and fail unless nothing is to fail", async () => {
    const broken = await fileOf("broken.json", '{"Records":[');
    const [run, lenient] = await Promise.all([
      runCli(["review", CREATED, broken]),
      runCli(["review", CREATED, broken, "--fail-on", "never"]),
    ]);
    expect([run.code, lenient.code]).toEqual([1, 0]);
    expect(run.out).toContain("1 unreadable");
    expect(run.out).toContain(broken);
  });

  test.each([
    ["a path that does not exist", ["review", "/nowhere/at-all.json"], "/nowhere/at-all.json"],
    ["no path", ["review"], "missing required argument"],
    ["a format that does not exist", ["review", LOGS, "--format", "xml"], "table, json, jsonl"],
    ["a severity that does not exist", ["review", LOGS, "--fail-on", "severe"], "critical, high, medium, low, info or never"],
    ["a mode that does not exist", ["review", LOGS, "--mode", "off"], "dry-run, enforce"],
    ["an option that does not exist", ["review", LOGS, "--fromat", "json"], "--format"],
    ["a command that does not exist", ["revew", LOGS], "review"],
    ["a policy that does not exist", ["review", LOGS, "--policy", "/nowhere/policy.yml"], "/nowhere/policy.yml"],
  ])("%s is 2, and says what is wrong", async (_, args, message) => {
    const { code, out, err } = await runCli(args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test("an invalid policy is 2, one line a problem with its place", async () => {
    const policy = await fileOf("wrong.yml", "version: 1\nmoed: enforce\nrules:\n  no-public-ingres: true\n");
    const { code, out, err } = await runCli(["review", LOGS, "--policy", policy]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.trim().split("\n")).toEqual([
      expect.stringMatching(/wrong\.yml:2:1: .*moed.*mode/),
      expect.stringMatching(/wrong\.yml:4:3: .*no-public-ingres.*no-public-ingress/),
    ]);
  });
});

describe("bad input", () => {
  // One recorded grant, with one thing wrong at a time.
  const Recorded = z.looseObject({
    requestParameters: z.looseObject({}),
    responseElements: z.nullable(z.looseObject({})),
  });
  const spoiled = async (change: (record: z.infer<typeof Recorded>) => unknown) =>
    JSON.stringify(change(Recorded.parse(JSON.parse(await readFile(GRANT, "utf8")))));
  const request = (more: object) => (record: z.infer<typeof Recorded>) => ({
    ...record,
    requestParameters: { ...record.requestParameters, ...more },
    responseElements: null,
  });

  test("nothing readable at all is 2, with the reasons in the document", async () => {
    const { code, document, err } = await reviewJson([await fileOf("empty.json", ""), await fileOf("text.json", "hello")]);
    expect(code).toBe(2);
    expect(document.summary).toMatchObject({ records: 0, changes: 0, unreadable: 2 });
    expect(err).toContain("expected CloudTrail records");
  });

  test("a folder without records is 2", async () => {
    const empty = await mkdtemp(join(folder, "none-"));
    const { code, err } = await runCli(["review", empty]);
    expect(code).toBe(2);
    expect(err).toContain(empty);
  });

  test("a log file without records is read, and clean", async () => {
    const { code, document } = await reviewJson([await fileOf("none.json", '{"Records":[]}')]);
    expect(code).toBe(0);
    expect(document.summary).toMatchObject({ records: 0, unreadable: 0 });
  });

  test("a truncated gzip loses what is cut off and says so", async () => {
    const whole = gzipSync(JSON.stringify({ Records: Array(500).fill(JSON.parse(await readFile(CREATED, "utf8"))) }));
    const { code, document } = await reviewJson([CREATED, await fileOf("cut.json.gz", whole.subarray(0, whole.length - 20))]);
    expect(code).toBe(1);
    expect(document.unreadable).toHaveLength(1);
    expect(document.unreadable[0]).toMatchObject({
      source: join(folder, "cut.json.gz"),
      reason: expect.stringContaining("cannot be read to its end"),
    });
  });

  test.each([
    ["a CIDR with prefix length 33", request({ cidrIp: "0.0.0.0/33" }), "0.0.0.0/33"],
    ["ports the wrong way round", request({ fromPort: 22, toPort: 21 }), "22"],
    ["a group name without an id anywhere", request({ groupId: undefined, groupName: "web" }), "no security group id"],
    ["a record that is not CloudTrail's", () => ({ hello: "world" }), "not a CloudTrail record"],
  ])("%s is unreadable, never clean", async (_, change, reason) => {
    const { document, code } = await reviewJson(["-", CREATED], await spoiled(change));
    expect(document.unreadable).toEqual([{ source: "-", index: 0, reason: expect.stringContaining(reason) }]);
    expect(document.decisions).toHaveLength(1);
    expect(code).toBe(1);
  });

  test("an answer of null leaves what the request says", async () => {
    const { document } = await reviewJson(["-"], await spoiled(request({})));
    expect(document.decisions).toMatchObject([{ outcome: "would-act", findings: [{ traffic: "tcp 22 from 0.0.0.0/0" }] }]);
  });

  test("a failed call is ignored", async () => {
    const failed = await spoiled((record) => ({ ...record, errorCode: "Client.UnauthorizedOperation", responseElements: null }));
    const { document, code } = await reviewJson(["-"], failed);
    expect(document).toMatchObject({ summary: { records: 1, changes: 0, ignored: 1, unreadable: 0 }, decisions: [] });
    expect(code).toBe(0);
  });
});

describe("the table", () => {
  test.each([60, 80, 140])("fits %i columns and ends in what to do next", async (columns) => {
    const { out, err, code } = await runCli(["review", EVENTS, "--fail-on", "never"], { env: { COLUMNS: String(columns) } });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const tooLong = out.split("\n").filter((line) => line.length > columns && !line.includes("npx portcullis"));
    expect(tooLong).toEqual([]);
    expect(out.slice(out.indexOf("What to do next"))).toContain("--mode enforce");
    for (const word of ["bert-jan", "sg-04cfb7a4712d75b00", "tcp 22 from 0.0.0.0/0", "would-act", "1 min 49 s"])
      expect(out).toContain(word);
  });

  test("shows clean changes with --all only", async () => {
    const [some, all] = await Promise.all([runCli(["review", LOGS]), runCli(["review", LOGS, "--all"])]);
    expect(some.out).not.toContain("DeleteSecurityGroup");
    expect(some.out).toContain("6 clean changes");
    expect(all.out).toContain("DeleteSecurityGroup");
    expect(all.out).not.toContain("Not shown");
  });

  test("has colours where they are wanted only", async () => {
    const [piped, forced, refused] = await Promise.all([
      runCli(["review", LOGS]),
      runCli(["review", LOGS], { env: { FORCE_COLOR: "1" } }),
      runCli(["review", LOGS], { env: { NO_COLOR: "1" } }),
    ]);
    expect(piped.out).not.toContain(ESCAPE);
    expect(refused.out).not.toContain(ESCAPE);
    expect(forced.out).toContain(ESCAPE);
  });

  test("text from AWS cannot steer the terminal", async () => {
    const [event] = [JSON.parse(await readFile(OPENED, "utf8"))];
    const text = JSON.stringify(event).replace(/"userAgent":"[^"]*"/, `"userAgent":${JSON.stringify(`${ESCAPE}2J\u202eevil`)}`);
    expect(text).toContain("evil");
    const { out } = await runCli(["review", "-"], { stdin: text });
    expect(out).toContain("evil");
    expect(out).not.toContain("\u001b");
    expect(out).not.toContain("\u202e");
  });
});

test("a reader that goes away ends it quietly, with neither 0 nor 1", async () => {
  expect(await runCli(["review", LOGS, "--format", "jsonl"], { stopReading: true })).toEqual({ code: 141, out: "", err: "" });
});

test("a policy in the folder is used; without one, the policy that comes with Portcullis", async () => {
  const cwd = await mkdtemp(join(folder, "cwd-"));
  expect((await runCli(["review", OPENED], { cwd })).out).toContain("the policy that comes with Portcullis");
  await writeFile(join(cwd, "portcullis.yml"), "version: 1\nrules: { no-public-ingress: false }\n");
  const { out, code } = await runCli(["review", OPENED], { cwd });
  expect(out).toContain("policy: portcullis.yml");
  expect(code).toBe(0);
});
