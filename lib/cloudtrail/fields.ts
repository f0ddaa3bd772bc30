/** A JSON object whose members nobody has checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** A record that cannot be read as the call it names; the message says what was found and what was expected. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; undefined for anything else. */
export function fieldsOf(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

/** A member by its name in either of CloudTrail's dialects: `groupId` also finds `GroupId`. Null counts as absent. */
export function member(value: unknown, name: string): unknown {
  if (!isFields(value)) return undefined;
  return value[name] ?? value[`${name.charAt(0).toUpperCase()}${name.slice(1)}`] ?? undefined;
}

/**
 * A list as CloudTrail writes it: `{"items":[...]}`, `{"item":...}`, a bare array, or, where one element lost its list,
 * the element itself. An empty list is `{}`, `""` or absent.
 */
export function listOf(list: unknown): readonly unknown[] {
  let value = list;
  // Not by recursion: an event has room for more levels than the stack.
  while (isFields(value) && ("items" in value || "item" in value)) value = "items" in value ? value.items : value.item;
  if (value === undefined || value === null || value === "") return [];
  if (Array.isArray(value)) return value;
  return isFields(value) && Object.keys(value).length === 0 ? [] : [value];
}

/** A scalar as text, whatever type it was coerced to; `{"tag":1,"content":"vpc-1"}` is its content. Undefined when absent or empty. */
export function textOf(scalar: unknown): string | undefined {
  let value = scalar;
  while (isFields(value) && "content" in value) value = value.content;
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** A scalar as text, which must not be taken for absent where something else stands in its place. Throws UnreadableError for that. */
export function scalarOf(value: unknown, what: string): string | undefined {
  const text = textOf(value);
  if (text === undefined && value !== undefined && value !== null && value !== "") {
    throw new UnreadableError(`${what} is ${Array.isArray(value) ? "a list" : "an object"}: expected text or a number`);
  }
  return text;
}

/** A whole number, also one written as text. Throws UnreadableError for anything else that is present. */
export function wholeNumberOf(value: unknown, what: string): number | undefined {
  const text = scalarOf(value, what);
  if (text === undefined) return undefined;
  if (!/^-?\d{1,9}$/.test(text)) throw new UnreadableError(`${what} "${text}" is not a whole number`);
  return Number(text);
}

/** An account id; where it was coerced to a number, its leading zeros come back. */
export function accountOf(value: unknown): string | undefined {
  return typeof value === "number" ? String(value).padStart(12, "0") : textOf(value);
}

/** Tags from `{"items":[{"key","value"}]}` in either dialect; undefined when there are none. */
export function tagsOf(value: unknown): Record<string, string> | undefined {
  const tags = listOf(value).flatMap((tag): [string, string][] => {
    const key = textOf(member(tag, "key"));
    return key === undefined ? [] : [[key, textOf(member(tag, "value")) ?? ""]];
  });
  return tags.length === 0 ? undefined : Object.fromEntries(tags);
}

/** The tags that a request puts on the resources of one type that it makes. */
export function requestedTags(request: unknown, resourceType: string): Record<string, string> | undefined {
  const specifications = [...listOf(member(request, "tagSpecificationSet")), ...listOf(member(request, "tagSpecification"))];
  const ofType = specifications.filter((specification) => textOf(member(specification, "resourceType")) === resourceType);
  // In the newer dialect `tag` is the number of the specification, and `Tag` holds its tags.
  return tagsOf(ofType.flatMap((specification) => [...listOf(member(specification, "tags")), ...listOf(member(specification, "Tag"))]));
}

/** The tags of a resource: as the answer lists them, or as the request asked for. */
export function tagsFrom(resource: unknown, request: unknown, resourceType: string): Record<string, string> | undefined {
  return tagsOf(member(resource, "tagSet")) ?? requestedTags(request, resourceType);
}

/** A yes or no, whatever type it was coerced to, also as an attribute's `{"value":true}`. Undefined for anything else. */
export function flagOf(value: unknown): boolean | undefined {
  const text = textOf(value) ?? textOf(member(value, "value"));
  return text === "true" ? true : text === "false" ? false : undefined;
}

/**
 * The texts of a list, be they its items or a member of each: `{"items":[{"subnetId":"subnet-1"}]}` and
 * `{"tag":1,"content":"subnet-1"}`. Throws UnreadableError for an item that holds none.
 */
export function textsOf(list: unknown, name: string): string[] {
  return listOf(list).map((item) => {
    const text = textOf(item) ?? textOf(member(item, name));
    if (text === undefined) throw new UnreadableError(`its list of ${name} holds an item that tells none`);
    return text;
  });
}

/** The texts of the list under a name, which requests write as `subnetId`, `subnetIds` or `subnetIdSet`. Throws UnreadableError. */
export function textsIn(place: unknown, name: string): string[] {
  return textsOf(member(place, name) ?? member(place, `${name}s`) ?? member(place, `${name}Set`), name);
}

type Told<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };
/** Facts without those that nothing told. */
export function told<T extends object>(facts: T): Told<T>;
export function told(facts: object): object {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
