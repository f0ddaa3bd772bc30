import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { TerraformPlanError } from "../../lib/terraform/read-plan.ts";
import { decisionsOn, PLANS, planFile } from "../support/terraform.ts";

const FILES = ["regula", "checkov", "constructed"].flatMap((folder) => readdirSync(join(PLANS, folder)).map((name) => `${folder}/${name}`));
const POLICY = `version: 1
rules:
${[
  "flow-logs-enabled",
  "no-stale-reference",
  "no-unrestricted-egress",
  "no-public-main-table",
  "no-blackhole-route",
  "no-cidr-overlap",
  "no-open-network-acl",
]
  .map((id) => `  ${id}: true`)
  .join("\n")}`;

// Exchanges one value somewhere in a document: which, `path` chooses.
function mutated(value: unknown, path: readonly number[], replacement: unknown): unknown {
  const [step = 0, ...rest] = path;
  if (typeof value !== "object" || value === null || path.length === 0) return replacement;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(keys.length, 1)];
  if (key === undefined) return replacement;
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === key ? mutated(item, rest, replacement) : item));
  return { ...value, [key]: mutated(Object(value)[key], rest, replacement) };
}

test("whatever value stands anywhere, a plan is judged or refused, and nothing breaks", async () => {
  const path = fc.array(fc.nat(50), { minLength: 1, maxLength: 9 });
  const replacement = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(true, "0.0.0.0/0", "sg-1", {}, [], [null], { references: ["var.x"] }),
  );
  const mutations = fc.array(fc.tuple(path, replacement), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...FILES), mutations, async (file, list) => {
      const plan = list.reduce((value, [where, what]) => mutated(value, where, what), planFile(file));
      try {
        const decisions = await decisionsOn(plan, POLICY);
        for (const { outcome, notJudged } of decisions.values()) if (outcome === "clean") expect(notJudged).toEqual([]);
      } catch (error) {
        expect(error).toBeInstanceOf(TerraformPlanError);
      }
    }),
    { numRuns: 1500 },
  );
});
