import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { AddressSet } from "../../lib/model/address-set.ts";
import { InvalidCidrError } from "../../lib/model/cidr.ts";
import { formatPeer, PeerSet, parsePeer } from "../../lib/model/peer-set.ts";
import { testSetLaws } from "./set-laws.ts";
import { PEERS } from "./universes.ts";

testSetLaws("PeerSet", PEERS);

describe("one peer", () => {
  test.each([
    ["10.0.0.1/8", { kind: "cidr", cidr: "10.0.0.0/8" }],
    ["::0/0", { kind: "cidr", cidr: "::/0" }],
    ["sg-0abc", { kind: "group", id: "sg-0abc" }],
    ["111122223333/sg-0abc", { kind: "group", id: "sg-0abc", account: "111122223333" }],
    ["pl-0abc", { kind: "prefix-list", id: "pl-0abc" }],
  ])("%s", (text, peer) => {
    expect(parsePeer(text)).toEqual(peer);
    expect(parsePeer(formatPeer(parsePeer(text)))).toEqual(peer);
  });

  test.each(["", "sg-", "pl-", "sg-1 sg-2", "pl-1 pl-2", "office/sg-1", "bastion", "10.0.0.0/33"])("refuses %j", (text) => {
    expect(() => parsePeer(text)).toThrow(InvalidCidrError);
  });
});

describe("notation", () => {
  const internet = fc.constantFrom("0.0.0.0/0", "::/0", "8.0.0.0/7", "2600::/12");
  const wide = fc.record({ from: fc.array(internet, { maxLength: 3 }), peers: PEERS.sets, less: PEERS.sets });

  test("what it prints, it reads, the internet less some addresses included", () => {
    fc.assert(
      fc.property(wide, ({ from, peers, less }) => {
        const set = new PeerSet(AddressSet.of(...from)).union(peers).difference(less);
        fc.pre(!set.isEmpty());
        expect(PeerSet.parse(String(set))).toStrictEqual(set);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["0.0.0.0/1, 128.0.0.0/1", "0.0.0.0/0"],
    ["0.0.0.0/0, ::/0", "0.0.0.0/0, ::/0"],
    ["0.0.0.0/0 except 198.51.100.0/24", "0.0.0.0/0 except 198.51.100.0/24"],
    ["0.0.0.0/0, ::/0, sg-1 except 198.51.100.0/24, 2001:db8::/32", "0.0.0.0/0, ::/0, sg-1 except 198.51.100.0/24, 2001:db8::/32"],
    ["0.0.0.0/0, 2600::1, 2a00::1 except 8.8.8.8", "0.0.0.0/0, 2600::1/128, 2a00::1/128 except 8.8.8.8/32"],
    ["10.0.0.0/8 except 10.0.0.1", "10.0.0.0/8 except 10.0.0.1/32"],
    ["1.1.1.1, 8.8.8.8, 9.9.9.9, 4.4.4.4, 64.6.64.6", "1.1.1.1/32, 4.4.4.4/32, 8.8.8.8/32, 9.9.9.9/32, 64.6.64.6/32"],
    ["sg-2, 10.0.0.1/8, sg-1", "10.0.0.0/8, sg-1, sg-2"],
    ["sg-1, pl-1 except pl-1", "sg-1"],
  ])("%s reads as %s", (text, expected) => {
    expect(String(PeerSet.parse(text))).toBe(expected);
  });

  test.each(["", "10.0.0.0/8,", "0.0.0.0/0 except", "0.0.0.0/0 except 10.0.0.0/8 except 10.1.0.0/16", "10.0.0.0/8 11.0.0.0/8"])(
    "refuses %j rather than read a part of it",
    (text) => {
      expect(() => PeerSet.parse(text)).toThrow(InvalidCidrError);
    },
  );

  test("references are a set: order and repeats do not count", () => {
    expect(new PeerSet(AddressSet.EMPTY, ["sg-2", "sg-1", "sg-2"])).toStrictEqual(new PeerSet(AddressSet.EMPTY, ["sg-1", "sg-2"]));
  });

  test("a group of another account is another peer than a group of the same id", () => {
    expect(PeerSet.parse("111122223333/sg-1").intersection(PeerSet.parse("sg-1")).isEmpty()).toBe(true);
  });
});
