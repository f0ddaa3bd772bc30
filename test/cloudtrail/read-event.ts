import { readFileSync } from "node:fs";
import { changesOf } from "../../lib/cloudtrail/parse.ts";
import type { Change, Claim } from "../../lib/model/change.ts";
import type { Effect } from "../../lib/model/effect.ts";
import { formatRule } from "../../lib/model/security-group-rule.ts";

/** A file as JSON; `below` is its folder from the root of the project. */
export function readJson(name: string, below = "events"): unknown {
  return JSON.parse(readFileSync(new URL(`../../${below}/${name}`, import.meta.url), "utf8"));
}

/** The one change of a record; throws what the parser says when there is none. */
export function onlyChange(record: unknown): Change {
  const parsed = changesOf(record);
  if (parsed.kind !== "changes") throw new Error(`${parsed.kind}: ${parsed.reason}`);
  const [change, ...more] = parsed.changes;
  if (change === undefined || more.length > 0) throw new Error(`${parsed.changes.length} changes`);
  return change;
}

/** The claim of a record that holds one change. */
export function claimOf(record: unknown): Claim | undefined {
  return onlyChange(record).claim;
}

/** The effects that a record with one change claims. */
export function effectsOf(record: unknown): readonly Effect[] {
  const claim = claimOf(record);
  if (claim?.kind !== "effects") throw new Error(`no effects: ${claim?.kind}`);
  return claim.effects;
}

/** All changes of a record; throws what the parser says when there are none. */
export function changesIn(record: unknown): readonly Change[] {
  const parsed = changesOf(record);
  if (parsed.kind !== "changes") throw new Error(`${parsed.kind}: ${parsed.reason}`);
  return parsed.changes;
}

/** The rules of a claim in the notation of rules; a modified rule, whose direction is unknown, as ingress. */
export function rules(claim: Claim | undefined): string[] {
  if (claim === undefined || !("rules" in claim)) throw new Error(`no rules: ${claim?.kind}`);
  return claim.rules.map((rule) => formatRule({ direction: "ingress", ...rule }));
}

/** A copy of JSON with one place set: `set(event, "detail.errorCode", "x")`; undefined removes it. */
export function set(json: unknown, path: string, value: unknown): unknown {
  const [key = "", ...rest] = path.split(".");
  if (Array.isArray(json)) return json.map((item, i) => (String(i) === key ? set(item, rest.join("."), value) : item));
  if (path === "") return value;
  const fields: Record<string, unknown> = { ...(typeof json === "object" ? json : {}) };
  if (rest.length > 0) fields[key] = set(fields[key], rest.join("."), value);
  else if (value === undefined) delete fields[key];
  else fields[key] = value;
  return fields;
}
