import type { Tags } from "../model/facts.ts";
import { fieldsOf, isFields } from "./configuration.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A value of a type that its attribute cannot have; the message says what was found and what was expected. */
export class UnreadableValueError extends Error {
  override readonly name = "UnreadableValueError";
}

/** Ids that an expression leads to, of resources of these types; `whole` when it is made of nothing else. */
type LeadTo = (expression: unknown, types: readonly string[]) => { readonly ids: readonly string[]; readonly whole: boolean };

export interface AttributeSource {
  readonly values: Fields;
  /** What is known after apply only, in the shape of the values: `true` where something is. */
  readonly unknown: unknown;
  /** What is sensitive, in the same shape. */
  readonly sensitive: unknown;
  /** The expressions that the configuration gives; undefined where there is none. */
  readonly expressions: Fields | undefined;
  readonly leadTo: LeadTo;
  /** Where what stays open is noted, by path: `ingress[0].cidr_blocks`. */
  readonly note: (path: string) => void;
  readonly path?: string;
}

/**
 * The attributes of a resource as a plan tells them. Reading one that is known after apply only notes it, unless EC2 chooses it.
 * Every reader throws UnreadableValueError for a value of another type than it expects.
 */
export class Attributes {
  private readonly source: AttributeSource;

  constructor(source: AttributeSource) {
    this.source = source;
  }

  text(name: string): string | undefined {
    const value = this.read(name);
    if (value === undefined || value === "") return undefined;
    if (typeof value === "string") return value;
    if (typeof value === "number") return String(value);
    return this.refuse(name, value, "text");
  }

  number(name: string): number | undefined {
    const value = this.read(name);
    if (value === undefined || value === "") return undefined;
    const number = typeof value === "string" ? Number(value) : value;
    return typeof number === "number" && Number.isInteger(number) ? number : this.refuse(name, value, "a whole number");
  }

  flag(name: string): boolean | undefined {
    const value = this.read(name);
    if (value === undefined || value === "") return undefined;
    if (value === true || value === "true") return true;
    return value === false || value === "false" ? false : this.refuse(name, value, "true or false");
  }

  /** The texts of a list; those that are known after apply only are noted. */
  texts(name: string): string[] {
    const list = this.list(name);
    if (list.some((_, at) => this.isUnknownAt(name, at))) this.note(name);
    return list.flatMap((item, at) => (item === null || item === "" || this.isUnknownAt(name, at) ? [] : [this.textItem(name, item)]));
  }

  /** An id, or the address of the resource that the expression names. */
  ref(name: string, types: readonly string[]): string | undefined {
    if (this.source.values[name] !== undefined && this.source.values[name] !== null) return this.text(name);
    if (!this.isUnknown(name)) return undefined;
    const { ids } = this.source.leadTo(this.source.expressions?.[name], types);
    if (ids.length === 1) return ids[0];
    if (this.isGiven(name)) this.note(name);
    return undefined;
  }

  /** The same for a list. */
  refs(name: string, types: readonly string[]): string[] {
    const list = this.isUnknown(name) ? [] : this.list(name);
    const known = list.flatMap((item, at) => (item === null || this.isUnknownAt(name, at) ? [] : [this.textItem(name, item)]));
    if (!this.isUnknown(name) && !list.some((_, at) => this.isUnknownAt(name, at))) return known;
    const { ids, whole } = this.source.leadTo(this.source.expressions?.[name], types);
    if (!whole && this.isGiven(name)) this.note(name);
    return [...new Set([...known, ...ids])];
  }

  /** Nested blocks; undefined where they are known after apply only, which is for the caller to note. */
  blocks(name: string): Attributes[] | undefined {
    if (this.isUnknown(name)) return undefined;
    const { path, unknown, sensitive, expressions, values } = this.source;
    const own = values[name];
    // A block that stands once may be an object.
    const list = isFields(own) ? [own] : this.list(name);
    return list.map((item, at) => {
      if (!isFields(item)) return this.refuse(`${name}[${at}]`, item, "an object");
      return new Attributes({
        ...this.source,
        values: item,
        unknown: elementOf(fieldsOf(unknown)[name], at),
        sensitive: elementOf(fieldsOf(sensitive)[name], at),
        expressions: expressionsOfBlock(expressions?.[name], list.length),
        path: `${path ?? ""}${name}[${at}].`,
      });
    });
  }

  tags(): Tags | undefined {
    this.noteOpenTags();
    for (const name of ["tags_all", "tags"]) {
      const tags = this.source.values[name];
      if (isFields(tags))
        return Object.fromEntries(Object.entries(tags).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])));
    }
    return undefined;
  }

  // A name is for people; any other tag may be what a rule or a scope goes by.
  private noteOpenTags(): void {
    const open = fieldsOf(this.source.unknown).tags;
    if (open === true && this.isUnknown("tags") && this.isGiven("tags")) this.note("tags");
    for (const [key, isOpen] of Object.entries(fieldsOf(open))) if (isOpen === true && key !== "Name") this.note(`tags.${key}`);
  }

  /** Whether an attribute is known after apply only, as a whole. */
  isUnknown(name: string): boolean {
    const value = this.source.values[name];
    return fieldsOf(this.source.unknown)[name] === true && (value === undefined || value === null);
  }

  /** Whether the configuration gives the attribute, which otherwise EC2 chooses; where there is no configuration, it may. */
  isGiven(name: string): boolean {
    const { expressions } = this.source;
    return expressions === undefined || name in expressions;
  }

  /** Whether the plan comes with the configuration of the resource. */
  get isConfigured(): boolean {
    return this.source.expressions !== undefined;
  }

  note(name: string): void {
    this.source.note(`${this.source.path ?? ""}${name}`);
  }

  /** Refuses a resource without an attribute that it cannot do without. Throws UnreadableValueError. */
  lack(name: string, expected: string): never {
    throw new UnreadableValueError(`${this.source.path ?? ""}${name}, of which nothing was found and ${expected} expected`);
  }

  private read(name: string): unknown {
    const value = this.source.values[name] ?? undefined;
    if (value !== undefined) return value;
    if (this.isUnknown(name)) {
      if (this.isGiven(name)) this.note(name);
    } else if (fieldsOf(this.source.sensitive)[name] === true) {
      throw new UnreadableValueError(`${this.source.path ?? ""}${name}, which is masked as sensitive`);
    }
    return undefined;
  }

  private list(name: string): readonly unknown[] {
    const value = this.read(name);
    if (value === undefined) return [];
    return Array.isArray(value) ? value : this.refuse(name, value, "a list");
  }

  private textItem(name: string, item: unknown): string {
    return typeof item === "string" || typeof item === "number" ? String(item) : this.refuse(name, item, "a list of texts");
  }

  private isUnknownAt(name: string, at: number): boolean {
    return elementOf(fieldsOf(this.source.unknown)[name], at) === true;
  }

  private refuse(name: string, value: unknown, expected: string): never {
    const found = JSON.stringify(value)?.slice(0, 60);
    const isSensitive = fieldsOf(this.source.sensitive)[name] === true;
    throw new UnreadableValueError(
      `${this.source.path ?? ""}${name}, of which ${isSensitive ? "a mask" : found} was found and ${expected} expected`,
    );
  }
}

function elementOf(list: unknown, at: number): unknown {
  return Array.isArray(list) ? list[at] : isFields(list) ? list : list === true;
}

// Terraform keeps blocks in its own order, and the configuration in that of the file: only where there is one, or all are alike, they match.
function expressionsOfBlock(expressions: unknown, count: number): Fields | undefined {
  if (Array.isArray(expressions)) return expressions.length === 1 && count === 1 ? fieldsOf(expressions[0]) : merged(expressions);
  if (!isFields(expressions)) return undefined;
  if ("references" in expressions || "constant_value" in expressions) return everywhere(expressions);
  return expressions;
}

/** Each attribute with the references that any of the blocks makes in its place. */
function merged(blocks: readonly unknown[]): Fields {
  const all: Record<string, { references: unknown[] }> = {};
  for (const block of blocks) {
    for (const [name, expression] of Object.entries(fieldsOf(block))) {
      const { references } = fieldsOf(expression);
      const known = all[name] ?? { references: [] };
      if (Array.isArray(references)) known.references.push(...references);
      all[name] = known;
    }
  }
  return all;
}

// An expression for a whole list may name in it what any attribute of any element is.
function everywhere(expression: Fields): Fields {
  return new Proxy<Fields>({}, { get: () => expression, has: () => true });
}
