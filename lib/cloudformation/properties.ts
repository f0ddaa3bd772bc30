import type { Tags } from "../model/facts.ts";
import { lineAt } from "./position.ts";
import { isList, isValues, notKnownIn, textOf, type Value, type Values } from "./value.ts";

type Path = readonly (string | number)[];

/** What keeps a property from being read: that only the deployment tells it, or that it is not what it should be. */
export interface Open {
  /** `SecurityGroupIngress[0].CidrIp` */
  readonly path: string;
  readonly why: string;
  readonly line: number | undefined;
  readonly kind: "not known" | "unusable";
}

/** The evaluated properties of one resource, or of a part of it. What cannot be read is noted in `open`, which all parts share. */
export class Properties {
  readonly open: Open[];
  private readonly values: Values;
  private readonly path: Path;
  private readonly written: Values;

  /** `written` are the properties as they stand in the file, for their lines. */
  constructor(values: Values, written: Values, open: Open[] = [], path: Path = []) {
    this.values = values;
    this.written = written;
    this.open = open;
    this.path = path;
  }

  has(name: string): boolean {
    return this.at(name) !== undefined;
  }

  /** Why a property is not known; undefined where it is, or is not there. */
  whyOpen(name: string): string | undefined {
    return notKnownIn(this.at(name))?.why;
  }

  text(name: string): string | undefined {
    return this.read(name, "a text", textOf);
  }

  /** The first of these properties that is there. */
  firstText(...names: readonly string[]): string | undefined {
    for (const name of names) if (this.has(name)) return this.text(name);
    return undefined;
  }

  whole(name: string): number | undefined {
    return this.read(name, "a whole number", (value) => {
      const text = textOf(value);
      return text !== undefined && /^[+-]?\d+$/.test(text.trim()) ? Number(text) : undefined;
    });
  }

  flag(name: string): boolean | undefined {
    return this.read(name, "true or false", (value) => {
      const text = textOf(value)?.toLowerCase() ?? "";
      if (["true", "yes", "on"].includes(text)) return true;
      return ["false", "no", "off"].includes(text) ? false : undefined;
    });
  }

  /** A list of texts, or one alone; those that are not known are noted and left out. */
  texts(name: string): string[] {
    return this.items(name).flatMap(([item, path]) => {
      const text = textOf(item);
      if (text === undefined) this.note(path, item, "a text");
      return text ?? [];
    });
  }

  /** A list of maps, or one alone. */
  maps(name: string): Properties[] {
    return this.items(name).flatMap(([item, path]) => {
      if (isValues(item)) return new Properties(item, this.written, this.open, path);
      this.note(path, item, "a map");
      return [];
    });
  }

  /** JSON text, or what is written as a map and becomes it. Undefined, and noted, where any of it is not known. */
  json(name: string): string | undefined {
    return this.read(name, "a policy", (value) =>
      typeof value === "string" ? value : isValues(value) ? JSON.stringify(value) : undefined,
    );
  }

  tags(): { readonly tags?: Tags } {
    const tags = this.maps("Tags").flatMap((tag) => {
      const key = tag.text("Key");
      // A name is for people, and often has that of the stack in it.
      const value = key === "Name" && tag.whyOpen("Value") !== undefined ? undefined : tag.text("Value");
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    });
    return tags.length === 0 ? {} : { tags: Object.fromEntries(tags) };
  }

  /** Notes why this part cannot be used: what was found, and what was expected. */
  refuse(why: string, name?: string): void {
    this.add(name === undefined ? this.path : [...this.path, name], why, "unusable");
  }

  /** Notes that something of this part is known after the deployment only. */
  leaveOpen(name: string, why: string): void {
    this.add([...this.path, name], why, "not known");
  }

  private read<A>(name: string, expected: string, reading: (value: Value) => A | undefined): A | undefined {
    const value = this.at(name);
    if (value === undefined) return undefined;
    const found = notKnownIn(value) === undefined ? reading(value) : undefined;
    if (found === undefined) this.note([...this.path, name], value, expected);
    return found;
  }

  private items(name: string): (readonly [Value, Path])[] {
    const value = this.at(name);
    const path = [...this.path, name];
    if (value === undefined) return [];
    return isList(value) ? value.map((item, i) => [item, [...path, i]] as const) : [[value, path]];
  }

  private at(name: string): Value | undefined {
    const value = Object.hasOwn(this.values, name) ? this.values[name] : undefined;
    return value ?? undefined;
  }

  private note(path: Path, value: Value, expected: string): void {
    const unknown = notKnownIn(value);
    const found = isList(value) ? "a list" : isValues(value) ? "a map" : JSON.stringify(value);
    if (unknown !== undefined) this.add(path, unknown.why, "not known");
    else this.add(path, `found ${found}, expected ${expected}`, "unusable");
  }

  private add(path: Path, why: string, kind: Open["kind"]): void {
    const text = path.reduce<string>(
      (whole, step) => (typeof step === "number" ? `${whole}[${step}]` : whole === "" ? step : `${whole}.${step}`),
      "",
    );
    this.open.push({ path: text, why, line: lineAt(this.written, path), kind });
  }
}
