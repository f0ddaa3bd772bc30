import { isIP } from "node:net";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatV4, formatV6, readAddress } from "../../lib/model/address.ts";

const PIECES = ["", "0", "1", "9", "ab", "FFFF", "00000", "10000", "g", "%", ":", "::", ".", "255", "256", "01", "1.2.3.4", "010.0.0.1"];
const almost = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join("")),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 10 }).map((pieces) => pieces.join(":")),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 5 }).map((pieces) => pieces.join(".")),
);
// Zeros are what is told apart by where they stand.
const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 });
const joined = (parts: readonly number[]) => parts.reduce((value, part) => (value << 16n) | BigInt(part), 0n);
const familyOf = (text: string) => ({ none: 0, 32: 4, 128: 6 })[readAddress(text)?.bits ?? "none"];

describe("readAddress", () => {
  test("takes for an address what Node does, but for zone ids", () => {
    fc.assert(
      fc.property(almost, (text) => expect(familyOf(text)).toBe(text.includes("%") ? 0 : isIP(text))),
      { numRuns: 20_000 },
    );
  });

  test("reads every shortened IPv6 address as a browser does", () => {
    const shortened = fc.tuple(groups, fc.nat(7), fc.nat(8)).map(([parts, at, length]) => {
      const hex = parts.map((part) => part.toString(16));
      return length === 0 ? hex.join(":") : `${hex.slice(0, at).join(":")}::${hex.slice(at + length).join(":")}`;
    });
    fc.assert(
      fc.property(shortened, (text) => {
        const read = readAddress(text);
        expect(`[${formatV6(BigInt(read?.value ?? -1))}]`).toBe(new URL(`http://[${text}]`).hostname);
      }),
    );
  });

  test.each([
    ["::1.2.3.4", 0x0102_0304n],
    ["::ffff:1.2.3.4", 0xffff_0102_0304n],
    ["64:ff9b::1.2.3.4", (0x0064_ff9bn << 96n) | 0x0102_0304n],
  ])("IPv4 at the end is its last two groups, and nothing more: %s", (text, value) => {
    expect(readAddress(text)).toEqual({ bits: 128, value });
  });

  test("IPv4 stands nowhere else", () => {
    for (const text of ["1.2.3.4::", "::1.2.3.4:1", "1:1.2.3.4::1", "::1.2.3"]) expect(readAddress(text)).toBeUndefined();
  });
});

describe("the text of an address", () => {
  test("is read as the same address", () => {
    fc.assert(fc.property(groups, (parts) => expect(readAddress(formatV6(joined(parts)))?.value).toBe(joined(parts))));
    fc.assert(fc.property(fc.nat(2 ** 32 - 1), (value) => expect(readAddress(formatV4(value))?.value).toBe(value)));
  });

  test.each([
    [[0, 0, 0, 0, 0, 0, 0, 0], "::"],
    [[1, 0, 0, 0, 0, 0, 0, 0], "1::"],
    [[0, 0, 0, 0, 0, 0, 0, 1], "::1"],
    [[1, 0, 2, 3, 4, 5, 6, 7], "1:0:2:3:4:5:6:7"],
    [[1, 0, 0, 2, 3, 0, 0, 4], "1::2:3:0:0:4"],
    [[1, 0, 0, 2, 0, 0, 0, 3], "1:0:0:2::3"],
    [[0xab, 0xc, 0, 0, 0xd, 0xe, 0xf, 0xffff], "ab:c::d:e:f:ffff"],
  ])("shortens the first of the longest runs of zeros: %j is %s", (parts, text) => {
    expect(formatV6(joined(parts))).toBe(text);
  });
});
