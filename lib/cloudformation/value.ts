/** A value that the deployment alone tells, and why. */
export class NotKnown {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** A value of a template, as it is written or, evaluated, as CloudFormation would have it. */
export type Value = string | number | boolean | null | NotKnown | readonly Value[] | Values;
export interface Values {
  readonly [name: string]: Value;
}

export function isValues(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !isList(value) && !(value instanceof NotKnown);
}

/** Array.isArray, which does not narrow a readonly array. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** A scalar as text: CloudFormation makes no difference between 80, "80", true and "true". */
export function textOf(value: Value | undefined): string | undefined {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** The first value that is not known, however deep it stands. */
export function notKnownIn(value: Value | undefined): NotKnown | undefined {
  if (value instanceof NotKnown) return value;
  const parts = isList(value) ? value : isValues(value) ? Object.values(value) : [];
  for (const part of parts) {
    const found = notKnownIn(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether two values are the same, whatever the order of their keys. */
export function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (a instanceof NotKnown || b instanceof NotKnown) return false;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  if (isValues(a)) {
    const names = Object.keys(a);
    return (
      isValues(b) && names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
    );
  }
  return a === b;
}
