import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { costsOf } from "../../bench/costs.ts";
import { pageOf, readmeWith } from "../../bench/page.ts";

const file = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const results = JSON.parse(file("bench/results.json"));

test("docs/benchmarks.md and the figures in the README are what the last run of the bench found", () => {
  expect(file("docs/benchmarks.md")).toBe(pageOf(results));
  expect(readmeWith(file("README.md"), results)).toBe(file("README.md"));
});

test("every figure in the README's section on speed is in docs/benchmarks.md", () => {
  const [, speed = ""] = /## Speed\n([\s\S]*?)\n## /.exec(file("README.md")) ?? [];
  const figures = speed.match(/[$\d][\d.,]*(?: (?:ms|MB|x))?/g) ?? [];
  expect(figures.length).toBeGreaterThan(10);
  expect(figures.filter((figure) => !file("docs/benchmarks.md").includes(figure.replace(/[.,]$/, "")))).toEqual([]);
});

test("costs follow the calls: what is asked of the table twice costs twice, and a million changes a million times as much as one", () => {
  const call = (service: "dynamodb" | "ec2 and sts", action: string) => ({ service, action, answered: 0 });
  const [least, custodian, config, firewall] = costsOf([], 2);
  const [one] = costsOf([call("dynamodb", "GetItem")], 2);
  const [two] = costsOf([call("dynamodb", "GetItem"), call("dynamodb", "GetItem")], 2);
  const ofRead = (one?.perMillionChanges ?? 0) - (least?.perMillionChanges ?? 0);
  // A read unit, and five milliseconds of a function with 1 GB.
  expect(ofRead).toBeCloseTo(0.125 + 0.005 * 13.3334, 6);
  expect((two?.perMillionChanges ?? 0) - (least?.perMillionChanges ?? 0)).toBeCloseTo(2 * ofRead, 6);
  expect(custodian?.perMillionChanges).toBeCloseTo(20 * 0.2 + ((2 + 19) * 0.2 + 20 * 0.03) * 0.5 * 16.6667, 3);
  expect(config?.perMillionChanges).toBeCloseTo(3_000 + 20 * 1_000, 3);
  // Three policies in four regions, and two million items with an evaluation by each policy.
  expect(firewall?.perMonth).toBeCloseTo(1_200 + 2e6 * 0.006, 3);
});
