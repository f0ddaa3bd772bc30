import type { Json, JsonObject } from "./json.ts";
import type { Luck } from "./random.ts";

const LONG = "x".repeat(5_000);
const TEXTS = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\u202etxt",
  "ﷺ",
  "🚪".repeat(40),
  "İ",
  "\n\r\t",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "undefined",
  "NaN",
  "true",
  "-1",
  "0x16",
  "1e3",
  "٢٢",
  "<!channel> <@U012AB3CD> *x* `y`",
  // A prompt of what a template language would run.
  "${" + "jndi:x}",
  "../../etc/passwd",
  "(a+)+$",
  LONG,
] as const;
// Not -0, which JSON cannot write: what is found could not be kept.
const NUMBERS = [0, -1, 1, 0.5, 22.5, 65_535, 65_536, -65_535, 2 ** 31, 2 ** 53, 1e21, 1e300, -1e300, 5e-324] as const;
const CIDRS = [
  "0.0.0.0/0",
  "0.0.0.0/00",
  "1.2.3.4/0",
  "255.255.255.255/0",
  "0.0.0.0/1",
  "128.0.0.0/1",
  "129.1.2.3/1",
  "10.1.2.3/8",
  "0.0.0.0/-1",
  "0.0.0.0/33",
  "0.0.0.0/",
  "0.0.0.0",
  "0/0",
  "00.0.0.0/0",
  "0x0.0.0.0/0",
  " 0.0.0.0/0",
  "0.0.0.0/0 ",
  "0.0.0.0/0,::/0",
  "::/0",
  "::/1",
  "8000::/1",
  "2000::/3",
  "0:0:0:0:0:0:0:0/0",
  "::ffff:0.0.0.0/96",
  "::ffff:0:0/96",
  "::ffff:8.8.8.8",
  "64:ff9b::/96",
  "fe80::1%eth0/64",
  "2001:DB8::/32",
  "::/129",
  "1::2::3/64",
] as const;
const PROTOCOLS = [
  "-1",
  "tcp",
  "TCP",
  "Tcp",
  "6",
  "udp",
  "UDP",
  "17",
  "icmp",
  "1",
  "icmpv6",
  "ICMPV6",
  "58",
  "esp",
  "50",
  "256",
  "-2",
  "all",
  "tpc",
] as const;
const PORTS = [
  0,
  1,
  3,
  21,
  22,
  23,
  443,
  8443,
  65_535,
  65_536,
  -1,
  -2,
  22.5,
  1e300,
  "22",
  " 22",
  "022",
  "+22",
  "22-23",
  "ssh",
  null,
] as const;
export const KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "",
  "items",
  "item",
  "length",
  "0",
  "content",
  "tag",
  "GroupId",
  "then",
] as const;

/** A value of any type that nobody would write. */
export function hostileValue(luck: Luck, depth = 0): Json {
  const sort = luck.below(depth > 2 ? 5 : 8);
  if (sort === 0) return null;
  if (sort === 1) return luck.percent(50);
  if (sort === 2) return luck.pick(NUMBERS);
  if (sort <= 4) return luck.pick(TEXTS);
  if (sort === 5) return Array.from({ length: luck.below(4) }, () => hostileValue(luck, depth + 1));
  if (sort === 6) return objectOf([[luck.pick(KEYS), hostileValue(luck, depth + 1)]]);
  return nested(luck);
}

/** A value that fits the name of its key, or nearly. */
export function valueLike(luck: Luck, key: string): Json {
  if (/cidr|destination/i.test(key)) return luck.pick(CIDRS);
  if (/protocol/i.test(key)) return luck.percent(20) ? luck.pick([-1, 6, 17, 1, 58, 256, 6.5]) : luck.pick(PROTOCOLS);
  if (/port/i.test(key)) return luck.pick(PORTS);
  return luck.pick([...TEXTS, ...CIDRS, ...PROTOCOLS, "sg-1", "pl-1", "sg-", "sg-0 a"]);
}

/** JSON may nest as deeply as an event has bytes (EventBridge takes 256 kB); code that follows it down must not fall. */
function nested(luck: Luck): Json {
  const depth = luck.pick([2, 10, 100, 2_000, 20_000]);
  const key = luck.pick(["items", "item", "content", "a", undefined]);
  let value: Json = luck.pick(["0.0.0.0/0", 22, "sg-1", null]);
  for (let level = 0; level < depth; level++) value = key === undefined ? [value] : { [key]: value };
  return value;
}

/** An object of these entries, in which `__proto__` is a key as any other. */
export function objectOf(entries: readonly (readonly [string, Json])[]): JsonObject {
  return Object.fromEntries(entries);
}
