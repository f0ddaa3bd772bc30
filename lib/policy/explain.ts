import * as core from "zod/v4/core";
import { nearest, suggest } from "../messages/nearest.ts";
import type { Fault, Path } from "./problem.ts";
import { PolicyDocument } from "./schema.ts";

/** How the text writes a value or key, where there is a text: `0123` is 123 once it has been read. */
export type Written = (path: Path, key: boolean) => string | undefined;

type Issue = core.$ZodIssue;

/** A document of the right shape, or what is wrong with it in words: what was found, what is expected. */
type Shape = { readonly document: PolicyDocument } | { readonly faults: readonly Fault[] };

/** Reads the shape of a document, once: it is work at every cold start. */
export function readShape(input: unknown, written: Written = () => undefined): Shape {
  const { success, data, error } = PolicyDocument.safeParse(input);
  return success ? { document: data } : { faults: error.issues.flatMap((issue) => explain(issue, [], input, written)) };
}

function explain(issue: Issue, base: Path, input: unknown, written: Written): Fault[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
  const value = valueAt(input, path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = keysAt(PolicyDocument, path);
      return issue.keys.map((key) => ({ path: [...path, key], key: true, message: explainKey(key, value, known) }));
    }
    case "invalid_key": {
      const key = String(path.at(-1));
      const text = written(path, true) ?? key;
      return [
        {
          path,
          key: true,
          message: `found "${text}", ${issue.issues[0]?.message ?? "expected another key"}${quoteIf(text !== key, text)}`,
        },
      ];
    }
    case "invalid_union": {
      // A branch that fails at its root is of another type than what was meant.
      const meant = issue.errors.find((branch) => branch.some((inner) => inner.path.length > 0 || inner.code !== "invalid_type"));
      if (meant !== undefined) return meant.flatMap((inner) => explain(inner, path, input, written));
      break;
    }
  }
  const expected = issue.message === "Invalid input" ? expectedOf(issue) : issue.message;
  if (value === undefined) return [{ path, message: `missing "${path.at(-1)}": ${expected}` }];
  const text = written(path, false);
  const wantsText = (issue.code === "invalid_type" && issue.expected === "string") || issue.code === "invalid_value";
  const hint = wantsText ? hintFor(value, text, issue) : "";
  return [{ path, key: value === null, message: `found ${describe(value, text)}, ${expected}${hint}` }];
}

function explainKey(key: string, holder: unknown, known: readonly string[]): string {
  // In { ports: 80, 443 } the comma ends the value.
  if (/^\d[\d-]*$/.test(key) && known.includes("ports") && valueAt(holder, [key]) === null) {
    return `unknown key "${key}": a list of ports must be in quotes, ports: "${valueAt(holder, ["ports"]) ?? 80}, ${key}"`;
  }
  return `unknown key "${key}": ${suggest(key, known)}`;
}

function hintFor(value: unknown, text: string | undefined, issue: Issue): string {
  if (value === null) return "; text that begins with # must be in quotes";
  if (typeof value === "number" || typeof value === "boolean") return quoteIf(issue.code === "invalid_type", text ?? String(value));
  if (typeof value !== "string" || issue.code !== "invalid_value") return "";
  const near = nearest(value, issue.values.map(String));
  return near === undefined ? "" : `; did you mean "${near}"?`;
}

function quoteIf(condition: boolean, text: string): string {
  return condition ? `; put it in quotes: "${text}"` : "";
}

const LONGEST = 60;

function describe(value: unknown, text: string | undefined): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value);
    case "number":
      return `the number ${text ?? value}`;
    case "object":
      return Object.keys(value).length === 0 ? "an empty mapping" : "a mapping";
    default:
      return text ?? String(value);
  }
}

const NAMES: Readonly<Record<string, string>> = {
  string: "text",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
};

function expectedOf(issue: Issue): string {
  if (issue.code === "invalid_type") return `expected ${NAMES[issue.expected] ?? issue.expected}`;
  if (issue.code === "invalid_value") return `expected ${issue.values.join(" or ")}`;
  return `expected something else (${issue.code})`;
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.getOwnPropertyDescriptor(value, step)?.value;
  }, input);
}

// The keys that a schema knows at some place, looking through optional, default and union.
function keysAt(schema: core.$ZodType, path: Path): string[] {
  if (schema instanceof core.$ZodUnion) return schema._zod.def.options.flatMap((option) => keysAt(option, path));
  if (schema instanceof core.$ZodOptional || schema instanceof core.$ZodDefault) return keysAt(schema._zod.def.innerType, path);
  const [step, ...rest] = path;
  if (schema instanceof core.$ZodObject) {
    const shape = schema._zod.def.shape;
    if (step === undefined) return Object.keys(shape);
    const next = shape[step];
    return next === undefined ? [] : keysAt(next, rest);
  }
  if (schema instanceof core.$ZodArray) return keysAt(schema._zod.def.element, rest);
  return schema instanceof core.$ZodRecord ? keysAt(schema._zod.def.valueType, rest) : [];
}
