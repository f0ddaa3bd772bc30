import { hostileValue } from "./hostile.ts";
import { isList, isObject, type Json, type Steps, valueAt, waysIn, withValue } from "./json.ts";
import type { Luck } from "./random.ts";

const NUMBERS: Readonly<Record<string, string>> = { tcp: "6", udp: "17", icmp: "1", icmpv6: "58", "50": "esp", "-1": "-1" };
const CIDRS: Readonly<Record<string, readonly string[]>> = {
  "0.0.0.0/0": ["1.2.3.4/0", "255.255.255.255/0", "0.0.0.0/00"],
  "8.0.0.0/8": ["8.8.8.8/8", "8.0.0.1/08"],
  "203.0.113.7/32": ["203.0.113.7"],
  "10.0.0.0/8": ["10.255.0.1/8"],
  "::/0": ["0:0:0:0:0:0:0:0/0", "2001:DB8::/0", "::ffff:1.2.3.4/0"],
  "2001:db8::/32": ["2001:DB8::/32", "2001:0db8:0000::1/32"],
};

/** An event in another spelling that says the same: types, lists, names of protocols, host bits, dialects of keys, keys that mean nothing. */
export function spelledAnew(event: Json, luck: Luck): Json {
  let made = event;
  const inside = (steps: Steps) => steps.includes("ipPermissions") || steps.includes("securityGroupRuleSet");
  // From the inside out, so that ways stay what they are.
  for (const way of waysIn(event).filter(inside).reverse()) {
    if (luck.percent(60)) continue;
    const value = valueAt(made, way);
    if (value === undefined) continue;
    made = withValue(made, way, alike(value, String(way.at(-1)), luck));
  }
  return made;
}

function alike(value: Json, key: string, luck: Luck): Json {
  if (key === "ipProtocol") {
    const number = NUMBERS[String(value)] ?? String(value);
    return luck.pick([value, number, /^-?\d+$/.test(number) ? Number(number) : number.toUpperCase(), String(value).toUpperCase()]);
  }
  if (key === "fromPort" || key === "toPort") return luck.percent(50) ? String(value) : value;
  if (/^cidr/.test(key)) return luck.pick([String(value), ...(CIDRS[String(value)] ?? [])]);
  if (isObject(value) && "items" in value) return listAlike(value.items ?? null, luck);
  if (isObject(value) && Object.keys(value).length > 0) {
    const entries = Object.entries(value);
    if (luck.percent(30))
      return Object.fromEntries(entries.map(([name, inner]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, inner]));
    if (luck.percent(50)) return Object.fromEntries([...entries, ["x-nobody-knows", hostileValue(luck, 2)]]);
    return Object.fromEntries(entries.reverse());
  }
  return value;
}

function listAlike(items: Json, luck: Luck): Json {
  const only = isList(items) && items.length === 1 ? items[0] : undefined;
  return luck.pick([{ items }, { item: items }, items, ...(only === undefined ? [] : [only, { item: only }, { items: only }])]);
}

const NO_SCALAR: readonly Json[] = [[], {}, true, ["0.0.0.0/0"], [22], { a: 1 }, { content: {} }];
const JUNK: readonly (readonly [RegExp, readonly Json[]])[] = [
  [/^(fromPort|toPort)$/, [...NO_SCALAR, 22.5, 1e300, -2, 65_536, "22-23", " 22", "ssh", "", null]],
  [/^ipProtocol$/, [...NO_SCALAR, "tpc", 256, "", null, 6.5]],
  [/^cidr/, [...NO_SCALAR, "0.0.0.0/", "0.0.0.0/-1", "0/0", "10.0.0.0/33", "00.0.0.0/0", 0, "", null, "any"]],
  [
    /^(ipRanges|ipv6Ranges|prefixListIds|ipPermissions|items)$/,
    [0, true, "x", [[]], [null], ["x"], { items: "x" }, { items: { items: [0] } }],
  ],
];

/** An event in which one value is one that cannot be read, and words for it. */
export function unreadableInstead(event: Json, luck: Luck, places: readonly Steps[]): readonly [Json, string] {
  const ways = waysIn(event).filter((way) => {
    const isInside = places.some((place) => place.every((step, n) => way[n] === step));
    const value = valueAt(event, way);
    const isEmptyList = isObject(value) && Object.keys(value).length === 0;
    return isInside && !isEmptyList && JUNK.some(([key]) => key.test(String(way.at(-1))));
  });
  const way = luck.pick(ways);
  const [, junk = []] = JUNK.find(([key]) => key.test(String(way.at(-1)))) ?? [];
  const made = luck.pick(junk);
  return [withValue(event, way, made), `${way.slice(2).join(".")} is ${JSON.stringify(made)}`];
}
