import { readFileSync } from "node:fs";
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from "yaml";
import { checkParts } from "./check.ts";
import { readShape } from "./explain.ts";
import { readableParts } from "./parts.ts";
import type { Policy } from "./policy.ts";
import { type Path, PolicyError } from "./problem.ts";
import type { PolicyDocument } from "./schema.ts";
import { policyOf } from "./snapshot.ts";

/** Reads a policy file. Throws PolicyError, also when the file cannot be read. */
export function loadPolicy(path: string): Policy {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const message = `found no readable file (${String(error)}), expected a policy such as portcullis.yml`;
    throw new PolicyError([{ file: path, line: 0, column: 0, message }], { cause: error });
  }
  return parsePolicy(text, path);
}

/** Reads the text of a policy; `file` is named in errors. Throws one PolicyError for all that is wrong. */
export function parsePolicy(text: string, file: string): Policy {
  const lines = new LineCounter();
  const yaml = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
    // A %YAML 1.1 directive must not turn "off" into false.
    schema: "core",
    merge: false,
    // 80 and "80" are one key once the file has been read.
    uniqueKeys: (a, b) => isScalar(a) && isScalar(b) && String(a.value) === String(b.value),
  });
  const syntax = checkSyntax(yaml);
  const faults = [...syntax.faults];
  let document: PolicyDocument | undefined;
  if (syntax.readable) {
    const input = toPlain(yaml, file);
    const shape = readShape(input, (path, key) => sourceOf(nodeAt(yaml, path, key)));
    for (const { path, key, message } of [...("faults" in shape ? shape.faults : []), ...checkParts(readableParts(input))]) {
      faults.push({ offset: nodeAt(yaml, path, key === true)?.range?.[0] ?? 0, message });
    }
    if (faults.length === 0 && "document" in shape) document = shape.document;
  }
  if (document !== undefined) return policyOf(document, file);
  const problems = faults.map(({ offset, message }) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  });
  throw new PolicyError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
}

function toPlain(yaml: Document.Parsed, file: string): unknown {
  try {
    return yaml.toJS();
  } catch (error) {
    // All that is left to go wrong: aliases of aliases that would fill the memory.
    if (!(error instanceof ReferenceError)) throw error;
    throw new PolicyError([{ file, line: 1, column: 1, message: `not usable: ${error.message}` }], { cause: error });
  }
}

interface SyntaxFault {
  readonly offset: number;
  readonly message: string;
}

// What keeps the text from being read as data; where only keys are doubled, the rest can still be looked at.
function checkSyntax(yaml: Document.Parsed): { faults: SyntaxFault[]; readable: boolean } {
  const faults: SyntaxFault[] = [];
  let readable = yaml.contents !== null;
  if (!readable && yaml.errors.length === 0) {
    faults.push({ offset: 0, message: 'found an empty file, expected a policy: at least "version: 1"' });
  }
  for (const { code, message, pos } of [...yaml.errors, ...yaml.warnings]) {
    const doubled = code === "DUPLICATE_KEY";
    readable &&= doubled;
    faults.push({ offset: pos[0], message: doubled ? "found this key a second time, expected it once" : `not valid YAML: ${message}` });
  }
  visit(yaml, {
    Alias: (_, alias, parents) => {
      const anchored = alias.resolve(yaml);
      if (anchored !== undefined && !parents.includes(anchored)) return;
      const found = anchored === undefined ? "without an anchor before it" : "inside of what it stands for";
      faults.push({
        offset: alias.range?.[0] ?? 0,
        message: `found the alias *${alias.source} ${found}, expected the alias of an earlier value`,
      });
      readable = false;
    },
    Pair: (_, { key }) => {
      // Zod drops this key of a record without a word.
      if (!isScalar(key) || key.value !== "__proto__") return;
      faults.push({ offset: key.range?.[0] ?? 0, message: 'found "__proto__", expected another key' });
      readable = false;
    },
  });
  return { faults, readable };
}

// The node at a path, or the nearest that holds it when there is none.
function nodeAt(yaml: Document.Parsed, path: Path, key: boolean): Node | undefined {
  let node: Node | undefined = yaml.contents ?? undefined;
  for (const [i, step] of path.entries()) {
    const holder: unknown = isAlias(node) ? node.resolve(yaml) : node;
    let next: unknown;
    if (isSeq(holder)) next = typeof step === "number" ? holder.items[step] : undefined;
    else if (isMap(holder)) {
      const pair = holder.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      next = key && i === path.length - 1 ? pair?.key : (pair?.value ?? pair?.key);
    }
    if (!isNode(next)) return node;
    node = next;
  }
  return node;
}

// How the file writes a number or a word that YAML has read as something else.
function sourceOf(node: Node | undefined): string | undefined {
  return isScalar(node) ? node.source : undefined;
}
