import { describe, expect, test } from "@jest/globals";
import type { Decision } from "../../lib/model/decision.ts";
import { narrowRules } from "../../lib/model/remedy.ts";
import { duration, table } from "../../lib/report/table.ts";
import { Tally } from "../../lib/report/tally.ts";
import { change, decision, finding, rule } from "../support/decisions.ts";

async function tableOf(decisions: readonly Decision[], options: { all?: boolean; width?: number } = {}): Promise<string> {
  let text = "";
  const report = table({
    write: async (part) => {
      text += part;
    },
    paint: (_, part) => part,
    width: options.width ?? 80,
    all: options.all ?? false,
    heading: [{ text: "heading" }],
    advice: () => [["do", "this"]],
  });
  const tally = new Tally();
  for (const each of decisions) {
    tally.outcomes[each.outcome]++;
    await report.decided(each);
  }
  await report.end(tally);
  return text;
}

const at = (minute: number) => change({ id: `event-${minute}`, at: `2026-03-02T09:${String(minute).padStart(2, "0")}:00Z` });
const SSH = "tcp 22 from 0.0.0.0/0";
const opened = decision({ change: at(0), outcome: "would-act", acts: [] });
const standing = decision({ change: at(1), outcome: "would-act", acts: [], findings: [finding(SSH, { introduced: "earlier" })] });
const closed = decision({ change: at(5), outcome: "clean", acts: [], findings: [] });

describe("the table", () => {
  test("tells a hole once, and how long it stood", async () => {
    const text = await tableOf([opened, standing, closed]);
    expect(text.split("is open to the internet")).toHaveLength(2);
    expect(text).toContain("stood open for 5 min");
    expect(text).toContain("Not shown: 1 clean change and 1 change to resources whose trouble is told above");
  });

  test("says that a hole is open still", async () => {
    expect(await tableOf([opened, standing])).toContain("still open when the records end");
  });

  test("tells a hole that stood before the first decision, and blames nobody", async () => {
    const text = await tableOf([standing], { width: 200 });
    expect(text.replace(/\s+/g, " ")).toContain("is open to the internet, and was before this change");
    expect(text).not.toContain("Who brought it about");
  });

  test("tells a hole again that was closed and opened again", async () => {
    const again = decision({ change: at(7), outcome: "would-act", acts: [] });
    expect((await tableOf([opened, closed, again])).split("is open to the internet")).toHaveLength(3);
  });

  test("does not say of what the guard closed that it stood open", async () => {
    const text = await tableOf([decision({ change: at(0) })]);
    expect(text).toContain("acted");
    expect(text).not.toMatch(/stood open|still open/);
  });

  test("tells what was not judged, excepted, narrowed and refused", async () => {
    const wide = rule("tcp 22-443 from 0.0.0.0/0");
    const text = await tableOf(
      [
        decision({ change: at(0), outcome: "alert", findings: [], acts: [], notJudged: [{ rule: "a-rule", needs: "a list" }] }),
        decision({
          change: at(1),
          outcome: "excepted",
          findings: [],
          acts: [],
          excepted: [{ finding: finding(SSH), exception: "vendor" }],
        }),
        decision({
          change: at(2),
          outcome: "failed",
          acts: [
            { remedy: narrowRules("sg-1", [wide], [rule("tcp 443 from 0.0.0.0/0")]), result: "denied", error: "UnauthorizedOperation" },
          ],
        }),
      ],
      { width: 200 },
    );
    for (const words of [
      "a-rule could not be judged: it needs a list",
      `${SSH} by exception vendor`,
      "narrow tcp 22-443 from 0.0.0.0/0 to tcp 443 from 0.0.0.0/0 on sg-1",
      "UnauthorizedOperation",
    ]) {
      expect(text.replace(/\s+/g, " ")).toContain(words);
    }
  });

  test("tells egress in its direction, and through which prefix list a change came", async () => {
    const everything = rule("all to 0.0.0.0/0");
    const found = finding("all to 0.0.0.0/0", {
      rule: "no-unrestricted-egress",
      rules: [everything],
      message: "all to 0.0.0.0/0 may go out",
    });
    const outward = decision({
      change: { ...at(0), via: { kind: "prefix-list", id: "pl-0c4d1e7a92b3f6580" } },
      outcome: "would-act",
      findings: [found],
      acts: [{ remedy: narrowRules("sg-1", [everything], [rule("tcp 443 to 0.0.0.0/0")]), result: "would" }],
    });
    // The columns of the wide table are so narrow that the two words stand in two lines.
    for (const [width, through] of [
      [80, /through pl-0c4d1e7a92b3f6580/],
      [200, /through .*pl-0c4d1e7a92b3f6580/],
    ] as const) {
      const text = (await tableOf([outward], { width })).replace(/\s+/g, " ");
      expect(text).toMatch(through);
      expect(text).toContain("narrow all to 0.0.0.0/0 to tcp 443 to 0.0.0.0/0 on sg-1");
    }
  });

  test("ingress and egress of the same services are two holes", async () => {
    const inward = decision({ change: at(0), outcome: "would-act", acts: [] });
    const outward = decision({ change: at(3), outcome: "would-act", acts: [], findings: [finding("tcp 22 to 0.0.0.0/0")] });
    const text = await tableOf([inward, outward]);
    expect(text).toContain("stood open for 3 min");
    expect(text).toContain("still open when the records end");
  });

  test("tells once what several rules want, and no time of what is only planned, nor a place that nobody told", async () => {
    const needs = "what the macro Mine adds";
    const notJudged = ["no-public-ingress", "described-rules", "shared-group", "no-stale-reference"].map((rule) => ({ rule, needs }));
    const planned = change({ account: "unknown", region: "unknown", call: { source: "cloudformation", name: "plan" } });
    const text = await tableOf([decision({ change: planned, outcome: "alert", findings: [], acts: [], notJudged })]);
    const words = text.replaceAll(/\s+/g, " ");
    expect(words).toContain(`no-public-ingress, described-rules and 2 more rules could not be judged: they need ${needs}`);
    expect(words).toContain("planned ");
    expect(words).not.toMatch(/unknown|2026-03-02/);
  });

  test("says so when nothing changed", async () => {
    expect(await tableOf([])).toContain("Nothing tells of a change that a rule judges.");
  });
});

test.each([
  [0, "less than 1 s"],
  [59, "59 s"],
  [109, "1 min 49 s"],
  [3_600, "1 h"],
  [90_061, "1 d 1 h"],
])("%i seconds are %s", (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});
