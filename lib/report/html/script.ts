import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import process from "node:process";

// Each after those that it imports from.
const MODULES = ["dom", "filter", "list", "sheet", "print", "theme", "main"];
const STYLES = ["base", "overview", "charts", "networks", "list", "sheet", "narrow", "print"];

/** The page's own script, from the files in page/: their types and imports are taken away, and they share one scope. */
export function pageScript(): string {
  const modules = MODULES.map((name) => withoutTypes(readFileSync(join(import.meta.dirname, "page", `${name}.ts`), "utf8")));
  const joined = modules.map((text) => text.replace(/^import\s[^;]*;$/gm, "").replace(/^export (?=const|function)/gm, "")).join("\n");
  return `"use strict";(() => {\n${joined
    .replace(/^\s*\/\/.*$|^\/\*\*.*\*\/$/gm, "")
    .replace(/\n\s*\n+/g, "\n")
    .replace(/[ \t]+$/gm, "")}\n})();`;
}

// Node says with each first use that this may change; nobody who asks for a report can do anything about it.
function withoutTypes(text: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The page's style sheet: later ones win. */
export function pageStyle(): string {
  return STYLES.map((name) => readFileSync(join(import.meta.dirname, "page", `${name}.css`), "utf8"))
    .join("")
    .replace(/\/\*.*?\*\//gs, "");
}
