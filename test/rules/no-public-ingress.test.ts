import { describe, expect, test } from "@jest/globals";
import { AddressSet } from "../../lib/model/address-set.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { noPublicIngress } from "../../lib/rules/no-public-ingress.ts";
import { testRule } from "../support/rule-tester.ts";

const range = (length: number) => Array.from({ length }, (_, i) => i);
const together = (cidrs: readonly string[]) => String(AddressSet.of(...cidrs));

const EVERY_8 = range(256).map((i) => `tcp 22 from ${i}.0.0.0/8`);
// The blocks of 256 in which no packet from the internet can have its source.
const NOT_PUBLIC_8 = new Set([0, 10, 127, ...range(32).map((i) => 224 + i)]);
// 300 blocks of a /16, no two of them neighbours: 44 more addresses times 65,536 than a /8 holds.
const SCATTERED = range(300).map((i) => `${20 + Math.floor(i / 100)}.${2 * (i % 100)}.0.0/16`);
// A CDN's published ranges (https://www.cloudflare.com/ips/).
const CDN = [
  ..."173.245.48.0/20 103.21.244.0/22 103.22.200.0/22 103.31.4.0/22 141.101.64.0/18 108.162.192.0/18 190.93.240.0/20 188.114.96.0/20".split(
    " ",
  ),
  ..."197.234.240.0/22 198.41.128.0/17 162.158.0.0/15 104.16.0.0/13 104.24.0.0/14 172.64.0.0/13 131.0.72.0/22".split(" "),
  ..."2400:cb00::/32 2606:4700::/32 2803:f800::/32 2405:b500::/32 2405:8100::/32 2a06:98c0::/29 2c0f:f248::/32".split(" "),
];
const HOSTS = range(1000).map((i) => `tcp 22 from 8.${Math.floor(i / 250)}.${i % 250}.9/32`);

testRule(noPublicIngress, {
  valid: {
    "no rules at all": [],
    "the web": ["tcp 80 from 0.0.0.0/0", "tcp 443 from 0.0.0.0/0", "tcp 80 from ::/0", "tcp 443 from ::/0"],
    "HTTP/3": "udp 443 from 0.0.0.0/0",
    "path-MTU discovery, whose ICMP type 3 is no port 3": ["icmp 3/4 from 0.0.0.0/0", "icmpv6 2 from ::/0"],
    "SSH from a private network beside the web from everywhere": ["tcp 22 from 10.0.0.0/8", "tcp 443 from 0.0.0.0/0"],
    "everything from a private network": "all from 10.0.0.0/8",
    "all private networks": ["all from 10.0.0.0/8", "all from 172.16.0.0/12", "all from 192.168.0.0/16", "all from fc00::/7"],
    "carrier-grade NAT (RFC 6598)": "tcp 22 from 100.64.0.0/10",
    "link-local addresses": ["tcp 22 from 169.254.0.0/16", "tcp 22 from fe80::/10"],
    "documentation ranges": ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"].map((cidr) => `tcp 22 from ${cidr}`),
    "multicast and what is above": ["tcp 22 from 224.0.0.0/3", "tcp 22 from ff00::/8"],
    "IPv4-mapped IPv6, which no IPv4 packet matches": "tcp 22 from ::ffff:0.0.0.0/96",
    "a group": "all from sg-0bastion",
    "a group of another account": "tcp 22 from 111122223333/sg-0bastion",
    "one public address": "tcp 22 from 8.8.8.8/32",
    "a CDN's ranges": CDN.map((cidr) => `tcp 8080 from ${cidr}`),
    "a CDN's ranges in a prefix list": { rules: "tcp 8080 from pl-0cdn", lists: { "pl-0cdn": CDN } },
    "exactly a /8": "tcp 22 from 8.0.0.0/8",
    "exactly a /8 of IPv4 and a /16 of IPv6, which are counted apart": ["tcp 22 from 8.0.0.0/8", "tcp 22 from 2600::/16"],
    "two /8s, each with a port of its own": ["tcp 22 from 8.0.0.0/8", "tcp 23 from 9.0.0.0/8"],
    "two /8s, tcp from one and udp from the other": ["tcp 22 from 8.0.0.0/8", "udp 22 from 9.0.0.0/8"],
    "a /8 twice and half of it besides": ["tcp 22 from 8.0.0.0/8", "tcp 20-30 from 8.0.0.0/8", "all from 8.0.0.0/9"],
    "a public /8 with all private networks": ["tcp 22 from 8.0.0.0/8", "tcp 22 from 10.0.0.0/8", "tcp 22 from 172.16.0.0/12"],
    "a /7 of which half is private": "tcp 22 from 10.0.0.0/7",
    "1,000 single addresses": HOSTS,
    "everything to the internet": ["all to 0.0.0.0/0", "all to ::/0"],
    "an empty prefix list": { rules: "tcp 22 from pl-0empty", lists: { "pl-0empty": [] } },
    "a prefix list of private networks": { rules: "all from pl-0corp", lists: { "pl-0corp": ["10.0.0.0/8", "192.168.0.0/16"] } },
    "the web by prefix list": { rules: "tcp 443 from pl-0all", lists: { "pl-0all": ["0.0.0.0/0", "::/0"] } },
    "a prefix list that nobody could read: left open, not judged": {
      rules: "tcp 22 from pl-0far",
      lists: { "pl-0far": { unknown: "denied" } },
    },
  },

  invalid: {
    "SSH from the internet": ["tcp 22 from 0.0.0.0/0", "tcp 22 from 0.0.0.0/0"],
    "SSH from the IPv6 internet": ["tcp 22 from ::/0", "tcp 22 from ::/0"],
    "the internet in two halves": [
      ["tcp 22 from 0.0.0.0/1", "tcp 22 from 128.0.0.0/1"],
      ["tcp 22 from 0.0.0.0/1", "tcp 22 from 128.0.0.0/1"],
    ],
    "the internet in four quarters": [
      ["tcp 22 from 0.0.0.0/2", "tcp 22 from 64.0.0.0/2", "tcp 22 from 128.0.0.0/2", "tcp 22 from 192.0.0.0/2"],
      ["tcp 22 from 0.0.0.0/2", "tcp 22 from 64.0.0.0/2", "tcp 22 from 128.0.0.0/2", "tcp 22 from 192.0.0.0/2"],
    ],
    "the internet in 256 blocks, none of them too wide by itself": [
      EVERY_8,
      {
        traffic: "tcp 22 from 0.0.0.0/0 except 0.0.0.0/8, 10.0.0.0/8, 127.0.0.0/8, 224.0.0.0/3",
        rules: EVERY_8.filter((_, i) => !NOT_PUBLIC_8.has(i)),
      },
    ],
    "many scattered blocks that add up": [
      SCATTERED.map((cidr) => `tcp 22 from ${cidr}`),
      { traffic: `tcp 22 from ${together(SCATTERED)}`, rules: SCATTERED.map((cidr) => `tcp 22 from ${cidr}`) },
    ],
    "the IPv6 internet in two halves, the unallocated one too": [
      ["tcp 22 from ::/1", "tcp 22 from 8000::/1"],
      ["tcp 22 from ::/1", "tcp 22 from 8000::/1"],
    ],
    "all allocated IPv6 addresses": ["tcp 22 from 2000::/3", "tcp 22 from 2000::/3"],
    "the IPv6 internet behind host bits": ["tcp 25 from 2600::1/3", "tcp 25 from 2000::/3"],
    "the internet behind host bits": ["tcp 24 from 208.236.235.254/0", "tcp 24 from 0.0.0.0/0"],
    "every port but one, in two rules": [
      ["tcp 0-21 from 0.0.0.0/0", "tcp 23-65535 from 0.0.0.0/0"],
      ["tcp 0-21 from 0.0.0.0/0", "tcp 23-79, 81-442, 444-65535 from 0.0.0.0/0"],
    ],
    "protocol -1": ["-1 from 0.0.0.0/0", "all except tcp 80, 443, udp 443, icmp 3/4, icmpv6 2 from 0.0.0.0/0"],
    "protocol -1 in IPv6": ["-1 from ::/0", "all except tcp 80, 443, udp 443, icmp 3/4, icmpv6 2 from ::/0"],
    "protocol 6": ["6 23 from 0.0.0.0/0", "tcp 23 from 0.0.0.0/0"],
    "protocol 17": ["17 53 from 0.0.0.0/0", "udp 53 from 0.0.0.0/0"],
    "a protocol without ports": ["esp from 0.0.0.0/0", "esp from 0.0.0.0/0"],
    "a protocol without a name": ["protocol 99 from ::/0", "protocol 99 from ::/0"],
    "FromPort 0": ["tcp 0-65535 from 0.0.0.0/0", "tcp 0-79, 81-442, 444-65535 from 0.0.0.0/0"],
    "port 0 alone": ["tcp 0 from 0.0.0.0/0", "tcp 0 from 0.0.0.0/0"],
    "the last port": ["tcp 65535 from 0.0.0.0/0", "tcp 65535 from 0.0.0.0/0"],
    "a range that hides RDP": ["tcp 3000-4000 from ::/0", "tcp 3000-4000 from ::/0"],
    "a range that begins with HTTPS": ["tcp 443-8443 from 0.0.0.0/0", "tcp 444-8443 from 0.0.0.0/0"],
    "tcp 3, which is no ICMP type": [["tcp 3 from 0.0.0.0/0", "icmp 3/4 from 0.0.0.0/0"], "tcp 3 from 0.0.0.0/0"],
    "udp 22, and only as udp": [["udp 22 from 0.0.0.0/0", "tcp 22 from 10.0.0.0/8"], "udp 22 from 0.0.0.0/0"],
    "udp 80, which only tcp may use": ["udp 80 from 0.0.0.0/0", "udp 80 from 0.0.0.0/0"],
    ping: ["icmp 8 from 0.0.0.0/0", "icmp 8 from 0.0.0.0/0"],
    "ICMP of every type, less what is allowed": ["icmp from 0.0.0.0/0", "icmp except icmp 3/4 from 0.0.0.0/0"],
    "ICMP type 3 of every code": ["icmp 3 from 0.0.0.0/0", "icmp 3/0-3, 3/5-255 from 0.0.0.0/0"],
    "a prefix list that holds the internet": [
      { rules: "tcp 22 from pl-0all", lists: { "pl-0all": ["0.0.0.0/0"] } },
      { traffic: "tcp 22 from 0.0.0.0/0", rules: ["tcp 22 from pl-0all"] },
    ],
    "a prefix list that holds the internet in halves": [
      { rules: "tcp 22 from pl-0all", lists: { "pl-0all": ["0.0.0.0/1", "128.0.0.0/1"] } },
      "tcp 22 from 0.0.0.0/0",
    ],
    "a prefix list too long for one page": [
      { rules: "tcp 22 from pl-0long", lists: { "pl-0long": SCATTERED } },
      { traffic: `tcp 22 from ${together(SCATTERED)}`, rules: ["tcp 22 from pl-0long"] },
    ],
    "prefix lists that add up": [
      { rules: ["tcp 22 from pl-1", "tcp 22 from pl-2"], lists: { "pl-1": SCATTERED.slice(0, 150), "pl-2": SCATTERED.slice(150) } },
      { traffic: `tcp 22 from ${together(SCATTERED)}`, rules: ["tcp 22 from pl-1", "tcp 22 from pl-2"] },
    ],
    "a prefix list of both families": [
      { rules: "tcp 22 from pl-0all", lists: { "pl-0all": ["0.0.0.0/0", "::/0"] } },
      ["tcp 22 from 0.0.0.0/0", "tcp 22 from ::/0"],
    ],
    "both families": [
      ["tcp 22 from ::/0", "tcp 22 from 0.0.0.0/0"],
      [
        { traffic: "tcp 22 from 0.0.0.0/0", rules: ["tcp 22 from 0.0.0.0/0"] },
        { traffic: "tcp 22 from ::/0", rules: ["tcp 22 from ::/0"] },
      ],
    ],
    "a /8 and one address more, together": [
      ["tcp 22 from 8.0.0.0/8", "tcp 22 from 9.9.9.9/32"],
      { traffic: "tcp 22 from 8.0.0.0/8, 9.9.9.9/32", rules: ["tcp 22 from 8.0.0.0/8", "tcp 22 from 9.9.9.9/32"] },
    ],
    "more than a /8 of IPv4 by one rule": ["tcp 22 from 8.0.0.0/7", "tcp 22 from 8.0.0.0/7"],
    "more than a /16 of IPv6 by one rule": ["tcp 22 from 2600::/15", "tcp 22 from 2600::/15"],
    "two /16s of IPv6 together": [
      ["tcp 22 from 2600::/16", "tcp 22 from 2601::/16"],
      { traffic: "tcp 22 from 2600::/15", rules: ["tcp 22 from 2600::/16", "tcp 22 from 2601::/16"] },
    ],
    "two port ranges, where they meet": [
      ["tcp 20-23 from 8.0.0.0/8", "tcp 22-25 from 9.0.0.0/8"],
      { traffic: "tcp 22-23 from 8.0.0.0/7", rules: ["tcp 20-23 from 8.0.0.0/8", "tcp 22-25 from 9.0.0.0/8"] },
    ],
    "all protocols and one port, where they meet": [["all from 8.0.0.0/8", "6 22 from 9.0.0.0/8"], "tcp 22 from 8.0.0.0/7"],
    "the sum of public rules leaves out the private ones": [
      ["tcp 22 from 8.0.0.0/8", "tcp 22 from 10.0.0.0/8", "tcp 22 from 9.0.0.0/8", "tcp 22 from sg-1"],
      { traffic: "tcp 22 from 8.0.0.0/7", rules: ["tcp 22 from 8.0.0.0/8", "tcp 22 from 9.0.0.0/8"] },
    ],
    "a private rule stays, even where a block that contributes has the same addresses": [
      ["tcp 22 from 10.0.0.0/7", "tcp 22 from 12.0.0.0/8", "tcp 22 from 10.0.0.0/8"],
      { traffic: "tcp 22 from 10.0.0.0/7, 12.0.0.0/8", rules: ["tcp 22 from 10.0.0.0/7", "tcp 22 from 12.0.0.0/8"] },
    ],
    "a lone public address beside the internet stays": [
      ["tcp 22 from 8.8.8.8/32", "tcp 22 from 0.0.0.0/0"],
      { traffic: "tcp 22 from 0.0.0.0/0", rules: ["tcp 22 from 0.0.0.0/0"] },
    ],
    "lawful rules beside the internet stay": [
      ["tcp 443 from 0.0.0.0/0", "tcp 22 from 10.0.0.0/8", "tcp 22 from 0.0.0.0/0", "tcp 22 from sg-0bastion", "all from sg-1"],
      { traffic: "tcp 22 from 0.0.0.0/0", rules: ["tcp 22 from 0.0.0.0/0"] },
    ],
    "what offends alone and what offends together, apart": [
      ["tcp 22 from 8.0.0.0/8", "tcp 22 from 0.0.0.0/0", "tcp 22 from 9.0.0.0/8"],
      [
        { traffic: "tcp 22 from 0.0.0.0/0", rules: ["tcp 22 from 0.0.0.0/0"] },
        { traffic: "tcp 22 from 8.0.0.0/7", rules: ["tcp 22 from 8.0.0.0/8", "tcp 22 from 9.0.0.0/8"] },
      ],
    ],
    "one hole among 1,000 rules": [
      [...HOSTS.slice(0, 500), "tcp 22 from 0.0.0.0/0", ...HOSTS.slice(501)],
      { traffic: "tcp 22 from 0.0.0.0/0", rules: ["tcp 22 from 0.0.0.0/0"] },
    ],
    "1,000 rules that add up": [
      range(1000).map((i) => `tcp 22 from ${20 + Math.floor(i / 250)}.${i % 250}.0.0/16`),
      `tcp 22 from ${together(range(1000).map((i) => `${20 + Math.floor(i / 250)}.${i % 250}.0.0/16`))}`,
    ],
  },
});

describe("with networks", () => {
  testRule(noPublicIngress, {
    options: {
      allow: [
        { protocol: "tcp", ports: "443" },
        { protocol: "tcp", ports: 22, from: ["office", "vpn"] },
      ],
    },
    networks: { office: ["198.51.100.0/24", "2600:1f00::/24"], home: ["8.4.4.0/24"], vpn: ["203.0.113.10", "home"] },
    valid: {
      "SSH from the office": "tcp 22 from 198.51.100.0/24",
      "SSH from a network that another one names": "tcp 22 from 8.4.4.0/24",
      "SSH from a /8 that all but fits the width without the office": "tcp 22 from 8.0.0.0/8",
      "HTTPS from everywhere": "tcp 443 from 0.0.0.0/0",
    },
    invalid: {
      "SSH from the internet is forbidden, except from the office": [
        "tcp 22 from 0.0.0.0/0",
        "tcp 22 from 0.0.0.0/0 except 198.51.100.0/24, 203.0.113.10/32, 8.4.4.0/24",
      ],
      "and in IPv6": ["tcp 22 from ::/0", "tcp 22 from ::/0 except 2600:1f00::/24"],
      "the office may use no other port": [
        "tcp 22-23 from 0.0.0.0/0",
        "tcp 22 from 0.0.0.0/0 except 198.51.100.0/24, 203.0.113.10/32, 8.4.4.0/24; tcp 23 from 0.0.0.0/0",
      ],
      "HTTP, which this policy does not allow": ["tcp 80 from 0.0.0.0/0", "tcp 80 from 0.0.0.0/0"],
      "a sum of which allowed addresses are no part": [
        ["tcp 22 from 8.0.0.0/8", "tcp 22 from 9.0.0.0/8", "tcp 22 from 198.51.100.0/24"],
        { traffic: "tcp 22 from 8.0.0.0/7 except 8.4.4.0/24", rules: ["tcp 22 from 8.0.0.0/8", "tcp 22 from 9.0.0.0/8"] },
      ],
      "everything but HTTPS and SSH from the office": [
        "all from 0.0.0.0/0",
        "all except tcp 443, 22 from 0.0.0.0/0; tcp 22 from 0.0.0.0/0 except 198.51.100.0/24, 203.0.113.10/32, 8.4.4.0/24",
      ],
    },
  });
});

describe("with other widths", () => {
  testRule(noPublicIngress, {
    options: { width: { v4: "/24", v6: "/48" } },
    valid: {
      "exactly a /24": "tcp 22 from 8.8.8.0/24",
      "a /24 in 256 rules": range(256).map((i) => `tcp 22 from 8.8.8.${i}/32`),
      "exactly a /48": "tcp 22 from 2600:1f00::/48",
      "with only IPv4's width named, a /16 of IPv6": { rules: "tcp 22 from 2600::/16", options: { width: { v4: "/24" } } },
      "with a width of /0, everything": { rules: ["all from 0.0.0.0/0", "all from ::/0"], options: { width: { v4: "/0", v6: "/0" } } },
      "with a width of /32, one address": { rules: "tcp 22 from 8.8.8.8/32", options: { width: { v4: "/32" } } },
    },
    invalid: {
      "a /23": ["tcp 22 from 8.8.8.0/23", "tcp 22 from 8.8.8.0/23"],
      "a /24 and one address": [["tcp 22 from 8.8.8.0/24", "tcp 22 from 8.8.9.0/32"], "tcp 22 from 8.8.8.0/24, 8.8.9.0/32"],
      "a /47": ["tcp 22 from 2600:1f00::/47", "tcp 22 from 2600:1f00::/47"],
      "with a width of /32, two addresses": [
        { rules: ["tcp 22 from 8.8.8.8/32", "tcp 22 from 8.8.4.4/32"], options: { width: { v4: "/32" } } },
        "tcp 22 from 8.8.8.8/32, 8.8.4.4/32",
      ],
    },
  });
});

describe("with other services allowed", () => {
  testRule(noPublicIngress, {
    options: { allow: [{ protocol: "tcp" }, { protocol: 58 }, { protocol: "udp", ports: "53, 60000-61000" }] },
    valid: {
      "a whole protocol": "tcp 0-65535 from 0.0.0.0/0",
      "a protocol by number": "icmpv6 from ::/0",
      "ports and ranges": ["udp 53 from 0.0.0.0/0", "udp 60000-61000 from 0.0.0.0/0"],
      "all of everything": { rules: "all from 0.0.0.0/0", options: { allow: [{ protocol: -1 }] } },
      "all of the office": { rules: "all from 8.0.0.0/7", options: { allow: [{ protocol: "all", from: ["8.0.0.0/7"] }] } },
    },
    invalid: {
      "what is left of all": ["all from 0.0.0.0/0", "all except tcp, icmpv6, udp 53, 60000-61000 from 0.0.0.0/0"],
      "the web, where nothing is allowed": [{ rules: "tcp 443 from 0.0.0.0/0", options: { allow: [] } }, "tcp 443 from 0.0.0.0/0"],
      "the web, where it is allowed from no network": [
        { rules: "tcp 443 from 0.0.0.0/0", options: { allow: [{ protocol: "tcp", ports: 443, from: [] }] } },
        "tcp 443 from 0.0.0.0/0",
      ],
    },
  });
});

describe("with VPN ports open on groups of a tag", () => {
  const VPN = { tags: { role: "vpn" } };
  testRule(noPublicIngress, {
    options: { vpn: { tag: { key: "role", value: "vpn" } } },
    valid: {
      "OpenVPN, IPsec and WireGuard on a VPN": {
        rules: ["udp 1194 from 0.0.0.0/0", "udp 500 from ::/0", "udp 4500 from 0.0.0.0/0", "udp 51820 from ::/0", "esp from 0.0.0.0/0"],
        group: VPN,
      },
      "a group whose tags nobody has seen: left open, not judged": { rules: "udp 1194 from 0.0.0.0/0", group: { partial: true } },
      "a VPN's own choice of ports": {
        rules: "tcp 1194 from 0.0.0.0/0",
        group: VPN,
        options: { vpn: { tag: { key: "role", value: "vpn" }, services: "tcp 1194" } },
      },
    },
    invalid: {
      "a group without that tag": ["udp 1194 from 0.0.0.0/0", "udp 1194 from 0.0.0.0/0"],
      "a group with another value of it": [{ rules: "udp 1194 from ::/0", group: { tags: { role: "web" } } }, "udp 1194 from ::/0"],
      "SSH on a VPN": [{ rules: "tcp 22 from 0.0.0.0/0", group: VPN }, "tcp 22 from 0.0.0.0/0"],
      "the ports next to OpenVPN": [{ rules: "udp 1193-1195 from 0.0.0.0/0", group: VPN }, "udp 1193, 1195 from 0.0.0.0/0"],
      "protocol -1 on a VPN": [
        { rules: "-1 from 0.0.0.0/0", group: VPN },
        "all except tcp 80, 443, udp 443, 500, 1194, 4500, 51820, esp, icmp 3/4, icmpv6 2 from 0.0.0.0/0",
      ],
      "SSH on a group whose tags nobody has seen": [{ rules: "tcp 22 from 0.0.0.0/0", group: { partial: true } }, "tcp 22 from 0.0.0.0/0"],
      "without the option, a VPN like any other": [
        { rules: "udp 1194 from 0.0.0.0/0", group: VPN, options: {} },
        "udp 1194 from 0.0.0.0/0",
      ],
    },
  });

  test("what hangs on tags that nobody has seen is said, and only that", async () => {
    const rule = noPublicIngress.withOptions({ vpn: { tag: { key: "role", value: "vpn" } } }, networksOf({}));
    const unjudged = async (text: string, more: object) => {
      const open: string[] = [];
      const world = { get: async () => undefined, list: async () => [] };
      await rule.check(new SecurityGroup({ id: "sg-1", rules: [parseRule(text)], ...more }), world, (needs) => open.push(needs));
      return open;
    };
    expect(await unjudged("udp 1194 from 0.0.0.0/0", { partial: true })).toEqual(["the tags of sg-1, by which it may be a VPN"]);
    expect(await unjudged("udp 1194 from 10.0.0.0/8", { partial: true })).toEqual([]);
    expect(await unjudged("udp 1194 from 0.0.0.0/0", {})).toEqual([]);
  });
});

describe("options", () => {
  test.each<[string, unknown]>([
    ["a width without its slash", { width: { v4: "8" } }],
    ["a width longer than an address", { width: { v4: "/33" } }],
    ["a width that is a number", { width: { v4: 8 } }],
    ["a width of an unknown family", { width: { ipv4: "/8" } }],
    ["an unknown option", { ports: "22" }],
    ["VPN ports without a tag", { vpn: { services: "udp 1194" } }],
    ["VPN ports that are none", { vpn: { tag: { key: "role", value: "vpn" }, services: "wireguard" } }],
    ["an allowance without protocol", { allow: [{ ports: "22" }] }],
    ["an allowance with an unknown key", { allow: [{ protocol: "tcp", port: "22" }] }],
    // Each of these was, or might be, read as "every port of tcp".
    ["ports that end in a comma", { allow: [{ protocol: "tcp", ports: "80," }] }],
    ["no ports between commas", { allow: [{ protocol: "tcp", ports: "80,,443" }] }],
    ["an empty list of ports", { allow: [{ protocol: "tcp", ports: "" }] }],
    ["two protocols with ports", { allow: [{ protocol: "tcp, udp", ports: "53" }] }],
    ["two protocols", { allow: [{ protocol: "tcp, udp" }] }],
    ["ports within the protocol", { allow: [{ protocol: "tcp 22" }] }],
    ["ports parted by a space", { allow: [{ protocol: "tcp", ports: "22 80" }] }],
    ["reversed ports", { allow: [{ protocol: "tcp", ports: "22-21" }] }],
    ["ports of a protocol that has none", { allow: [{ protocol: "all", ports: "22" }] }],
    ["an ICMP code for tcp", { allow: [{ protocol: "tcp", ports: "3/4" }] }],
    ["a network that nobody defined", { allow: [{ protocol: "tcp", ports: "22", from: ["office"] }] }],
    ["a group for a network", { allow: [{ protocol: "tcp", ports: "22", from: ["sg-1"] }] }],
  ])("refuse %s", (_, options) => {
    expect(() => noPublicIngress.withOptions(options, networksOf({}))).toThrow();
  });
});

describe("a finding", () => {
  const rule = noPublicIngress.withOptions({}, networksOf({}));
  const offline = {
    get: () => Promise.reject(new Error("this costs a call")),
    list: () => Promise.reject(new Error("this costs a call")),
  };
  const messages = async (...rules: string[]) =>
    (await rule.check(new SecurityGroup({ id: "sg-1", rules: rules.map(parseRule) }), offline)).map(({ message }) => message);

  test("says what is open, and needs no call for rules without prefix lists", async () => {
    expect(await messages("tcp 20-30 from 0.0.0.0/0", "tcp 443 from ::/0", "all from sg-1")).toEqual([
      "tcp 20-30 from 0.0.0.0/0 is open to the internet",
    ]);
  });

  test("says that several rules open it together", async () => {
    expect(await messages("tcp 22 from 8.0.0.0/8", "tcp 22 from 9.0.0.0/8")).toEqual([
      "tcp 22 from 8.0.0.0/7 is open to the internet, by 2 rules together",
    ]);
  });
});
