import { describe, expect, test } from "@jest/globals";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { noUnrestrictedEgress } from "../../lib/rules/no-unrestricted-egress.ts";
import { networkOf } from "../support/network.ts";
import { testRule } from "../support/rule-tester.ts";

const EVERY_8 = Array.from({ length: 256 }, (_, i) => `all to ${i}.0.0.0/8`);
const PUBLIC_8 = EVERY_8.filter((_, i) => ![0, 10, 127].includes(i) && i < 224);
// A list that a service keeps, as EC2 names it in a rule (https://ip-ranges.amazonaws.com: S3 in one region).
const S3 = ["3.5.136.0/22", "52.92.16.0/21", "52.219.140.0/24"];

testRule(noUnrestrictedEgress, {
  valid: {
    "no rules at all": [],
    "everything to a private network": ["all to 10.0.0.0/8", "all to fd00::/8"],
    "everything to a group": "all to sg-0db",
    "HTTPS to the internet": ["tcp 443 to 0.0.0.0/0", "tcp 443 to ::/0"],
    "every port of tcp, which is not all traffic": "tcp 0-65535 to 0.0.0.0/0",
    "tcp and udp, but for one port and all other protocols": [
      "all to 10.0.0.0/8",
      "tcp 0-24 to 0.0.0.0/0",
      "tcp 26-65535 to 0.0.0.0/0",
      "udp to 0.0.0.0/0",
    ],
    "everything to exactly a /8": "all to 8.0.0.0/8",
    "everything to exactly a /16 of IPv6": "all to 2600::/16",
    "everything to one public address": "all to 8.8.8.8/32",
    "everything from the internet, which is another rule's business": ["all from 0.0.0.0/0", "all from ::/0"],
    "everything to a service's prefix list": { rules: "all to pl-0s3", lists: { "pl-0s3": S3 } },
    "a prefix list that nobody could read: left open, not judged": { rules: "all to pl-0far", lists: { "pl-0far": { unknown: "denied" } } },
    "everything to a /8, and some ports to another": ["all to 8.0.0.0/8", "tcp 443 to 9.0.0.0/8", "udp 53 to 0.0.0.0/0"],
    "a width of /0": { rules: ["all to 0.0.0.0/0", "all to ::/0"], options: { width: { v4: "/0", v6: "/0" } } },
    "everything, allowed": { rules: "all to 0.0.0.0/0", options: { allow: [{ protocol: "all" }] } },
    "part of what is behind NAT64": "all to 64:ff9b::808:0/112",
  },

  invalid: {
    "the rules with which EC2 creates every group": [
      ["all to 0.0.0.0/0", "all to ::/0"],
      [
        { traffic: "all to 0.0.0.0/0", rules: ["all to 0.0.0.0/0"] },
        { traffic: "all to ::/0", rules: ["all to ::/0"] },
      ],
    ],
    "the internet in two halves": [
      ["all to 0.0.0.0/1", "-1 to 128.0.0.0/1"],
      ["all to 0.0.0.0/1", "all to 128.0.0.0/1"],
    ],
    "the IPv6 internet in two halves": [
      ["all to ::/1", "all to 8000::/1"],
      ["all to ::/1", "all to 8000::/1"],
    ],
    "all allocated IPv6 addresses": ["all to 2000::/3", "all to 2000::/3"],
    "the internet in 256 blocks, none of them too wide by itself": [
      EVERY_8,
      { traffic: "all to 0.0.0.0/0 except 0.0.0.0/8, 10.0.0.0/8, 127.0.0.0/8, 224.0.0.0/3", rules: PUBLIC_8 },
    ],
    "more than a /8": ["all to 8.0.0.0/7", "all to 8.0.0.0/7"],
    "a /8 and one address more, together": [
      ["all to 8.0.0.0/8", "all to 9.9.9.9/32"],
      { traffic: "all to 8.0.0.0/8, 9.9.9.9/32", rules: ["all to 8.0.0.0/8", "all to 9.9.9.9/32"] },
    ],
    "a prefix list that holds the internet": [
      { rules: "all to pl-0all", lists: { "pl-0all": ["0.0.0.0/1", "128.0.0.0/1"] } },
      { traffic: "all to 0.0.0.0/0", rules: ["all to pl-0all"] },
    ],
    "the IPv4 internet by way of NAT64": ["all to 64:ff9b::/96", "all to 64:ff9b::/96"],
    "lawful rules beside it stay": [
      ["tcp 443 to 0.0.0.0/0", "all to 0.0.0.0/0", "all to 10.0.0.0/8", "all to sg-0db", "all from 0.0.0.0/0"],
      { traffic: "all to 0.0.0.0/0", rules: ["all to 0.0.0.0/0"] },
    ],
    "all but what is allowed": [
      { rules: "all to 0.0.0.0/0", options: { allow: [{ protocol: "tcp", ports: 443 }] } },
      "all except tcp 443 to 0.0.0.0/0",
    ],
    "all but a partner": [
      { rules: "all to 0.0.0.0/0", options: { allow: [{ protocol: "all", to: ["192.0.2.0/24"] }] } },
      "all to 0.0.0.0/0 except 192.0.2.0/24",
    ],
  },
});

describe("where all of some services count", () => {
  testRule(noUnrestrictedEgress, {
    options: { services: "tcp 0-65535" },
    valid: {
      "all ports but the last": "tcp 0-65534 to 0.0.0.0/0",
      "udp on every port": "udp to 0.0.0.0/0",
      "every port, half to the internet and half inside": ["tcp 0-1023 to 0.0.0.0/0", "tcp 1024-65535 to 10.0.0.0/8"],
      "every port to a /8 that one rule and then another give": ["tcp 0-1023 to 8.0.0.0/8", "tcp 1024-65535 to 8.0.0.0/7"],
    },
    invalid: {
      "every port": ["tcp 0-65535 to ::/0", "tcp 0-65535 to ::/0"],
      "every protocol, as far as it counts": ["all to 0.0.0.0/0", "tcp 0-65535 to 0.0.0.0/0"],
      "every port in two rules, and no other rule": [
        ["tcp 0-1023 to 0.0.0.0/0", "udp 53 to 0.0.0.0/0", "6 1024-65535 to 0.0.0.0/0", "tcp 0-1023 to 10.0.0.0/8"],
        { traffic: "tcp 0-65535 to 0.0.0.0/0", rules: ["tcp 0-1023 to 0.0.0.0/0", "tcp 1024-65535 to 0.0.0.0/0"] },
      ],
      "every port in two rules, to where both reach": [
        ["tcp 0-1023 to 0.0.0.0/0", "tcp 1024-65535 to 8.0.0.0/7"],
        { traffic: "tcp 0-65535 to 8.0.0.0/7", rules: ["tcp 0-1023 to 0.0.0.0/0", "tcp 1024-65535 to 8.0.0.0/7"] },
      ],
      "a rule of all protocols completes what others leave out": [
        ["tcp 0-1023 to 8.0.0.0/7", "tcp 1024-65535 to 9.0.0.0/8", "all to 8.0.0.0/8"],
        {
          traffic: "tcp 0-65535 to 8.0.0.0/7",
          rules: ["tcp 0-1023 to 8.0.0.0/7", "tcp 1024-65535 to 9.0.0.0/8", "all to 8.0.0.0/8"],
        },
      ],
    },
  });
});

describe("where any service counts", () => {
  testRule(noUnrestrictedEgress, {
    options: {
      services: "any",
      allow: [
        { protocol: "tcp", ports: 443 },
        { protocol: "udp", ports: 53, to: ["resolvers"] },
      ],
    },
    networks: { resolvers: ["9.9.9.9", "2620:fe::fe"] },
    valid: {
      "what is allowed to everywhere": ["tcp 443 to 0.0.0.0/0", "tcp 443 to ::/0"],
      "what is allowed to a network": "udp 53 to 9.9.9.9/32",
      "another service to a partner": "tcp 22 to 8.8.8.0/24",
    },
    invalid: {
      "one port that nobody allowed": ["tcp 25 to 0.0.0.0/0", "tcp 25 to 0.0.0.0/0"],
      "a range around the one that is allowed": ["tcp 442-444 to ::/0", "tcp 442, 444 to ::/0"],
      "a service to more than its network": ["udp 53 to 0.0.0.0/0", "udp 53 to 0.0.0.0/0 except 9.9.9.9/32"],
      "two blocks that add up": [
        ["tcp 25 to 8.0.0.0/8", "tcp 25 to 9.0.0.0/8"],
        { traffic: "tcp 25 to 8.0.0.0/7", rules: ["tcp 25 to 8.0.0.0/8", "tcp 25 to 9.0.0.0/8"] },
      ],
    },
  });
});

describe("options", () => {
  test.each<[string, unknown]>([
    ["services that are none", { services: "https" }],
    ["no services", { services: "" }],
    ["the ingress word for peers", { allow: [{ protocol: "tcp", ports: 443, from: ["10.0.0.0/8"] }] }],
    ["a network that nobody defined", { allow: [{ protocol: "all", to: ["office"] }] }],
    ["a width longer than an address", { width: { v4: "/33" } }],
  ])("refuse %s", (_, options) => {
    expect(() => noUnrestrictedEgress.withOptions(options, networksOf({}))).toThrow();
  });
});

test("a finding says what may leave, and that several rules let it out together", async () => {
  const rule = noUnrestrictedEgress.withOptions({}, networksOf({}));
  const group = new SecurityGroup({ id: "sg-1", rules: ["all to 8.0.0.0/8", "all to 9.0.0.0/8"].map(parseRule) });
  expect(await rule.check(group, networkOf({}))).toMatchObject([
    { message: "all to 8.0.0.0/7 may leave for the internet, by 2 rules together: name the services and destinations that are needed" },
  ]);
});

// What an exception adds to `allow` must never bring a finding that was not there without it.
test("allowing more never finds more", async () => {
  const group = new SecurityGroup({
    id: "sg-1",
    rules: ["tcp 0-65535 to 0.0.0.0/0", "tcp 22 to 0.0.0.0/0", "udp 53 to 0.0.0.0/0"].map(parseRule),
  });
  for (const services of ["all", "tcp 0-65535", "tcp 22", "any"]) {
    const found = async (allow: unknown[]) =>
      noUnrestrictedEgress.withOptions({ services, allow }, networksOf({})).check(group, networkOf({}));
    const before = await found([]);
    for (const allowed of [{ protocol: "tcp" }, { protocol: "tcp", ports: 22 }, { protocol: "tcp", to: ["0.0.0.0/1"] }]) {
      for (const { traffic } of await found([allowed])) {
        expect(before.some((finding) => finding.traffic.covers(traffic))).toBe(true);
      }
    }
  }
});
