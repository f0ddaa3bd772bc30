import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { AddressSet, PUBLIC_ADDRESSES } from "../../lib/model/address-set.ts";
import { InvalidCidrError } from "../../lib/model/cidr.ts";
import { testSetLaws } from "./set-laws.ts";
import { addressUniverse, cidrsWithin } from "./universes.ts";

const BLOCKS = addressUniverse(["8.8.8."], ["2600::"]);
testSetLaws("AddressSet", BLOCKS);
testSetLaws(
  "AddressSet at the ends of the families",
  addressUniverse(["0.0.0.", "255.255.255."], ["::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff"]),
);

describe("AddressSet", () => {
  test("holds exactly the addresses of its CIDRs, however they are ordered and repeated", () => {
    fc.assert(
      fc.property(fc.array(cidrsWithin("8.8.8.", 32), { maxLength: 8 }), fc.array(fc.nat(255)), (cidrs, hosts) => {
        const set = AddressSet.of(...cidrs);
        const expected = new Set<number>();
        for (const cidr of cidrs) {
          const [host = 0, length = 32] = cidr.slice("8.8.8.".length).split("/").map(Number);
          const size = 2 ** (32 - length);
          const first = Math.floor(host / size) * size;
          for (let i = 0; i < size; i++) expected.add(first + i);
        }
        for (const host of hosts) expect(set.overlaps(AddressSet.of(`8.8.8.${host}`))).toBe(expected.has(host));
        expect(set.size()).toEqual({ v4: BigInt(expected.size), v6: 0n });
        expect(AddressSet.of(...cidrs.toReversed(), ...cidrs)).toStrictEqual(set);
        expect(AddressSet.of(...[...expected].map((host) => `8.8.8.${host}`))).toStrictEqual(set);
        expect(AddressSet.union(cidrs.map((cidr) => AddressSet.of(cidr)))).toStrictEqual(set);
      }),
    );
  });

  test("families are apart", () => {
    fc.assert(
      fc.property(BLOCKS.sets, (set) => {
        expect(set.family(4).overlaps(set.family(6))).toBe(false);
        expect(set.family(4).union(set.family(6))).toStrictEqual(set);
        expect(set.family(4).size().v6).toBe(0n);
      }),
    );
    expect(AddressSet.ALL_V4.union(AddressSet.ALL_V6)).toStrictEqual(AddressSet.ALL);
    expect(AddressSet.of("::ffff:0:0/96").overlaps(AddressSet.ALL_V4)).toBe(false);
  });

  test("size counts each family", () => {
    expect(AddressSet.ALL.size()).toEqual({ v4: 2n ** 32n, v6: 2n ** 128n });
    expect(AddressSet.of("10.0.0.0/8", "10.1.0.0/16", "::1/128").size()).toEqual({ v4: 2n ** 24n, v6: 1n });
    expect(AddressSet.EMPTY.size()).toEqual({ v4: 0n, v6: 0n });
  });

  test("halves, quarters and 256 blocks are the whole", () => {
    expect(AddressSet.of("0.0.0.0/1", "128.0.0.0/1")).toStrictEqual(AddressSet.ALL_V4);
    expect(AddressSet.of("192.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "0.0.0.0/2")).toStrictEqual(AddressSet.ALL_V4);
    expect(AddressSet.of(...Array.from({ length: 256 }, (_, i) => `${i}.0.0.0/8`))).toStrictEqual(AddressSet.ALL_V4);
    expect(AddressSet.of("::/1", "8000::/1")).toStrictEqual(AddressSet.ALL_V6);
    expect(String(AddressSet.of("0.0.0.0/1", "128.0.0.0/1"))).toBe("0.0.0.0/0");
  });

  test("refuses what is no CIDR", () => {
    expect(() => AddressSet.of("10.0.0.0/8", "0.0.0.0/33")).toThrow(InvalidCidrError);
  });
});

/** The least number of aligned blocks that hold exactly these of 256 hosts: each block is taken whole or halved. */
function fewestBlocks(hosts: ReadonlySet<number>, first = 0, size = 256): number {
  let held = 0;
  for (let host = first; host < first + size; host++) if (hosts.has(host)) held++;
  if (held === 0) return 0;
  if (held === size) return 1;
  return fewestBlocks(hosts, first, size / 2) + fewestBlocks(hosts, first + size / 2, size / 2);
}

describe("the list of CIDRs", () => {
  const hosts = fc.oneof(
    fc.uniqueArray(fc.nat(255), { maxLength: 256 }),
    fc
      .array(fc.tuple(fc.nat(255), fc.nat(255)), { maxLength: 5 })
      .map((ranges) => ranges.flatMap(([a, b]) => Array.from({ length: Math.abs(a - b) + 1 }, (_, i) => Math.min(a, b) + i))),
  );

  test.each([
    ["IPv4", (host: number) => `8.8.8.${host}`],
    ["IPv4 at its first addresses", (host: number) => `0.0.0.${host}`],
    ["IPv4 at its last addresses", (host: number) => `255.255.255.${host}`],
    ["IPv6", (host: number) => `2600::${host.toString(16)}`],
    ["IPv6 at its last addresses", (host: number) => `ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff${host.toString(16).padStart(2, "0")}`],
  ])("%s: covers exactly, and no shorter list does", (_, address) => {
    fc.assert(
      fc.property(hosts, (list) => {
        const set = AddressSet.of(...list.map(address));
        const cidrs = set.cidrs();
        expect(AddressSet.of(...cidrs)).toStrictEqual(set);
        expect(cidrs).toHaveLength(fewestBlocks(new Set(list)));
        expect(new Set(cidrs).size).toBe(cidrs.length);
      }),
      { numRuns: 80 },
    );
  });

  test("IPv4 comes first, each family ascending", () => {
    expect(AddressSet.of("::/0", "10.0.0.0/8", "9.0.0.0/8", "2.0.0.0/8").cidrs()).toEqual(["2.0.0.0/8", "9.0.0.0/8", "10.0.0.0/8", "::/0"]);
  });
});

describe("public addresses", () => {
  test.each([
    "8.8.8.8",
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "223.255.255.255",
    "2600::1",
    "2a00::1",
    "4000::1",
    "8000::1",
    "fbff:ffff::1",
    "fe00::1",
    "2001:db9::1",
  ])("%s is public", (address) => {
    expect(PUBLIC_ADDRESSES.covers(AddressSet.of(address))).toBe(true);
  });

  test.each([
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "192.0.2.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::1/128",
    "::ffff:0:0/96",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
    "2001:db8::/32",
    "100::/64",
  ])("%s is not", (cidr) => {
    expect(PUBLIC_ADDRESSES.overlaps(AddressSet.of(cidr))).toBe(false);
  });
});

test.each([
  ["10.0.0.5/32", "10.0.0.5/32"],
  ["10.0.0.1/32, 10.0.0.2/32", "10.0.0.0/30"],
  ["0.0.0.0/32, 255.255.255.255/32", "0.0.0.0/0"],
  ["127.255.255.255/32, 128.0.0.0/32", "0.0.0.0/0"],
  ["2001:db8::1/128, 2001:db8::8000/128", "2001:db8::/112"],
  ["::/128, ffff::/16", "::/0"],
])("the smallest CIDR over %s is %s", (cidrs, span) => {
  expect(AddressSet.of(...cidrs.split(", ")).span()).toBe(span);
});
