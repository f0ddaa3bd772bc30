/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}
export type Steps = readonly (string | number)[];

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The ways to every value inside, the value itself first; not deeper than `depth`. */
export function waysIn(value: Json, depth = 40): Steps[] {
  const ways: Steps[] = [];
  const walk = (at: Json, steps: Steps) => {
    ways.push(steps);
    if (steps.length >= depth) return;
    if (isList(at)) at.forEach((item, n) => void walk(item, [...steps, n]));
    else if (isObject(at)) for (const [key, inner] of Object.entries(at)) walk(inner, [...steps, key]);
  };
  walk(value, []);
  return ways;
}

/** The value at the end of a way; undefined where the way ends before. */
export function valueAt(value: Json, steps: Steps): Json | undefined {
  let at: Json | undefined = value;
  for (const step of steps) {
    if (isList(at) && typeof step === "number") at = at[step];
    else if (isObject(at) && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}

/** A copy with another value at the end of a way; undefined takes it out. */
export function withValue(value: Json, [step, ...rest]: Steps, made: Json | undefined): Json {
  if (step === undefined) return made ?? null;
  if (isList(value)) {
    return value.flatMap((item, n): readonly Json[] => {
      if (n !== step) return [item];
      return rest.length === 0 && made === undefined ? [] : [withValue(item, rest, made)];
    });
  }
  if (!isObject(value)) return value;
  // From entries, so that "__proto__" is a key as any other.
  const entries = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    if (key !== String(step)) return [[key, inner]];
    return rest.length === 0 && made === undefined ? [] : [[key, withValue(inner, rest, made)]];
  });
  const isNew = rest.length === 0 && made !== undefined && !Object.hasOwn(value, step);
  return Object.fromEntries(isNew ? [...entries, [String(step), made]] : entries);
}
