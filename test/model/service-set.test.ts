import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { contains } from "../../lib/model/interval-set.ts";
import { PortSet } from "../../lib/model/port-set.ts";
import { ICMP, ICMPV6, InvalidServiceError, icmpBlocks, parseProtocol, ServiceSet, TCP, UDP } from "../../lib/model/service-set.ts";
import { testSetLaws } from "./set-laws.ts";
import { SERVICES } from "./universes.ts";

testSetLaws("ServiceSet", SERVICES);

const services = (text: string) => ServiceSet.parse(text);

describe("protocols", () => {
  test.each([
    ["tcp", "6", "TCP", " Tcp "],
    ["udp", "17", "UDP"],
    ["icmp", "1", "ICMP"],
    ["icmpv6", "58", "ICMPv6"],
    ["all", "-1", "ALL"],
    ["esp", "50", "ESP"],
  ])("%s has several names and one meaning", (name, ...others) => {
    for (const other of others) {
      expect(parseProtocol(other)).toBe(parseProtocol(name));
      expect(services(other.trim())).toStrictEqual(services(name));
    }
  });

  test.each(["", "-2", "256", "1000", "tcpp", "tcp udp", "6.0", "0x6", "1e1"])("refuses %j", (text) => {
    expect(() => parseProtocol(text)).toThrow(InvalidServiceError);
  });

  test("0 and 255 are protocols", () => {
    expect(parseProtocol("0")).toBe(0);
    expect(parseProtocol("255")).toBe(255);
    expect(services("protocol 0").isEmpty()).toBe(false);
  });

  test("all covers every protocol, and nothing covers all but all 256 together", () => {
    const each = Array.from({ length: 256 }, (_, protocol) => ServiceSet.protocol(protocol));
    for (const one of each) expect(ServiceSet.ALL.covers(one)).toBe(true);
    expect(ServiceSet.union(each)).toStrictEqual(ServiceSet.ALL);
    expect(ServiceSet.union(each.slice(1)).equals(ServiceSet.ALL)).toBe(false);
  });

  test("a port of one protocol is not that port of another, nor an ICMP type", () => {
    const all = ["tcp 3", "udp 3", "icmp 3", "icmpv6 3", "icmp 0/3", "esp", "protocol 3"].map(services);
    for (const [i, a] of all.entries()) {
      for (const [j, b] of all.entries()) expect(a.intersection(b).isEmpty()).toBe(i !== j);
    }
  });
});

describe("ports and ICMP", () => {
  test("any ports of tcp and udp are held by number, borders included", () => {
    fc.assert(
      fc.property(fc.constantFrom(TCP, UDP), fc.nat(65_535), fc.nat(65_535), (protocol, a, b) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const set = ServiceSet.ports(protocol, PortSet.of([first, last]));
        for (const port of [0, first - 1, first, last, last + 1, 65_535]) {
          if (port < 0 || port > 65_535) continue;
          expect(set.covers(ServiceSet.ports(protocol, PortSet.of([port, port])))).toBe(first <= port && port <= last);
        }
      }),
    );
  });

  test("the whole range of ports is the whole protocol, and touches no neighbour", () => {
    expect(services("tcp 0-65535")).toStrictEqual(services("tcp"));
    expect(services("tcp 0-21, 22-65535")).toStrictEqual(services("tcp"));
    expect(services("tcp").intersection(services("protocol 5")).isEmpty()).toBe(true);
    expect(services("tcp").intersection(services("protocol 7")).isEmpty()).toBe(true);
  });

  test("ICMP types and codes against every pair of them", () => {
    const byte = fc.nat(255);
    fc.assert(
      fc.property(fc.constantFrom(ICMP, ICMPV6), byte, byte, byte, byte, (protocol, a, b, c, d) => {
        const [types, codes] = [[Math.min(a, b), Math.max(a, b)] as const, [Math.min(c, d), Math.max(c, d)] as const];
        const set = ServiceSet.icmp(protocol, types, codes);
        for (const type of [types[0] - 1, types[0], types[1], types[1] + 1]) {
          for (const code of [codes[0] - 1, codes[0], codes[1], codes[1] + 1]) {
            if (type < 0 || type > 255 || code < 0 || code > 255) continue;
            const held = types[0] <= type && type <= types[1] && codes[0] <= code && code <= codes[1];
            expect(contains(set.slots, protocol * 65_536 + type * 256 + code)).toBe(held);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test("ports of a protocol that has none are the protocol, as EC2 takes them", () => {
    expect(ServiceSet.ports(50, PortSet.of([22, 22]))).toStrictEqual(services("esp"));
  });

  test("all ICMP types are the protocol", () => {
    expect(services("icmp 0-255")).toStrictEqual(services("icmp"));
    expect(services("icmp 3/0-255")).toStrictEqual(services("icmp 3"));
    expect(icmpBlocks(0, 65_535)).toEqual([{ types: [0, 255], codes: [0, 255] }]);
  });

  test("a stretch of ICMP slots becomes blocks that hold exactly it", () => {
    fc.assert(
      fc.property(fc.nat(65_535), fc.nat(65_535), (a, b) => {
        let next = Math.min(a, b);
        for (const { types, codes } of icmpBlocks(Math.min(a, b), Math.max(a, b))) {
          expect(types[0] * 256 + codes[0]).toBe(next);
          expect(types[0] === types[1] || (codes[0] === 0 && codes[1] === 255)).toBe(true);
          next = types[1] * 256 + codes[1] + 1;
        }
        expect(next).toBe(Math.max(a, b) + 1);
      }),
    );
  });

  test("refuses ICMP numbers out of bounds", () => {
    for (const [types, codes] of [
      [
        [3, 2],
        [0, 0],
      ],
      [
        [0, 256],
        [0, 0],
      ],
      [
        [-1, 0],
        [0, 0],
      ],
      [
        [3, 3],
        [0, 256],
      ],
      [
        [3, 3],
        [-1, 0],
      ],
      [
        [3, 3],
        [2, 1],
      ],
    ] as const) {
      expect(() => ServiceSet.icmp(ICMP, types, codes)).toThrow(InvalidServiceError);
    }
  });
});

describe("notation", () => {
  test("what it prints, it reads", () => {
    fc.assert(
      fc.property(SERVICES.sets, (set) => {
        fc.pre(!set.isEmpty());
        expect(ServiceSet.parse(String(set))).toStrictEqual(set);
      }),
      { numRuns: 400 },
    );
  });

  test("any number of whole protocols prints, also exactly half of them", () => {
    for (let count = 1; count <= 256; count++) {
      const set = ServiceSet.union(Array.from({ length: count }, (_, i) => ServiceSet.protocol(255 - i)));
      expect(ServiceSet.parse(String(set))).toStrictEqual(set);
    }
  });

  test.each([
    ["all", "all"],
    ["-1", "all"],
    ["all except tcp 25", "all except tcp 25"],
    ["all except tcp 80, 443, udp 443", "all except tcp 80, 443, udp 443"],
    ["tcp", "tcp 0-65535"],
    ["6 22", "tcp 22"],
    ["TCP 22", "tcp 22"],
    ["tcp 22, 443, udp 53, 8000-8100", "tcp 22, 443, udp 53, 8000-8100"],
    ["tcp 443, 22", "tcp 22, 443"],
    ["tcp 0-65535 except tcp 22", "tcp 0-21, 23-65535"],
    ["icmp", "icmp"],
    ["icmp 8", "icmp 8"],
    ["icmp 3/4", "icmp 3/4"],
    ["icmp 3/4-7, 8-10", "icmp 3/4-7, 8-10"],
    ["icmpv6 2", "icmpv6 2"],
    ["esp", "esp"],
    ["50", "esp"],
    ["protocol 99", "protocol 99"],
    ["protocol 3-5, 7-16", undefined],
    ["protocol 3-5, protocol 7-16", "protocol 3-5, protocol 7-16"],
    ["protocol 5-7", "protocol 5, tcp 0-65535, protocol 7"],
    ["protocol 6 22", "tcp 22"],
  ])("%s reads as %s", (text, expected) => {
    if (expected === undefined) expect(() => services(text)).toThrow(InvalidServiceError);
    else expect(String(services(text))).toBe(expected);
  });

  test.each([
    "",
    "tcp 22,",
    ", tcp 22",
    "tcp 22 443",
    "tcp 22-21",
    "tcp 65536",
    "tcp 22 except",
    "all except tcp 22 except tcp 23",
    "protocol",
    "protocol 9-3",
    "protocol 1-2-3",
    "protocol 3-5 22",
    "protocol 256",
    "esp 22",
    "all 22",
    "esp, 22",
    "icmp 256",
    "icmp 3/",
    "icmp /4",
    "icmp 3/256",
    "icmp 9-8",
    "icmp 3/4/5",
    "icmp -1",
    "ssh",
  ])("refuses %j rather than read a part of it", (text) => {
    expect(() => services(text)).toThrow(InvalidServiceError);
  });

  test("a protocol with its own list of ports", () => {
    expect(ServiceSet.of("tcp", "80, 443")).toStrictEqual(services("tcp 80, 443"));
    expect(ServiceSet.of("6", "0-65535")).toStrictEqual(services("tcp"));
    expect(ServiceSet.of("icmp", "8, 3/4")).toStrictEqual(services("icmp 3/4, 8"));
    // An empty item must never mean "every port".
    for (const ports of ["", "80,", ",80", "80,,443", "80 443", "udp 53", "80 except 80"]) {
      expect(() => ServiceSet.of("tcp", ports)).toThrow(InvalidServiceError);
    }
    expect(() => ServiceSet.of("tcp, udp", "53")).toThrow(InvalidServiceError);
    expect(() => ServiceSet.of("all", "53")).toThrow('"all 53": all takes no ports in EC2; expected the protocol alone');
  });
});
