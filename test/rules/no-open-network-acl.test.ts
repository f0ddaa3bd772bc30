import { noOpenNetworkAcl } from "../../lib/rules/no-open-network-acl.ts";
import { networkAcl } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const LAST = ["32767 deny all from 0.0.0.0/0", "32767 deny all to 0.0.0.0/0"];
const acl = (...entries: string[]) => ({ "network-acl": networkAcl("acl-1", [...entries, ...LAST]) });
const fill = (count: number, from: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => `${200 + i} deny tcp 22 from ${from(i)}`);
const OWN = { protocol: "all", from: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] };

testResourceRule(noOpenNetworkAcl, {
  networks: { office: ["198.51.100.0/24", "2001:db8:42::/48", "8.8.8.0/24"] },
  valid: {
    "no entries but the last": acl(),
    "other services": acl("100 allow tcp 443 from 0.0.0.0/0", "101 allow tcp 443 from ::/0"),
    "boundary: the ports beside those that are forbidden": acl(
      "100 allow tcp 0-21 from 0.0.0.0/0",
      "110 allow tcp 23-3388 from 0.0.0.0/0",
      "120 allow tcp 3390-65535 from 0.0.0.0/0",
    ),
    "the same number of another protocol": acl("100 allow udp 22 from 0.0.0.0/0", "110 allow icmp 22 from 0.0.0.0/0"),
    "denied before": acl("90 deny tcp 22 from 0.0.0.0/0", "91 deny tcp 3389 from 0.0.0.0/0", "100 allow all from 0.0.0.0/0"),
    "denied before, listed after": acl("100 allow tcp 22 from 0.0.0.0/0", "90 deny all from 0.0.0.0/0"),
    "denied before by protocol -1 and both families": acl(
      "90 deny all from 0.0.0.0/0",
      "91 deny all from ::/0",
      "100 allow tcp 22 from 0.0.0.0/0",
      "101 allow tcp 22 from ::/0",
    ),
    "denied before in halves": acl("90 deny tcp 22 from 0.0.0.0/1", "91 deny tcp 22 from 128.0.0.0/1", "100 allow tcp 22 from 0.0.0.0/0"),
    egress: acl("100 allow all to 0.0.0.0/0", "101 allow all to ::/0"),
    "private addresses, however many": acl("100 allow all from 10.0.0.0/8", "110 allow all from fc00::/7"),
    "IPv4 addresses mapped into IPv6, which no packet has": acl("100 allow all from ::ffff:0:0/96"),
    "boundary: as many addresses as a partner may have": acl("100 allow tcp 22 from 8.0.0.0/8", "110 allow tcp 22 from 2600::/16"),
    "what the policy lets through": {
      ...acl("100 allow tcp 22 from 0.0.0.0/0", "101 allow tcp 22 from ::/0"),
      options: { allow: [{ protocol: "tcp", ports: "22" }] },
    },
    "nothing but its last entries, of an ACL known in part": { "network-acl": networkAcl("acl-1", LAST, { partial: true }) },
    "an ACL known in part, whose lower entries nobody told": {
      "network-acl": networkAcl("acl-1", ["100 allow tcp 22 from 0.0.0.0/0"], { partial: true }),
      unjudged: ["ingress/100"],
    },
  },
  invalid: {
    "SSH from everybody": [
      acl("100 allow tcp 22 from 0.0.0.0/0"),
      {
        parts: "ingress/100",
        remedies: ["add 99 deny tcp 22 from 0.0.0.0/0 to acl-1", "delete entry 100 allow tcp 22 from 0.0.0.0/0 of acl-1"],
        says: "entry 100 allow tcp 22 from 0.0.0.0/0 of acl-1 lets the internet reach tcp 22:",
      },
    ],
    "SSH from everybody by IPv6": [
      acl("100 allow tcp 22 from ::/0"),
      { parts: "ingress/100", remedies: ["add 99 deny tcp 22 from ::/0 to acl-1", "delete entry 100 allow tcp 22 from ::/0 of acl-1"] },
    ],
    "the default ACL": [
      acl("100 allow all from 0.0.0.0/0", "101 allow all from ::/0", "100 allow all to 0.0.0.0/0"),
      [
        {
          parts: "ingress/100",
          remedies: [
            "add 98 deny tcp 22 from 0.0.0.0/0; 99 deny tcp 3389 from 0.0.0.0/0 to acl-1",
            "delete entry 100 allow all from 0.0.0.0/0 of acl-1",
          ],
          says: "tcp 22, 3389",
        },
        {
          parts: "ingress/101",
          remedies: ["add 96 deny tcp 22 from ::/0; 97 deny tcp 3389 from ::/0 to acl-1", "delete entry 101 allow all from ::/0 of acl-1"],
        },
      ],
    ],
    "a range that hides it": [
      acl("100 allow tcp 20-25 from 0.0.0.0/0"),
      {
        parts: "ingress/100",
        remedies: ["add 99 deny tcp 22 from 0.0.0.0/0 to acl-1", "delete entry 100 allow tcp 20-25 from 0.0.0.0/0 of acl-1"],
      },
    ],
    "an evasion: the internet in halves": [
      acl("100 allow tcp 22 from 0.0.0.0/1", "110 allow tcp 22 from 128.0.0.0/1"),
      [
        {
          parts: "ingress/100",
          remedies: ["add 99 deny tcp 22 from 0.0.0.0/1 to acl-1", "delete entry 100 allow tcp 22 from 0.0.0.0/1 of acl-1"],
        },
        "ingress/110",
      ],
    ],
    "an evasion: partners' networks that add up": [
      acl("100 allow tcp 22 from 8.0.0.0/8", "110 allow tcp 20-30 from 9.0.0.0/8", "120 allow tcp 22 from 10.0.0.0/8"),
      [
        { parts: "ingress/100", says: ", together with another entry" },
        {
          parts: "ingress/110",
          remedies: ["add 109 deny tcp 22 from 9.0.0.0/8 to acl-1", "delete entry 110 allow tcp 20-30 from 9.0.0.0/8 of acl-1"],
        },
      ],
    ],
    "an evasion: IPv6 networks that add up": [
      acl("100 allow all from 2600::/16", "110 allow all from 2601::/16", "120 allow all from 2602::/16"),
      ["ingress/100", "ingress/110", { parts: "ingress/120", says: "together with 2 other entries" }],
    ],
    "a deny that comes too late": [acl("100 allow tcp 22 from 0.0.0.0/0", "110 deny tcp 22 from 0.0.0.0/0"), "ingress/100"],
    "a deny of the other direction at a lower number": [
      acl("90 deny tcp 22 to 0.0.0.0/0", "100 allow tcp 22 from 0.0.0.0/0"),
      {
        parts: "ingress/100",
        remedies: ["add 99 deny tcp 22 from 0.0.0.0/0 to acl-1", "delete entry 100 allow tcp 22 from 0.0.0.0/0 of acl-1"],
      },
    ],
    "a deny of the other family at a lower number": [acl("90 deny tcp 22 from ::/0", "100 allow tcp 22 from 0.0.0.0/0"), "ingress/100"],
    "a deny of a part before it": [
      acl("90 deny tcp 22 from 0.0.0.0/1", "100 allow tcp 22 from 0.0.0.0/0"),
      {
        parts: "ingress/100",
        remedies: ["add 99 deny tcp 22 from 128.0.0.0/1 to acl-1", "delete entry 100 allow tcp 22 from 0.0.0.0/0 of acl-1"],
      },
    ],
    "the same twice: the first decides": [acl("200 allow tcp 22 from 0.0.0.0/0", "100 allow tcp 22 from 0.0.0.0/0"), "ingress/100"],
    "out of order, and the findings in that of the numbers": [
      acl("300 allow tcp 22 from ::/0", "100 allow tcp 3389 from 0.0.0.0/0"),
      ["ingress/100", "ingress/300"],
    ],
    "boundary: more addresses than a partner may have": [acl("100 allow tcp 22 from 8.0.0.0/7"), "ingress/100"],
    "a width of the policy's own": [
      { ...acl("100 allow tcp 22 from 8.8.8.0/23"), options: { width: { v4: "/24", v6: "/48" } } },
      "ingress/100",
    ],
    "ICMP by type": [
      { ...acl("100 allow icmp 8 from 0.0.0.0/0", "110 allow icmp 3/4 from 0.0.0.0/0"), options: { services: "icmp 8" } },
      {
        parts: "ingress/100",
        remedies: ["add 99 deny icmp 8 from 0.0.0.0/0 to acl-1", "delete entry 100 allow icmp 8 from 0.0.0.0/0 of acl-1"],
      },
    ],
    "everything forbidden": [
      { ...acl("100 allow all from 0.0.0.0/0"), options: { services: "all" } },
      {
        parts: "ingress/100",
        remedies: ["add 99 deny all from 0.0.0.0/0 to acl-1", "delete entry 100 allow all from 0.0.0.0/0 of acl-1"],
      },
    ],
    "lawful networks are let through before the deny": [
      { ...acl("100 allow all from 0.0.0.0/0"), options: { services: "tcp 22", allow: [OWN] } },
      {
        parts: "ingress/100",
        remedies: [
          "add 96 allow tcp 22 from 10.0.0.0/8; 97 allow tcp 22 from 172.16.0.0/12; 98 allow tcp 22 from 192.168.0.0/16; 99 deny tcp 22 from 0.0.0.0/0 to acl-1",
          "delete entry 100 allow all from 0.0.0.0/0 of acl-1",
        ],
      },
    ],
    "networks by name": [
      { ...acl("100 allow tcp 22 from 8.0.0.0/7"), options: { allow: [{ protocol: "tcp", ports: "22", from: ["office"] }] } },
      {
        parts: "ingress/100",
        remedies: [
          "add 98 allow tcp 22 from 8.8.8.0/24; 99 deny tcp 22 from 8.0.0.0/7 to acl-1",
          "delete entry 100 allow tcp 22 from 8.0.0.0/7 of acl-1",
        ],
      },
    ],
    "no number free before it": [
      acl("1 allow tcp 22 from 0.0.0.0/0"),
      { parts: "ingress/1", remedies: ["delete entry 1 allow tcp 22 from 0.0.0.0/0 of acl-1"] },
    ],
    "boundary: just enough free numbers, on both sides of an entry of the other family": [
      acl("96 deny udp 53 from 0.0.0.0/0", "98 deny udp 53 from ::/0", "100 allow all from 0.0.0.0/0"),
      {
        parts: "ingress/100",
        remedies: [
          "add 97 deny tcp 22 from 0.0.0.0/0; 99 deny tcp 3389 from 0.0.0.0/0 to acl-1",
          "delete entry 100 allow all from 0.0.0.0/0 of acl-1",
        ],
      },
    ],
    "boundary: just enough free numbers": [
      acl("97 deny udp 53 from 0.0.0.0/0", "100 allow all from 0.0.0.0/0"),
      {
        parts: "ingress/100",
        remedies: [
          "add 98 deny tcp 22 from 0.0.0.0/0; 99 deny tcp 3389 from 0.0.0.0/0 to acl-1",
          "delete entry 100 allow all from 0.0.0.0/0 of acl-1",
        ],
      },
    ],
    "boundary: one free number too few": [
      acl("98 deny udp 53 from 0.0.0.0/0", "100 allow all from 0.0.0.0/0"),
      { parts: "ingress/100", remedies: ["delete entry 100 allow all from 0.0.0.0/0 of acl-1"] },
    ],
    "boundary: the last entry that EC2 takes": [
      acl("100 allow tcp 22 from 0.0.0.0/0", ...fill(17, (i) => `10.0.${i}.0/24`)),
      {
        parts: "ingress/100",
        remedies: ["add 99 deny tcp 22 from 0.0.0.0/0 to acl-1", "delete entry 100 allow tcp 22 from 0.0.0.0/0 of acl-1"],
      },
    ],
    "boundary: one entry more than EC2 takes": [
      acl("100 allow tcp 22 from 0.0.0.0/0", ...fill(18, (i) => `10.0.${i}.0/24`)),
      { parts: "ingress/100", remedies: ["delete entry 100 allow tcp 22 from 0.0.0.0/0 of acl-1"] },
    ],
    "the other family and direction have room of their own": [
      acl(
        "100 allow tcp 22 from 0.0.0.0/0",
        ...fill(18, (i) => `2001:db8:${i}::/48`),
        ...fill(17, () => "").map((_, i) => `${i + 1} allow all to 0.0.0.0/0`),
      ),
      {
        parts: "ingress/100",
        remedies: ["add 99 deny tcp 22 from 0.0.0.0/0 to acl-1", "delete entry 100 allow tcp 22 from 0.0.0.0/0 of acl-1"],
      },
    ],
    "one finding's entries leave less room for the next": [
      acl("100 allow tcp 22 from 0.0.0.0/1", "150 allow tcp 22 from 128.0.0.0/1", ...fill(16, (i) => `10.0.${i}.0/24`)),
      [
        {
          parts: "ingress/100",
          remedies: ["add 99 deny tcp 22 from 0.0.0.0/1 to acl-1", "delete entry 100 allow tcp 22 from 0.0.0.0/1 of acl-1"],
        },
        { parts: "ingress/150", remedies: ["delete entry 150 allow tcp 22 from 128.0.0.0/1 of acl-1"] },
      ],
    ],
  },
});
