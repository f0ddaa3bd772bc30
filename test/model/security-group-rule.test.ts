import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { InvalidCidrError } from "../../lib/model/cidr.ts";
import { InvalidPortsError } from "../../lib/model/port-set.ts";
import {
  canonicalRule,
  formatRule,
  isInvalidRule,
  parseRule,
  type RawRule,
  ruleKey,
  rulesFor,
  servicesOf,
  trafficOf,
} from "../../lib/model/security-group-rule.ts";
import { InvalidServiceError, ServiceSet } from "../../lib/model/service-set.ts";
import { InvalidTrafficError, TrafficSet } from "../../lib/model/traffic.ts";
import { TRAFFIC } from "./universes.ts";

const raw = (protocol: string, fromPort?: number, toPort?: number, cidr = "0.0.0.0/0"): RawRule => ({
  direction: "ingress",
  protocol,
  fromPort,
  toPort,
  peer: { kind: "cidr", cidr },
});
const canonical = (...parts: Parameters<typeof raw>) => canonicalRule(raw(...parts));

describe("canonicalRule", () => {
  test.each<[string, RawRule, RawRule]>([
    ["6 is tcp", raw("6", 22, 22), raw("tcp", 22, 22)],
    ["TCP is tcp", raw("TCP", 22, 22), raw("tcp", 22, 22)],
    ["17 is udp", raw("17", 53, 53), raw("udp", 53, 53)],
    ["1 is icmp", raw("1", 8, -1), raw("icmp", 8, -1)],
    ["58 is icmpv6", raw("58", -1, -1), raw("icmpv6", -1, -1)],
    ["all is -1", raw("all"), raw("-1")],
    ["-1 has no ports, whatever is said", raw("-1", 22, 22), raw("-1")],
    ["-1 with -1 to -1, as DescribeSecurityGroupRules has it", raw("-1", -1, -1), raw("-1")],
    ["-1 with 0 to 0, as Terraform writes it", raw("-1", 0, 0), raw("-1")],
    ["a protocol without ports has none, whatever is said", raw("50", 22, 22), raw("esp")],
    ["tcp -1 to -1 is every port", raw("tcp", -1, -1), raw("tcp", 0, 65_535)],
    ["tcp without ports is every port", raw("tcp"), raw("tcp", 0, 65_535)],
    ["icmp without type is every type", raw("icmp"), raw("icmp", -1, -1)],
    ["icmp type without code is every code", raw("icmp", 3), raw("icmp", 3, -1)],
    ["one port said once", raw("tcp", 22), raw("tcp", 22, 22)],
    ["a CIDR with host bits", raw("tcp", 22, 22, "208.236.235.254/0"), raw("tcp", 22, 22, "0.0.0.0/0")],
  ])("%s", (_, a, b) => {
    expect(canonicalRule(a)).toStrictEqual(canonicalRule(b));
    expect(ruleKey(canonicalRule(a))).toBe(ruleKey(canonicalRule(b)));
  });

  test("FromPort 0 is a port and not absent", () => {
    expect(canonical("tcp", 0, 0)).toMatchObject({ fromPort: 0, toPort: 0 });
    expect(servicesOf(canonical("tcp", 0, 0))).toStrictEqual(ServiceSet.parse("tcp 0"));
    expect(servicesOf(canonical("tcp", 0, 65_535))).toStrictEqual(ServiceSet.parse("tcp"));
    expect(servicesOf(canonical("tcp", 0, 22))).toStrictEqual(ServiceSet.parse("tcp 0-22"));
    expect(canonical("icmp", 0, 0)).toMatchObject({ fromPort: 0, toPort: 0 });
    expect(servicesOf(canonical("icmp", 0, 0))).toStrictEqual(ServiceSet.parse("icmp 0/0"));
    expect(servicesOf(canonical("0"))).toStrictEqual(ServiceSet.parse("protocol 0"));
  });

  test("ICMP's two numbers are type and code, never a range", () => {
    expect(servicesOf(canonical("icmp", 3, 4))).toStrictEqual(ServiceSet.parse("icmp 3/4"));
    expect(servicesOf(canonical("icmp", 8, -1))).toStrictEqual(ServiceSet.parse("icmp 8"));
    expect(servicesOf(canonical("icmp", 8, 0))).toStrictEqual(ServiceSet.parse("icmp 8/0"));
    expect(servicesOf(canonical("icmpv6", 2, 0))).toStrictEqual(ServiceSet.parse("icmpv6 2/0"));
  });

  test.each<[string, RawRule, new (...args: never[]) => Error]>([
    ["reversed ports", raw("tcp", 22, 21), InvalidPortsError],
    ["a first port of -1 alone", raw("tcp", -1, 22), InvalidPortsError],
    ["a last port of -1 alone", raw("tcp", 22, -1), InvalidPortsError],
    ["ports out of bounds", raw("udp", 0, 65_536), InvalidPortsError],
    ["half a port", raw("tcp", 1.5, 2), InvalidPortsError],
    ["an ICMP type out of bounds", raw("icmp", 256, 0), InvalidServiceError],
    ["an ICMP code out of bounds", raw("icmp", 3, 256), InvalidServiceError],
    ["an ICMP type of -2", raw("icmp", -2, -1), InvalidServiceError],
    // API_IpPermission: "If the start port is -1 (all ICMP types), then the end port must be -1 (all ICMP codes)."
    ["one code of all ICMP types", raw("icmp", -1, 4), InvalidServiceError],
    ["an unknown protocol", raw("tcpp", 22, 22), InvalidServiceError],
    ["a CIDR that is none", raw("tcp", 22, 22, "0.0.0.0/33"), InvalidCidrError],
  ])("refuses %s", (_, rule, error) => {
    expect(() => canonicalRule(rule)).toThrow(error);
    try {
      canonicalRule(rule);
    } catch (thrown) {
      expect(isInvalidRule(thrown)).toBe(true);
    }
  });

  test("keeps id, description and tags, and no empty ones", () => {
    const extra = { id: "sgr-1", description: "SSH", tags: { team: "net" } };
    expect(canonicalRule({ ...raw("tcp", 22, 22), ...extra })).toMatchObject(extra);
    expect(canonicalRule({ ...raw("tcp", 22, 22), id: undefined, description: "", tags: {} })).toStrictEqual(canonical("tcp", 22, 22));
  });

  test("its value is canonical: doing it again changes nothing", () => {
    fc.assert(
      fc.property(TRAFFIC.sets, (traffic) => {
        for (const rule of rulesFor(traffic)) expect(canonicalRule(rule)).toStrictEqual(rule);
      }),
      { numRuns: 20 },
    );
  });

  test("other errors are not about the rule", () => {
    expect(isInvalidRule(new TypeError("bug"))).toBe(false);
  });
});

describe("ruleKey", () => {
  test("differs wherever EC2 sees another permission", () => {
    const rules = [
      "tcp 22 from 10.0.0.0/8",
      "tcp 22 to 10.0.0.0/8",
      "udp 22 from 10.0.0.0/8",
      "tcp 22-23 from 10.0.0.0/8",
      "tcp 22 from 10.0.0.0/9",
      "tcp 22 from sg-1",
      "tcp 22 from 111122223333/sg-1",
      "tcp 22 from pl-1",
      "icmp 22 from 10.0.0.0/8",
      "icmp 22/0 from 10.0.0.0/8",
      "all from 10.0.0.0/8",
      "tcp from 10.0.0.0/8",
      "esp from 10.0.0.0/8",
    ];
    expect(new Set(rules.map((rule) => ruleKey(parseRule(rule)))).size).toBe(rules.length);
  });

  test("knows nothing of id, description and tags", () => {
    const rule = parseRule("tcp 22 from 10.0.0.0/8");
    expect(ruleKey({ ...rule, id: "sgr-1", description: "SSH", tags: { a: "b" } })).toBe(ruleKey(rule));
  });
});

describe("notation of one rule", () => {
  test.each([
    "tcp 22 from 0.0.0.0/0",
    "tcp 0-65535 from ::/0",
    "tcp 0 from 10.0.0.0/8",
    "udp 53 to 0.0.0.0/0",
    "all from sg-1",
    "icmp from 10.0.0.0/8",
    "icmp 8 from sg-0bastion",
    "icmp 3/4 from 0.0.0.0/0",
    "icmpv6 2 from ::/0",
    "esp from pl-1",
    "protocol 99 from 0.0.0.0/0",
    "protocol 0 from ::/0",
    "tcp 22 from 111122223333/sg-1",
  ])("%s", (text) => {
    expect(formatRule(parseRule(text))).toBe(text);
  });

  test("every rule that EC2 can hold is printed and read back", () => {
    fc.assert(
      fc.property(TRAFFIC.sets, (traffic) => {
        for (const rule of rulesFor(traffic).slice(0, 20)) expect(parseRule(formatRule(rule))).toStrictEqual(rule);
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ["several ports", "tcp 22, 443 from 0.0.0.0/0", InvalidTrafficError],
    ["several peers", "tcp 22 from 10.0.0.0/8, sg-1", InvalidTrafficError],
    ["several ICMP types", "icmp 3-4 from 0.0.0.0/0", InvalidTrafficError],
    ["nothing", "nothing", InvalidTrafficError],
    ["no peer", "tcp 22", InvalidTrafficError],
    ["reversed ports", "tcp 22-21 from 0.0.0.0/0", InvalidServiceError],
    ["half an ICMP code", "icmp 3/ from 0.0.0.0/0", InvalidServiceError],
    ["ports of all protocols", "all 22 from 0.0.0.0/0", InvalidServiceError],
    ["what is no CIDR", "tcp 22 from office", InvalidCidrError],
  ])("refuses %s", (_, text, error) => {
    expect(() => parseRule(text)).toThrow(error);
  });
});

describe("rulesFor", () => {
  test("admits exactly the traffic", () => {
    fc.assert(
      fc.property(TRAFFIC.sets, fc.constantFrom("ingress", "egress"), (boxes, direction) => {
        const traffic = TrafficSet.of(boxes.boxes(), direction);
        const rules = rulesFor(traffic);
        expect(
          TrafficSet.of(
            rules.flatMap((rule) => trafficOf(rule).boxes()),
            direction,
          ).equals(traffic),
        ).toBe(true);
        expect(rules.every((rule) => rule.direction === direction)).toBe(true);
        expect(new Set(rules.map(ruleKey)).size).toBe(rules.length);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ["nothing", []],
    ["all from 10.0.0.0/8", ["all from 10.0.0.0/8"]],
    ["tcp 22, 443 from 10.0.0.0/8, sg-1", ["tcp 22 from 10.0.0.0/8", "tcp 22 from sg-1", "tcp 443 from 10.0.0.0/8", "tcp 443 from sg-1"]],
    ["tcp 22 from 0.0.0.0/1; tcp 22 from 128.0.0.0/1", ["tcp 22 from 0.0.0.0/0"]],
    ["icmp 3-4 from 10.0.0.0/8", ["icmp 3 from 10.0.0.0/8", "icmp 4 from 10.0.0.0/8"]],
    ["icmp 0-255 from 10.0.0.0/8", ["icmp from 10.0.0.0/8"]],
    ["icmp 3/4-5 from 10.0.0.0/8", ["icmp 3/4 from 10.0.0.0/8", "icmp 3/5 from 10.0.0.0/8"]],
    // Cut at tcp 80 and 443, the first would take 258 rules, and the group has room for 60.
    ["all from 10.0.0.0/8; tcp 80, 443 from 0.0.0.0/0", ["all from 10.0.0.0/8", "tcp 80 from 0.0.0.0/0", "tcp 443 from 0.0.0.0/0"]],
    // One service more for some is one rule more, and nothing is cut for it.
    ["tcp 22 from 8.0.0.0/8; tcp 1-1023 from 9.0.0.0/8", ["tcp 1-1023 from 9.0.0.0/8", "tcp 22 from 8.0.0.0/8"]],
    ["tcp 1-3 from 8.0.0.0/8; tcp 2-4 from 9.0.0.0/8", ["tcp 1-3 from 8.0.0.0/8", "tcp 2-4 from 9.0.0.0/8"]],
    [
      "tcp 22 from sg-1; tcp 22-23 from sg-2; tcp 23 from 10.0.0.0/8",
      ["tcp 22 from sg-1", "tcp 22-23 from sg-2", "tcp 23 from 10.0.0.0/8"],
    ],
    // Cut at its code 0, the type would take 256 rules.
    ["icmp 3 from 8.0.0.0/8; icmp 3/0 from 9.0.0.0/8", ["icmp 3 from 8.0.0.0/8", "icmp 3/0 from 9.0.0.0/8"]],
    // What all may use could be one rule for all; where that saves none, each has its own.
    ["udp 53 from 8.0.0.0/7; udp 53-100 from 9.0.0.0/8", ["udp 53 from 8.0.0.0/8", "udp 53-100 from 9.0.0.0/8"]],
    [
      "udp 53 from 8.0.0.0/6; udp 53-100 from 9.0.0.0/8; udp 20-53 from 10.0.0.0/8",
      ["udp 20-53 from 10.0.0.0/8", "udp 53 from 8.0.0.0/6", "udp 53-100 from 9.0.0.0/8"],
    ],
    ["tcp from 10.0.0.0/8; tcp 22 from sg-1; tcp 80 from sg-2", ["tcp 0-65535 from 10.0.0.0/8", "tcp 22 from sg-1", "tcp 80 from sg-2"]],
  ])("%s", (traffic, expected) => {
    expect(rulesFor(TrafficSet.parse(traffic)).map(formatRule)).toEqual(expected);
  });
});
