import { describe, expect, test } from "@jest/globals";
import type { Row } from "../../../lib/report/html/data.ts";
import { HeatCounts } from "../../../lib/report/html/heat-map.ts";
import { timeLineOf } from "../../../lib/report/html/time-line.ts";

const at = (...moments: string[]) => moments.map((moment) => ({ at: moment, outcome: "clean" as const }));

describe("the time line", () => {
  test.each([
    ["minutes", at("2026-03-02T09:00:10Z", "2026-03-02T09:59:00Z"), "minute", 60],
    ["hours", at("2026-03-02T09:00:10Z", "2026-03-04T09:59:00Z"), "hour", 49],
    ["days", at("2026-02-02T09:00:10Z", "2026-03-04T09:59:00Z"), "day", 31],
    ["few days far apart", at("2016-03-02T09:00:10Z", "2026-03-04T09:59:00Z"), "day", 2],
  ] as const)("has %s where they cover it", (_, rows, unit, count) => {
    const line = timeLineOf(rows);
    expect([line?.unit, line?.stretches.length]).toEqual([unit, count]);
  });

  test("has weeks, months and years for what many days tell", () => {
    const daily = (days: number) => at(...Array.from({ length: days }, (_, i) => new Date(Date.UTC(2020, 0, 1 + i)).toISOString()));
    expect([100, 1000, 4000].map((days) => timeLineOf(daily(days))?.unit)).toEqual(["week", "month", "year"]);
    expect(timeLineOf(daily(100))?.stretches[0]?.label).toBe("2019-12-30");
    expect(
      timeLineOf(daily(1000))
        ?.stretches.map(({ label }) => label)
        .slice(0, 2),
    ).toEqual(["2020-01", "2020-02"]);
  });

  test("says when it leaves days out, and counts every change once", () => {
    const line = timeLineOf(at("2016-03-02T09:00:10Z", "2016-03-02T10:00:10Z", "2026-03-04T09:59:00Z"));
    expect(line).toMatchObject({ gaps: true, stretches: [{ label: "2016-03-02" }, { label: "2026-03-04" }] });
    expect(line?.stretches.map(({ counts }) => counts.get("clean"))).toEqual([2, 1]);
    expect(timeLineOf(at("2026-03-02T09:00:10Z"))?.gaps).toBe(false);
  });

  test("has nothing to show of no change, or of moments that are none", () => {
    expect(timeLineOf([])).toBeUndefined();
    expect(timeLineOf(at("", "later"))).toBeUndefined();
  });
});

test("the heat map counts each decision once for a rule, keeps the worst, and ranks by it", () => {
  const counts = new HeatCounts();
  const row: Pick<Row, "account"> = { account: 0 };
  counts.note(row, [
    { rule: 0, severity: "low" },
    { rule: 0, severity: "high" },
    { rule: 1, severity: "info" },
  ]);
  counts.note(row, [{ rule: 0, severity: "low" }]);
  counts.note({ account: 1 }, [{ rule: 1, severity: "critical" }]);
  expect(counts.map).toEqual({
    accounts: [1, 0],
    rules: [1, 0],
    heats: [
      { account: 0, rule: 0, count: 2, worst: "high" },
      { account: 0, rule: 1, count: 1, worst: "info" },
      { account: 1, rule: 1, count: 1, worst: "critical" },
    ],
  });
});
