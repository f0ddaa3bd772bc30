import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Decision } from "../../lib/model/decision.ts";
import { SEVERITIES, type Severity } from "../../lib/model/finding.ts";
import { junit } from "../../lib/report/junit.ts";
import type { Unreadable } from "../../lib/report/tally.ts";
import { escapeXml } from "../../lib/report/xml.ts";
import { visible } from "../../lib/slack/text.ts";
import { change, decision, finding } from "../support/decisions.ts";
import { casesIn, type JunitSuites, readJunit } from "../support/junit-schema.ts";
import { EXAMPLE, hostile, hostileText, planned, policy, UNREADABLE, written } from "../support/reporting.ts";

const report = (decisions: readonly Decision[], unreadable: readonly Unreadable[] = [], failOn: Severity | "never" = "low") =>
  written((write) => junit({ write, policy, failOn }), decisions, unreadable);

async function suitesOf(...args: Parameters<typeof report>): Promise<JunitSuites> {
  const [suites] = readJunit(await report(...args));
  if (suites === undefined) throw new Error("nothing was read");
  return suites;
}

const resultsOf = async (...args: Parameters<typeof report>) => casesIn(await suitesOf(...args)).map(({ name, result }) => [name, result]);

describe("a report", () => {
  test("reads like this", async () => {
    const expected = readFileSync(join(import.meta.dirname, "../fixtures/reports/review.xml"), "utf8");
    expect(await report(EXAMPLE, UNREADABLE)).toBe(expected);
  });

  test("has a case for each resource, and counts what became of them", async () => {
    const suites = await suitesOf(EXAMPLE, UNREADABLE);
    expect(casesIn(suites).map(({ suite, name, result }) => [suite, name, result])).toEqual([
      ["111122223333 eu-west-1", "route table rtb-0a1b2c3d4e5f60718", "failure"],
      ["111122223333 eu-west-1", "security group sg-0a1b2c3d4e5f60718 (bastion)", "failure"],
      ["111122223333 eu-west-1", "security group sg-0clean", "passed"],
      ["111122223333 eu-west-1", "security group sg-0excepted", "skipped"],
      ["111122223333 eu-west-1", "VPC vpc-0f1e", "error"],
      ["plan", 'security group module.web.aws_security_group.this["a"]', "failure"],
      ["unreadable", "AWSLogs/broken.json, record 3", "error"],
    ]);
    expect(suites.attributes).toMatchObject({ tests: "7", failures: "3", errors: "2" });
    expect(suites.children[0]?.attributes).toMatchObject({ tests: "5", failures: "2", errors: "1", skipped: "1" });
  });

  test("gathers all decisions about a resource in its case, however often its name changes", async () => {
    const at = (minute: number) => change({ id: `event-${minute}`, at: `2026-03-02T09:0${minute}:00Z` });
    const decisions = [
      decision({ change: at(0), outcome: "would-act", acts: [] }),
      decision({ change: at(1), outcome: "would-act", acts: [], names: {}, findings: [finding("tcp 3389 from 0.0.0.0/0")] }),
    ];
    const [only, ...others] = casesIn(await suitesOf(decisions));
    expect(others).toEqual([]);
    expect(only?.message).toBe("critical: tcp 22 from 0.0.0.0/0 is open to the internet; and 1 more finding");
    expect(only?.text).toContain("traffic: tcp 3389 from 0.0.0.0/0");
    expect(only?.text).toContain("2 changes");
  });

  test("is one of no cases where nothing was changed", async () => {
    expect((await suitesOf([])).attributes).toMatchObject({ tests: "0", failures: "0", errors: "0" });
  });

  test.each([
    ["critical", ["failure", "passed", "passed", "passed", "passed"]],
    ["medium", ["failure", "failure", "failure", "passed", "passed"]],
    ["info", ["failure", "failure", "failure", "failure", "failure"]],
    ["never", ["passed", "passed", "passed", "passed", "passed"]],
  ] as const)("fails from %s on, and tells the rest", async (failOn, results) => {
    const decisions = SEVERITIES.map((severity, i) =>
      planned(`aws_security_group.g${i}`, { findings: [finding("tcp 22 from 0.0.0.0/0", { severity })] }),
    );
    const cases = casesIn(await suitesOf(decisions, [], failOn));
    expect(cases.map(({ result }) => result)).toEqual(results);
    for (const [i, { text }] of cases.entries()) expect(text).toContain(`${SEVERITIES[i]}: tcp 22 from 0.0.0.0/0 is open`);
  });

  test("tells the worst news of a resource: a failure before an error before an exception", async () => {
    const notJudged = [{ rule: "flow-logs-enabled", needs: "a list" }];
    const excepted = [{ finding: finding("tcp 5432 from 0.0.0.0/0"), exception: "vendor" }];
    const all = { excepted, notJudged };
    expect(
      await resultsOf([
        planned("a", all),
        planned("b", { ...all, findings: [], outcome: "alert" }),
        planned("c", { excepted, findings: [], outcome: "excepted" }),
      ]),
    ).toEqual([
      ["security group a", "failure"],
      ["security group b", "error"],
      ["security group c", "skipped"],
    ]);
  });

  test("never passes what was not judged or not read, whatever fails", async () => {
    const open = EXAMPLE.filter(({ outcome }) => outcome === "alert");
    expect(await resultsOf(open, UNREADABLE, "never")).toEqual([
      ["VPC vpc-0f1e", "error"],
      ["AWSLogs/broken.json, record 3", "error"],
    ]);
  });

  test("says how many findings and unreadable records it leaves out", async () => {
    const findings = Array.from({ length: 30 }, (_, i) => finding(`tcp ${i} from 0.0.0.0/0`));
    const unreadable = Array.from({ length: 1_200 }, (_, index) => ({ source: "a.json", index, reason: "no record" }));
    const cases = casesIn(await suitesOf([planned("a", { findings })], unreadable));
    expect(cases[0]?.text).toContain("and 10 more findings");
    expect(cases.at(-1)?.name).toBe("200 more records");
    expect(cases).toHaveLength(1_002);
  });

  test("is the same to the byte when it is written again", async () => {
    expect(await report(EXAMPLE, UNREADABLE)).toBe(await report(EXAMPLE, UNREADABLE));
  });
});

describe("foreign text", () => {
  test("is text and nothing else to a strict parser", async () => {
    const texts = fc.sample(hostileText, 200);
    const reports = await Promise.all(texts.map((text) => report(hostile(text), [{ source: text, index: 0, reason: text }])));
    for (const [i, suites] of readJunit(...reports).entries()) {
      const cases = casesIn(suites);
      expect(cases.map(({ result }) => result).sort()).toEqual(["error", "error", "failure", "failure", "skipped"]);
      // Of what is visible, XML forbids two characters more.
      const text = visible(texts[i] ?? "").replace(/[\uFFFE\uFFFF]/g, "\uFFFD");
      expect(cases.find(({ name }) => name.startsWith("subnet "))?.message).toBe(`by exception ${text}`);
    }
  });

  test.each([
    ["markup", `<a b="c">&amp;]]>`, "&lt;a b=&quot;c&quot;&gt;&amp;amp;]]&gt;"],
    ["what XML cannot have", "a\u0000b\u001bc\uFFFEd\uD800e", "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe"],
    ["the other planes", "🙂\u{10FFFF}", "🙂\u{10FFFF}"],
    ["a carriage return", "a\r\nb", "a&#13;\nb"],
  ])("has %s escaped", (_, text, expected) => {
    expect(escapeXml(text)).toBe(expected);
  });
});
