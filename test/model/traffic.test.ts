import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { AddressSet } from "../../lib/model/address-set.ts";
import { InvalidCidrError } from "../../lib/model/cidr.ts";
import { PeerSet } from "../../lib/model/peer-set.ts";
import { InvalidServiceError, ServiceSet } from "../../lib/model/service-set.ts";
import { InvalidTrafficError, TrafficSet } from "../../lib/model/traffic.ts";
import { testSetLaws } from "./set-laws.ts";
import { PEERS, SERVICES, TRAFFIC } from "./universes.ts";

testSetLaws("TrafficSet", TRAFFIC);

const traffic = (text: string) => TrafficSet.parse(text);

describe("TrafficSet", () => {
  test("holds every service of a line with every peer of it, and no other pair", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ services: SERVICES.sets, peers: PEERS.sets }), { maxLength: 4 }), (lines) => {
        const expected = new Set<string>();
        for (const { services, peers } of lines) {
          for (const slot of SERVICES.points(services)) for (const peer of PEERS.points(peers)) expected.add(`${slot}, ${peer}`);
        }
        expect(TRAFFIC.points(TrafficSet.of(lines))).toEqual(expected);
      }),
    );
  });

  test("lines, boxes, and any cut of it put together again are the same traffic", () => {
    fc.assert(
      fc.property(TRAFFIC.sets, SERVICES.sets, PEERS.sets, (set, services, peers) => {
        expect(TrafficSet.of(set.lines())).toStrictEqual(set);
        expect(TrafficSet.of(set.boxes())).toStrictEqual(set);
        const others = ServiceSet.ALL.difference(services);
        expect(set.to(services).union(set.to(others))).toStrictEqual(set);
        expect(set.from(peers.addresses)).toStrictEqual(
          set.intersection(TrafficSet.of([{ services: ServiceSet.ALL, peers: new PeerSet(peers.addresses) }])),
        );
      }),
    );
  });

  test("no two lines have equal peers, and no two boxes share a service", () => {
    fc.assert(
      fc.property(TRAFFIC.sets, (set) => {
        const peers = set.lines().map((line) => String(line.peers));
        expect(new Set(peers).size).toBe(peers.length);
        const services = set.boxes().map((box) => box.services);
        for (const [i, a] of services.entries()) for (const b of services.slice(i + 1)) expect(a.intersection(b).isEmpty()).toBe(true);
        expect(ServiceSet.union(services)).toStrictEqual(set.services());
      }),
    );
  });

  test("peersOfAll are those that may use every service asked for", () => {
    fc.assert(
      fc.property(TRAFFIC.sets, SERVICES.sets, (set, services) => {
        const held = TRAFFIC.points(set);
        const wanted = [...SERVICES.points(services)];
        const expected = [...PEERS.points(PEERS.everything)].filter(
          (peer) => wanted.length > 0 && wanted.every((slot) => held.has(`${slot}, ${peer}`)),
        );
        expect(PEERS.points(set.peersOfAll(services))).toEqual(new Set(expected));
      }),
    );
  });

  test("addresses are those that may use some service", () => {
    expect(traffic("tcp 22 from 10.0.0.0/8, sg-1; udp 53 from 11.0.0.0/8").addresses()).toStrictEqual(AddressSet.of("10.0.0.0/7"));
  });

  test("ingress and egress are not the same traffic", () => {
    expect(traffic("tcp 22 from 10.0.0.0/8").equals(traffic("tcp 22 to 10.0.0.0/8"))).toBe(false);
    expect(traffic("tcp 22 to 10.0.0.0/8").union(traffic("tcp 23 to 10.0.0.0/8")).direction).toBe("egress");
    expect(traffic("tcp 22 to 10.0.0.0/8").difference(traffic("tcp 22 to 10.0.0.0/8")).equals(TrafficSet.EMPTY)).toBe(true);
  });
});

describe("notation", () => {
  test("what it prints, it reads: in, out, and nothing at all", () => {
    const internet = fc.constantFrom("nothing", "all from 0.0.0.0/0", "all except tcp 25 from ::/0", "tcp 0-65535 from 0.0.0.0/0");
    fc.assert(
      fc.property(internet, TRAFFIC.sets, TRAFFIC.sets, fc.constantFrom("ingress", "egress"), (wide, more, less, direction) => {
        const set = TrafficSet.of(traffic(wide).union(more).difference(less).boxes(), direction);
        const read = traffic(String(set));
        expect(read.equals(set)).toBe(true);
        if (!set.isEmpty()) expect(read).toStrictEqual(set);
        expect(JSON.parse(JSON.stringify({ set }))).toEqual({ set: String(set) });
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ["tcp 22 from 0.0.0.0/0", "tcp 22 from 0.0.0.0/0"],
    ["6 22 from 208.236.235.254/0", "tcp 22 from 0.0.0.0/0"],
    ["icmp 8 from sg-0bastion", "icmp 8 from sg-0bastion"],
    ["-1 from ::/0", "all from ::/0"],
    ["all to 0.0.0.0/0", "all to 0.0.0.0/0"],
    ["tcp 22 from 0.0.0.0/1; tcp 22 from 128.0.0.0/1", "tcp 22 from 0.0.0.0/0"],
    ["tcp 0-21 from 0.0.0.0/0; tcp 23-65535 from 0.0.0.0/0", "tcp 0-21, 23-65535 from 0.0.0.0/0"],
    ["tcp 22 from 10.0.0.0/8; udp 53 from 10.0.0.0/8", "tcp 22, udp 53 from 10.0.0.0/8"],
    ["tcp 22 from 10.0.0.0/8; udp 53 from sg-1", "tcp 22 from 10.0.0.0/8; udp 53 from sg-1"],
    ["all except tcp 25 from 0.0.0.0/0 except 198.51.100.0/24", "all except tcp 25 from 0.0.0.0/0 except 198.51.100.0/24"],
    ["nothing", "nothing"],
  ])("%s prints as %s", (text, expected) => {
    expect(String(traffic(text))).toBe(expected);
  });

  test.each([
    ["no peers", "tcp 22", InvalidTrafficError],
    ["no services", "from 0.0.0.0/0", InvalidTrafficError],
    ["nothing written", "", InvalidTrafficError],
    ["a line left empty", "tcp 22 from 0.0.0.0/0;", InvalidTrafficError],
    ["both directions at once", "tcp 22 from 10.0.0.0/8; tcp 22 to 10.0.0.0/8", InvalidTrafficError],
    ["ports from high to low", "tcp 22-21 from 10.0.0.0/8", InvalidServiceError],
    ["a prefix too long", "tcp 22 from 0.0.0.0/33", InvalidCidrError],
  ])("refuses %s", (_, text, error) => {
    expect(() => traffic(text)).toThrow(error);
  });
});
