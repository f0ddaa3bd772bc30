import { isList, isObject, type Json, type Steps, valueAt, waysIn, withValue } from "./json.ts";

/** The smallest input that still fails, as far as taking out and simplifying one part at a time leads within so many tries. */
export async function shrunk(input: Json, stillFails: (input: Json) => Promise<boolean>, tries = 2_000): Promise<Json> {
  let best = input;
  let left = tries;
  for (let isSmaller = true; isSmaller && left > 0; ) {
    isSmaller = false;
    for (const way of waysIn(best)) {
      for (const simpler of simplerThan(best, way)) {
        if (left-- <= 0) return best;
        if (!(await stillFails(simpler))) continue;
        best = simpler;
        isSmaller = true;
        break;
      }
    }
  }
  return best;
}

function simplerThan(whole: Json, way: Steps): readonly Json[] {
  const value = valueAt(whole, way);
  if (value === undefined) return [];
  const inPlace = (made: Json | undefined) => withValue(whole, way, made);
  const simpler: Json[] = way.length === 0 ? [] : [inPlace(undefined)];
  if (isList(value) && value.length > 1) simpler.push(inPlace(value.slice(0, value.length >> 1)), inPlace(value.slice(value.length >> 1)));
  if (isList(value) || isObject(value)) simpler.push(...Object.values(value).slice(0, 3).map(inPlace));
  if (typeof value !== "string" || value.length < 2) return simpler;
  const half = value.length >> 1;
  const parts = [value.slice(0, half), value.slice(half), value.slice(1), value.slice(0, -1)];
  return [...simpler, ...parts.map(inPlace)];
}
