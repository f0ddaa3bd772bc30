import { readdirSync, readFileSync } from "node:fs";
import { parsePolicy } from "../../lib/policy/load.ts";
import type { Json } from "./json.ts";

const ROOT = new URL("../../", import.meta.url);

/** Every recorded event that is a file of its own, as JSON, by its path. */
export const RECORDED: readonly (readonly [path: string, event: Json])[] = filesBelow("events", /\/\d{3}-[^/]*\.json$/);

/** The broken ones among the fixtures that are JSON. */
export const BROKEN: readonly Json[] = filesBelow("test/fixtures/bad", /(?<!not-json|truncated|empty)\.json$/).map(([, json]) => json);

/** The policies of the project, as text. */
export const POLICIES: readonly string[] = ["portcullis.yml", "examples/strict.yml", "examples/organization.yml"].map((path) =>
  readFileSync(new URL(path, ROOT), "utf8"),
);

/** The policy with all rules on, enforced. */
export const STRICT = parsePolicy((POLICIES[1] ?? "").replace(/^mode: .*$/m, "mode: enforce"), "examples/strict.yml");

/** Terraform plans among the fixtures that are small enough to be mutated by the thousand. */
export const PLANS: readonly Json[] = filesBelow("test/fixtures/terraform", /(?<!provider-schema)\.json$/)
  .map(([, json]) => json)
  .filter((json) => JSON.stringify(json).length < 30_000);

/** CloudFormation templates among the fixtures, as text. */
export const TEMPLATES: readonly string[] = readdirSync(new URL("test/fixtures/cloudformation", ROOT))
  .filter((name) => /\.(json|ya?ml)$/.test(name))
  .sort()
  .map((name) => textIn(`test/fixtures/cloudformation/${name}`));

/** A file of the project as text. */
export function textIn(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

function filesBelow(folder: string, name: RegExp): (readonly [string, Json])[] {
  const paths = readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`);
  return paths
    .filter((path) => name.test(path) && !path.includes("AWSLogs"))
    .sort()
    .map((path) => [path, JSON.parse(textIn(path))]);
}
