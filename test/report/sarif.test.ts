import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Decision } from "../../lib/model/decision.ts";
import { SEVERITIES } from "../../lib/model/finding.ts";
import { sarif } from "../../lib/report/sarif.ts";
import type { Unreadable } from "../../lib/report/tally.ts";
import { RULES } from "../../lib/rules/index.ts";
import { visible } from "../../lib/slack/text.ts";
import { decision, finding } from "../support/decisions.ts";
import { EXAMPLE, hostile, hostileText, planned, policy, UNREADABLE, written } from "../support/reporting.ts";
import { SarifLog } from "../support/sarif-schema.ts";

interface Options {
  readonly unreadable?: readonly Unreadable[];
  readonly paths?: readonly string[];
  readonly rulePages?: string;
}

const log = (decisions: readonly Decision[], { unreadable = [], paths = ["AWSLogs"], ...linked }: Options = {}) =>
  written((write) => sarif({ write, policy, paths, version: "1.2.3", ...linked }), decisions, unreadable);

async function runOf(decisions: readonly Decision[], options?: Options) {
  return SarifLog.parse(JSON.parse(await log(decisions, options))).runs[0];
}

describe("a log", () => {
  test("reads like this", async () => {
    const { invocations, results, tool } = await runOf(EXAMPLE, { unreadable: UNREADABLE });
    const rule = tool.driver.rules.find(({ id }) => id === "no-public-ingress");
    const expected: unknown = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/reports/review.sarif.json"), "utf8"));
    expect(JSON.parse(JSON.stringify({ invocations, results, rule }))).toEqual(expected);
  });

  test("without findings has its rules and says that it succeeded", async () => {
    const { invocations, results, tool } = await runOf([]);
    expect(results).toEqual([]);
    expect(invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [] }]);
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(
      RULES.filter(({ meta }) => meta.enabled)
        .map(({ meta }) => meta.id)
        .sort(),
    );
  });

  test("did not succeed when something could not be read, and says how much it leaves out", async () => {
    const unreadable = Array.from({ length: 1_200 }, (_, index) => ({ source: "a.json", index, reason: "no record" }));
    const { invocations } = await runOf([], { unreadable });
    expect(invocations[0]?.executionSuccessful).toBe(false);
    expect(invocations[0]?.toolExecutionNotifications).toHaveLength(1_001);
    expect(invocations[0]?.toolExecutionNotifications.at(-1)?.message.text).toBe("200 more could not be read");
  });

  test("suppresses what only an exception admits, by its id, and nothing else", async () => {
    const { results } = await runOf(EXAMPLE);
    expect(results.filter(({ suppressions }) => suppressions.length > 0)).toMatchObject([
      { suppressions: [{ kind: "external", properties: { exception: "vendor-2026" } }], properties: { resource: "sg-0excepted" } },
    ]);
    expect(results).toHaveLength(4);
  });

  test("is the same to the byte when it is written again", async () => {
    expect(await log(EXAMPLE, { unreadable: UNREADABLE })).toBe(await log(EXAMPLE, { unreadable: UNREADABLE }));
  });

  test("links rules to their pages", async () => {
    const { tool } = await runOf([], { rulePages: "https://git.example/docs/rules" });
    expect(tool.driver.rules[0]?.helpUri).toBe(`https://git.example/docs/rules/${tool.driver.rules[0]?.id}.md`);
  });
});

describe("severity", () => {
  test.each([
    ["critical", "error", "9.5"],
    ["high", "error", "8.0"],
    ["medium", "warning", "5.5"],
    ["low", "note", "2.0"],
    ["info", "note", undefined],
  ] as const)("%s is the level %s, and GitHub ranks it by %s", async (severity, level, rank) => {
    const found = finding("tcp 22 from 0.0.0.0/0", { severity });
    const { results, tool } = await runOf([decision({ findings: [found] })]);
    expect(results[0]?.level).toBe(level);
    expect(tool.driver.rules[results[0]?.ruleIndex ?? -1]?.properties?.["security-severity"]).toBe(rank);
  });

  test("of a rule is the worst that it found", async () => {
    const found = [...SEVERITIES].reverse().map((severity, i) => finding(`tcp ${i} from 0.0.0.0/0`, { severity }));
    const { results, tool } = await runOf([decision({ findings: found })]);
    expect(results).toHaveLength(5);
    expect(tool.driver.rules[results[0]?.ruleIndex ?? -1]?.defaultConfiguration?.level).toBe("error");
  });
});

describe("a location", () => {
  const uriOf = async (decisions: readonly Decision[], paths: readonly string[] = ["AWSLogs"]) =>
    (await runOf(decisions, { paths })).results[0]?.locations[0]?.physicalLocation;

  test.each([
    ["main.tf", "12", { artifactLocation: { uri: "main.tf", uriBaseId: "%SRCROOT%" }, region: { startLine: 12 } }],
    ["./a b/ü#%.tf", undefined, { artifactLocation: { uri: "a%20b/%C3%BC%23%25.tf", uriBaseId: "%SRCROOT%" } }],
    ["main.tf", "0", { artifactLocation: { uri: "main.tf", uriBaseId: "%SRCROOT%" } }],
    ["http://evil", "x", { artifactLocation: { uri: "http%3A//evil", uriBaseId: "%SRCROOT%" } }],
    ["/srv/main.tf", "1", { artifactLocation: { uri: "file:///srv/main.tf" }, region: { startLine: 1 } }],
  ])("of %s:%s", async (file, line, expected) => {
    expect(await uriOf([planned("aws_security_group.web", { file, ...(line !== undefined && { line }) })])).toEqual(expected);
  });

  test.each([
    [["AWSLogs/a.json"], "AWSLogs/a.json"],
    [["AWSLogs/a/1.json", "AWSLogs/b/2.json"], "AWSLogs"],
    [["a.json", "b.json"], "."],
    [["-"], "stdin"],
  ])("is the input where no file is known: %s", async (paths, uri) => {
    expect((await uriOf([decision()], paths))?.artifactLocation.uri).toBe(uri);
  });
});

test("foreign text is told as it is, and nothing of it is a link, a placeholder or an address of its own", async () => {
  await fc.assert(
    fc.asyncProperty(hostileText, async (text) => {
      const { results, invocations } = await runOf(hostile(text), {
        unreadable: [{ source: text, index: 0, reason: text }],
        paths: [text],
      });
      expect(results.map(({ properties }) => properties.resource)).toEqual(Array(3).fill(visible(text)));
      expect(invocations[0]?.toolExecutionNotifications).toHaveLength(2);
    }),
    { numRuns: 300 },
  );
});
