import { createHash } from "node:crypto";
import { RULES } from "../rules/index.ts";
import { checkParts } from "./check.ts";
import { readShape } from "./explain.ts";
import type { Policy } from "./policy.ts";
import { type Fault, formatPath, PolicyError } from "./problem.ts";
import type { PolicyDocument } from "./schema.ts";
import { settingsFor } from "./settings.ts";

/** The policy of a document that has the right shape. Throws PolicyError for what is wrong between its parts. */
export function policyOf(document: PolicyDocument, file = "policy"): Policy {
  const faults = checkParts(document);
  if (faults.length > 0) throw refusal(faults, file);
  return { version: versionOf(document), document };
}

/** The policy of a snapshot, the JSON of a Policy's document; `file` is named in errors. Throws PolicyError. */
export function readSnapshot(snapshot: unknown, file = "policy snapshot"): Policy {
  const shape = readShape(snapshot);
  if ("faults" in shape) throw refusal(shape.faults, file);
  return policyOf(shape.document, file);
}

function refusal(faults: readonly Fault[], file: string): PolicyError {
  return new PolicyError(faults.map(({ path, message }) => ({ file, line: 0, column: 0, message: `${formatPath(path)}: ${message}` })));
}

// Over what is in effect: a release that changes a rule's default changes the version, a reordered or reformatted file does not.
function versionOf(document: PolicyDocument): string {
  const rules = RULES.map((rule) => {
    const settings = settingsFor(rule, document);
    return [rule.meta.id, settings === undefined ? false : { ...settings, options: rule.options.parse(settings.options) }];
  });
  return createHash("sha256")
    .update(canonicalJson({ ...document, rules: Object.fromEntries(rules) }))
    .digest("hex")
    .slice(0, 12);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
