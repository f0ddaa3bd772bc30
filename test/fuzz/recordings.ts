import { readdirSync, readFileSync } from "node:fs";
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
