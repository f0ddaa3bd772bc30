import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { noteLines } from "./position.ts";
import { TemplateError } from "./template-error.ts";
import type { Value, Values } from "./value.ts";

// A template has at most 1 MB (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
const MOST_VALUES = 500_000;
const DEEPEST = 100;

/** JSON or YAML with short intrinsics, as values in the long form, whose lines are kept beside them. */
export class Source {
  readonly file: string;
  readonly value: Value;
  private readonly counter = new LineCounter();
  private count = 0;

  /** Throws TemplateError for what is neither JSON nor YAML, doubled keys, aliases of nothing, and what is too deep or too large. */
  constructor(text: string, file: string) {
    this.file = file;
    const yaml = parseDocument(text.replace(/^\uFEFF/, ""), {
      lineCounter: this.counter,
      prettyErrors: false,
      logLevel: "error",
      schema: "core",
      merge: false,
      uniqueKeys: (a, b) => isScalar(a) && isScalar(b) && String(a.value) === String(b.value),
    });
    for (const { code, message, pos } of yaml.errors) {
      const what = code === "DUPLICATE_KEY" ? "found this key a second time, expected it once" : `neither JSON nor YAML: ${message}`;
      throw this.errorAt(pos[0], what);
    }
    this.value = this.read(yaml.contents, yaml, 0);
  }

  private read(node: unknown, yaml: Document.Parsed, depth: number): Value {
    if (!isNodeLike(node)) return null;
    this.count++;
    if (this.count > MOST_VALUES) throw this.errorAt(0, `found more than ${MOST_VALUES} values, expected a template of at most 1 MB`);
    if (depth > DEEPEST)
      throw this.errorAt(node.range?.[0] ?? 0, `found more than ${DEEPEST} levels, expected a template that is less deep`);
    if (isAlias(node)) return this.read(this.anchored(node, yaml), yaml, depth + 1);
    return this.inLongForm(node, this.plain(node, yaml, depth));
  }

  private plain(node: Node, yaml: Document.Parsed, depth: number): Value {
    if (isSeq(node)) {
      const list = node.items.map((item) => this.read(item, yaml, depth + 1));
      noteLines(list, this.line(node), new Map(node.items.map((item, i) => [String(i), isNodeLike(item) ? this.line(item) : 0])));
      return list;
    }
    if (isMap(node)) return this.readMap(node, yaml, depth);
    if (!isScalar(node)) return null;
    const { value, source } = node;
    if (typeof value === "number" || typeof value === "bigint") return String(value) === source ? Number(value) : (source ?? String(value));
    return typeof value === "string" || typeof value === "boolean" ? value : value === null ? null : String(value);
  }

  private readMap(node: YAMLMap, yaml: Document.Parsed, depth: number): Values {
    const pairs = node.items.map((pair: Pair) => ({ ...pair, name: isScalar(pair.key) ? String(pair.key.value) : String(pair.key) }));
    const values: Values = Object.fromEntries(pairs.map(({ name, value }) => [name, this.read(value, yaml, depth + 1)]));
    noteLines(values, this.line(node), new Map(pairs.map(({ name, key }) => [name, isNodeLike(key) ? this.line(key) : 0])));
    return values;
  }

  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
  private inLongForm(node: Node, value: Value): Value {
    const { tag } = node;
    if (tag === undefined || !/^![A-Za-z]/.test(tag)) return value;
    const name = tag === "!Ref" || tag === "!Condition" ? tag.slice(1) : `Fn::${tag.slice(1)}`;
    const call: Values = { [name]: value };
    noteLines(call, this.line(node));
    return call;
  }

  private anchored(alias: Alias, yaml: Document.Parsed): Node {
    const found = alias.resolve(yaml);
    if (found === undefined) throw this.errorAt(alias.range?.[0] ?? 0, `found the alias *${alias.source}, expected an anchor of it before`);
    return found;
  }

  private line(node: Node): number {
    return Math.max(1, this.counter.linePos(node.range?.[0] ?? 0).line);
  }

  private errorAt(offset: number, message: string): TemplateError {
    return new TemplateError(this.file, Math.max(1, this.counter.linePos(offset).line), message);
  }
}

function isNodeLike(node: unknown): node is Node {
  return isAlias(node) || isMap(node) || isSeq(node) || isScalar(node);
}
