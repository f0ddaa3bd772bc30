import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Decision } from "../../lib/model/decision.ts";
import { SEVERITIES } from "../../lib/model/finding.ts";
import { MARKER, markdown } from "../../lib/report/markdown.ts";
import { code, prose } from "../../lib/report/markdown-text.ts";
import type { Unreadable } from "../../lib/report/tally.ts";
import { visible } from "../../lib/slack/text.ts";
import { change, decision, finding } from "../support/decisions.ts";
import { EXAMPLE, hostile, hostileText, planned, policy, UNREADABLE, written } from "../support/reporting.ts";

const comment = (decisions: readonly Decision[], unreadable: readonly Unreadable[] = [], rulePages?: string) =>
  written((write) => markdown({ write, policy, ...(rulePages !== undefined && { rulePages }) }), decisions, unreadable);

const clean = EXAMPLE.filter(({ outcome }) => outcome === "clean");
const headOf = (text: string) => text.split("\n")[2];

describe("a comment", () => {
  test("reads like this", async () => {
    const expected = readFileSync(join(import.meta.dirname, "../fixtures/reports/comment.md"), "utf8");
    expect(await comment(EXAMPLE, UNREADABLE)).toBe(expected);
  });

  test("says so when nothing is forbidden, and when nothing was changed", async () => {
    expect(await comment(clean)).toBe(
      `${MARKER}\n\n### ✅ Portcullis found nothing forbidden\n\n<sub>1 change judged by Portcullis under policy \`3f9c01d2ab47\`.</sub>\n`,
    );
    expect(headOf(await comment([]))).toBe("### ✅ Portcullis: no change that a rule judges");
  });

  test("never calls clean what was not judged or not read", async () => {
    const open = EXAMPLE.filter(({ outcome }) => outcome === "alert");
    expect(headOf(await comment([...clean, ...open]))).toBe("### ❔ Portcullis found nothing forbidden, 1 not judged");
    expect(headOf(await comment(clean, UNREADABLE))).toBe("### ❔ Portcullis found nothing forbidden, 1 unreadable");
  });

  test("links rules to their pages where it is told where they are", async () => {
    const text = await comment([planned("aws_security_group.web")], [], "https://git.example/portcullis/docs/rules/");
    expect(text).toContain("[no-public-ingress](<https://git.example/portcullis/docs/rules/no-public-ingress.md>)");
  });

  test("explains each rule once", async () => {
    const text = await comment([planned("aws_security_group.a"), planned("aws_security_group.b")]);
    expect(text.split("Scanners find an open port")).toHaveLength(2);
  });

  test("stays as short as GitHub takes, tells the worst, and says how much of what is left out", async () => {
    const many = Array.from({ length: 2_000 }, (_, i) => {
      const severity = SEVERITIES[i % SEVERITIES.length] ?? "info";
      const found = finding("tcp 22 from 0.0.0.0/0", { severity, message: "&".repeat(600) });
      return planned(`aws_security_group.g${i}`, { findings: [found], notJudged: [{ rule: "flow-logs-enabled", needs: "<".repeat(600) }] });
    });
    const text = await comment(
      many,
      Array.from({ length: 2_000 }, (_, index) => ({ source: "|".repeat(300), index, reason: "*".repeat(900) })),
    );
    expect(text.length).toBeLessThanOrEqual(65_536);
    expect(text.length).toBeGreaterThan(55_000);
    expect(text).toMatch(/\*\*Too long for a comment: \d+ critical, 400 high, 400 medium, 400 low, 400 info more\.\*\*/);
    expect(text).not.toContain("**high**");
    expect(text).toContain("Not judged, so not clean: 2,000");
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? 0);
  });

  test("is the same to the byte when it is written again", async () => {
    expect(await comment(EXAMPLE, UNREADABLE)).toBe(await comment(EXAMPLE, UNREADABLE));
  });
});

// The signs that are markup where no code, escape or entity holds them, by the rules of CommonMark 0.31.2, 2.4 and 6.1.
function skeleton(text: string): string {
  let bones = "";
  for (let i = 0; i < text.length; i++) {
    const [run = ""] = /^`+/.exec(text.slice(i)) ?? [];
    if (text[i] === "\\" && /[!-/:-@[-`{-~]/.test(text[i + 1] ?? "")) i++;
    else if (run !== "") {
      const end = new RegExp(`(?<!\`)${run}(?!\`)`).exec(text.slice(i + run.length));
      expect(end).not.toBeNull();
      bones += "§";
      i += run.length * 2 + (end?.index ?? 0) - 1;
    } else bones += text[i];
  }
  return bones.replaceAll("<span>$</span>", "").replace(/[^<>[\]*_~|$\n§]+/g, "");
}

describe("foreign text", () => {
  test("changes nothing of a comment's markup", async () => {
    const expected = skeleton(await comment(hostile("x"), [{ source: "x", index: 0, reason: "x" }]));
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const made = await comment(hostile(text), [{ source: text, index: 0, reason: text }]);
        expect(skeleton(made)).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("mentions, refers to and links nothing", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(prose(text, 500)).not.toMatch(/@(?=[\p{L}\p{N}])|(?<!&)#(?=\d)|:\/\/|www\.|GH-\d|mailto:(?!&)|\n/iu);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ["a person", "@lena", "@&#8203;lena"],
    ["an issue", "see #12", "see #&#8203;12"],
    ["an image", "![x](https://evil.example)", "!\\[x\\](https:&#8203;//evil.example)"],
    ["HTML", "<b>&amp;", "&lt;b&gt;&amp;amp;"],
    ["a formula", "a $x$", "a <span>$</span>x<span>$</span>"],
    ["an emoji", ":heavy_check_mark:", ":&#8203;heavy\\_check\\_mark:"],
    ["lines and controls", "a\n# b\u0007\u202ec", "a # b c"],
  ])("holds %s as prose", (_, text, expected) => {
    expect(prose(text, 100)).toBe(expected);
  });

  test("is exact as code, whatever backticks it has", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const [, fence = "", content = ""] = /^(`+)(.*)\1$/s.exec(code(text, 10_000)) ?? [];
        expect(content.match(new RegExp(`(?<!\`)${fence}(?!\`)`))).toBeNull();
        const padded = content.startsWith(" ") && content.endsWith(" ");
        expect(padded ? content.slice(1, -1) : content).toBe(visible(text) || "(empty)");
      }),
      { numRuns: 2_000 },
    );
  });

  test("is cut where it is long, never within a character", () => {
    expect(code("ab🙂cd", 4)).toBe("`ab…`");
    expect(prose("&&&&", 3)).toBe("&amp;&amp;…");
  });
});

test("a hole that was closed says how long it stood, and one of a plan nothing", async () => {
  const at = (minute: number) => change({ id: `event-${minute}`, at: `2026-03-02T09:0${minute}:00Z` });
  const closed = decision({ change: at(5), outcome: "clean", findings: [], acts: [] });
  expect(await comment([decision({ change: at(0), outcome: "would-act", acts: [] }), closed])).toContain("stood open for 5 min");
  expect(await comment([planned("aws_security_group.web")])).not.toMatch(/stood|still/);
});
