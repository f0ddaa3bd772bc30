import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { canonicalCidr, cidrsOfV4, cidrsOfV6, InvalidCidrError, parseCidr } from "../../lib/model/cidr.ts";

const V6_BITS = 128n;

/** A second reading of a CIDR, from the words of RFC 4632: the prefix decides, all other bits are free. */
function rangeOf(address: bigint, length: number, bits: number): [bigint, bigint] {
  const binary = address.toString(2).padStart(bits, "0").slice(0, length);
  return [BigInt(`0b0${binary.padEnd(bits, "0")}`), BigInt(`0b0${binary.padEnd(bits, "1")}`)];
}

const v4 = fc.record({ address: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }), length: fc.integer({ min: 0, max: 32 }) });
const v6 = fc.record({ address: fc.bigInt({ min: 0n, max: 2n ** V6_BITS - 1n }), length: fc.integer({ min: 0, max: 128 }) });
const dotted = (address: bigint) => [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join(".");
const groups = (address: bigint) =>
  Array.from({ length: 8 }, (_, i) => ((address >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(":");

describe("parseCidr", () => {
  test("any IPv4 CIDR covers the addresses that share its prefix, host bits or not", () => {
    fc.assert(
      fc.property(v4, ({ address, length }) => {
        const [first, last] = rangeOf(address, length, 32);
        expect(parseCidr(`${dotted(address)}/${length}`)).toEqual({ family: 4, range: [Number(first), Number(last)] });
      }),
    );
  });

  test("any IPv6 CIDR likewise, also with its last half in dotted form", () => {
    fc.assert(
      fc.property(v6, fc.boolean(), ({ address, length }, mixed) => {
        const full = groups(address);
        const text = mixed ? `${full.split(":").slice(0, 6).join(":")}:${dotted(address & 0xffffffffn)}` : full;
        expect(parseCidr(`${text}/${length}`)).toEqual({ family: 6, range: rangeOf(address, length, 128) });
      }),
    );
  });

  test("a bare address is a block of one", () => {
    expect(parseCidr("10.0.0.1")).toEqual(parseCidr("10.0.0.1/32"));
    expect(parseCidr("2001:db8::1")).toEqual(parseCidr("2001:db8::1/128"));
  });

  test.each([
    ["an empty text", ""],
    ["no address", "/8"],
    ["no prefix length", "10.0.0.0/"],
    ["an octal byte: 8 to some parsers and 10 to others", "010.0.0.0/8"],
    ["an octal byte within IPv6", "::ffff:010.0.0.1/128"],
    ["a hexadecimal byte", "0x7f.0.0.0/8"],
    ["a number for an address", "2130706433/32"],
    ["a short form", "1.2.3/8"],
    ["a byte too many", "1.2.3.4.5/8"],
    ["a byte above 255", "256.0.0.0/8"],
    ["a prefix longer than an IPv4 address", "0.0.0.0/33"],
    ["a prefix longer than an IPv6 address", "::/129"],
    ["a negative prefix", "10.0.0.0/-1"],
    ["a signed prefix", "10.0.0.0/+8"],
    ["a prefix in hexadecimal", "10.0.0.0/0x8"],
    ["a prefix with a fraction", "10.0.0.0/8.0"],
    ["a netmask", "10.0.0.0/255.0.0.0"],
    ["two prefixes", "10.0.0.0/8/8"],
    ["a zone id", "fe80::1%eth0/64"],
    ["a zone id after the prefix", "fe80::1/64%eth0"],
    ["a leading space", " 10.0.0.0/8"],
    ["a trailing space", "10.0.0.0/8 "],
    ["a trailing newline", "10.0.0.0/8\n"],
    ["a space before the prefix", "10.0.0.0 /8"],
    ["two gaps in IPv6", "2001::db8::/32"],
    ["brackets", "[::]/0"],
    ["an address hidden by a log", "x.x.x.x/0"],
    ["a word", "office"],
    ["full-width digits", "１0.0.0.0/8"],
  ])("refuses %s", (_, text) => {
    expect(() => parseCidr(text)).toThrow(InvalidCidrError);
  });

  test("says what was found and what is expected", () => {
    expect(() => parseCidr("0.0.0.0/33")).toThrow(
      '"0.0.0.0/33" is not a CIDR: expected an IPv4 or IPv6 address with a prefix length, such as 10.0.0.0/8 or 2001:db8::/32',
    );
  });
});

describe("canonicalCidr", () => {
  test.each([
    ["host bits are dropped, as EC2 does", "10.0.0.1/8", "10.0.0.0/8"],
    ["any address with /0 is the whole internet", "208.236.235.254/0", "0.0.0.0/0"],
    ["EC2's own example", "100.68.0.18/18", "100.68.0.0/18"],
    ["IPv6 host bits", "2001:db8::1/32", "2001:db8::/32"],
    ["any IPv6 address with /0", "2001:db8::1/0", "::/0"],
    ["an unusual way to write ::", "::0/0", "::/0"],
    ["capitals and zeros", "2001:0DB8:0000:0000:0000:0000:0000:0001/128", "2001:db8::1/128"],
    ["IPv4-mapped stays IPv6, where it admits no IPv4 packet", "::ffff:10.0.0.1/104", "::ffff:a00:0/104"],
    ["the whole IPv4-mapped block is not 0.0.0.0/0", "::ffff:0.0.0.0/96", "::ffff:0:0/96"],
    ["a prefix length has one reading only: decimal", "10.0.0.0/08", "10.0.0.0/8"],
    ["so that no zero hides the internet", "0.0.0.0/00", "0.0.0.0/0"],
    ["a bare address", "10.0.0.1", "10.0.0.1/32"],
  ])("%s: %s", (_, text, expected) => {
    expect(canonicalCidr(text)).toBe(expected);
  });

  test("is the one text of its block: reading and writing it again changes nothing", () => {
    const v4Text = v4.map(({ address, length }) => `${dotted(address)}/${length}`);
    const v6Text = v6.map(({ address, length }) => `${groups(address)}/${length}`);
    fc.assert(
      fc.property(fc.oneof(v4Text, v6Text), (text) => {
        const canonical = canonicalCidr(text);
        expect(parseCidr(canonical)).toEqual(parseCidr(text));
        expect(canonicalCidr(canonical)).toBe(canonical);
      }),
    );
  });
});

describe("lists of CIDRs for a range", () => {
  test("whole families are one block", () => {
    expect(cidrsOfV4([0, 2 ** 32 - 1])).toEqual(["0.0.0.0/0"]);
    expect(cidrsOfV6([0n, 2n ** 128n - 1n])).toEqual(["::/0"]);
  });

  test("the worst range takes two blocks a bit, less two", () => {
    expect(cidrsOfV4([1, 2 ** 32 - 2])).toHaveLength(62);
    expect(cidrsOfV6([1n, 2n ** 128n - 2n])).toHaveLength(254);
  });

  test("any IPv4 range is covered without gap or overlap", () => {
    const address = fc.nat(2 ** 32 - 1);
    fc.assert(
      fc.property(fc.tuple(address, address), ([a, b]) => {
        let next = Math.min(a, b);
        for (const cidr of cidrsOfV4([Math.min(a, b), Math.max(a, b)])) {
          const { range } = parseCidr(cidr);
          expect(Number(range[0])).toBe(next);
          next = Number(range[1]) + 1;
        }
        expect(next).toBe(Math.max(a, b) + 1);
      }),
    );
  });
});
