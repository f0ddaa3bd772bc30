import { hostileValue, KEYS, objectOf, valueLike } from "./hostile.ts";
import { isList, isObject, type Json, type Steps, valueAt, waysIn, withValue } from "./json.ts";
import type { Luck } from "./random.ts";

type Mutation = (value: Json, luck: Luck, key: string, donors: readonly Json[]) => Json | undefined;

const capitalized = (key: string) => `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
const flipped = (key: string) => (/^[A-Z]/.test(key) ? `${key.charAt(0).toLowerCase()}${key.slice(1)}` : capitalized(key));

// Each gives another value in place of one; undefined takes it out.
const MUTATIONS: readonly Mutation[] = [
  (_, luck) => hostileValue(luck),
  (_, luck, key) => valueLike(luck, key),
  () => undefined,
  (value) => [value],
  (value) => [value, value],
  (value) => ({ items: [value] }),
  (value) => ({ item: value }),
  (value) => ({ tag: 1, content: value }),
  (value) => (isObject(value) ? (value.items ?? value.item ?? Object.values(value)[0] ?? {}) : isList(value) ? (value[0] ?? {}) : [value]),
  (value) => (typeof value === "number" ? String(value) : typeof value === "string" ? Number(value) || 0 : String(value !== null)),
  (value) => (typeof value === "string" ? value.toUpperCase() : value),
  (value, luck) => (typeof value === "string" ? value.slice(0, luck.below(value.length + 1)) : value),
  (value, luck) => (isObject(value) ? objectOf([...Object.entries(value), [luck.pick(KEYS), hostileValue(luck)]]) : value),
  (value) => (isObject(value) ? objectOf(Object.entries(value).map(([key, inner]) => [flipped(key), inner])) : value),
  (value) => (isObject(value) ? objectOf(Object.entries(value).reverse()) : isList(value) ? [...value].reverse() : value),
  (value, luck) => (isList(value) ? Array.from({ length: 60 }, () => luck.pick([...value, null])) : value),
  (value, luck, key, donors) => donated(luck, key, donors) ?? value,
];

/** A copy with one to four changes, most of them below one of `favourites` where these exist; donors lend values of the same key. */
export function mutated(
  value: Json,
  luck: Luck,
  { favourites = [], donors = [] }: { favourites?: readonly string[]; donors?: readonly Json[] } = {},
): Json {
  let made = value;
  for (let change = 1 + luck.below(4); change > 0; change--) {
    const ways = waysIn(made);
    const favoured = ways.filter((way) => way.some((step) => favourites.includes(String(step))));
    const way = luck.pick(favoured.length > 0 && luck.percent(80) ? favoured : ways);
    const key = String(way.findLast((step) => typeof step === "string") ?? "");
    made = withValue(made, way, luck.pick(MUTATIONS)(valueAt(made, way) ?? null, luck, key, donors));
  }
  return made;
}

function donated(luck: Luck, key: string, donors: readonly Json[]): Json | undefined {
  if (donors.length === 0) return undefined;
  const donor = luck.pick(donors);
  const same: Steps[] = waysIn(donor).filter((way) => way.at(-1) === key);
  return same.length === 0 ? undefined : valueAt(donor, luck.pick(same));
}

/** Text with a few places cut out, doubled, exchanged or swapped. */
export function scribbled(text: string, luck: Luck, words: readonly string[]): string {
  let made = text;
  for (let change = 1 + luck.below(4); change > 0; change--) {
    const at = luck.below(made.length + 1);
    const to = Math.min(made.length, at + luck.below(luck.percent(80) ? 12 : 400));
    const sort = luck.below(5);
    if (sort === 0) made = made.slice(0, at) + made.slice(to);
    else if (sort === 1) made = made.slice(0, to) + made.slice(at);
    else if (sort === 2) made = made.slice(0, at) + luck.pick(words) + made.slice(to);
    else if (sort === 3) made = made.slice(0, at) + luck.pick(words) + made.slice(at);
    else made = made.slice(0, luck.percent(20) ? at : made.length);
  }
  return made;
}
