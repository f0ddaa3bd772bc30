import { noCidrOverlap } from "../../lib/rules/no-cidr-overlap.ts";
import { peering, vpc } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const own = (...cidrs: string[]) => vpc("vpc-1", { cidrs });
const FIVE = ["10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16", "10.5.0.0/16"];
const side = { account: "999988887777", region: "eu-central-1" };

testResourceRule(noCidrOverlap, {
  networks: { corporate: ["10.0.0.0/8"], cloud: ["corporate", "192.168.0.0/16"] },
  valid: {
    "the only VPC": { vpc: own("10.0.0.0/16") },
    "boundary: another VPC right beside it": {
      vpc: own("10.0.0.0/16"),
      network: { vpc: [vpc("vpc-2", { cidrs: ["10.1.0.0/16"] })] },
    },
    "a VPC with five secondary CIDRs": { vpc: own("10.0.0.0/16", ...FIVE), network: { vpc: [vpc("vpc-2", { cidrs: ["10.6.0.0/16"] })] } },
    "a VPC of IPv6, and another beside it": {
      vpc: vpc("vpc-1", { ipv6Cidrs: ["2001:db8:0:100::/56"] }),
      network: { vpc: [vpc("vpc-2", { cidrs: ["10.1.0.0/16"], ipv6Cidrs: ["2001:db8:0:200::/56"] })] },
    },
    "IPv4 addresses mapped into IPv6, which are no IPv4 addresses": {
      vpc: vpc("vpc-1", { ipv6Cidrs: ["::ffff:10.1.0.0/112"] }),
      network: { vpc: [vpc("vpc-2", { cidrs: ["10.1.0.0/16"] })] },
    },
    "a peering with other addresses": { vpc: own("10.0.0.0/16"), network: { peering: [peering("pcx-1")] } },
    "a peering that is gone": {
      vpc: own("10.0.0.0/16"),
      network: { peering: [peering("pcx-1", { status: "deleted", accepter: { vpc: "vpc-2", cidrs: ["10.0.0.0/16"] } })] },
    },
    "a CIDR of the plan, by networks that name each other": { vpc: own("10.9.0.0/16"), options: { plan: ["cloud"] } },
    "boundary: all of the plan": { vpc: own("10.9.0.0/24"), options: { plan: ["10.9.0.0/24"] } },
    "boundary: the smallest and the largest of the plan": {
      vpc: own("10.0.0.0/24", "10.1.0.0/20"),
      options: { smallest: "/24", largest: "/20" },
    },
    "an IPv6 CIDR, which no plan sizes": {
      vpc: vpc("vpc-1", { ipv6Cidrs: ["2001:db8::/56"] }),
      options: { plan: ["corporate"], smallest: "/24" },
    },
    "the two networks that ClassicLink leaves, and those outside of 10/8": {
      vpc: own("10.0.0.0/16", "10.1.0.0/16", "172.16.0.0/16"),
      options: { classiclink: true },
    },
    "10/8 where nobody uses ClassicLink": { vpc: own("10.2.0.0/16") },
    "a default VPC, whatever the plan": {
      vpc: vpc("vpc-1", { cidrs: ["172.31.0.0/16"], isDefault: true }),
      network: { vpc: [vpc("vpc-2", { cidrs: ["172.31.0.0/20"] })] },
      options: { plan: ["corporate"], largest: "/20" },
    },
    "other VPCs that nobody may read": {
      vpc: own("10.0.0.0/16"),
      network: { unknown: { vpc: "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a peering whose other side is not readable": {
      vpc: own("10.0.0.0/16"),
      network: { peering: [peering("pcx-1", { accepter: { ...side, vpc: "vpc-9", cidrs: [] } })] },
      unjudged: ["the CIDRs of vpc-9"],
    },
    "a peering of whose other side nothing is known": {
      vpc: own("10.0.0.0/16"),
      network: { peering: [peering("pcx-1", { accepter: { cidrs: [] } })] },
      unjudged: ["the CIDRs of the other side of pcx-1"],
    },
    "a VPC known in part": { vpc: vpc("vpc-1", { cidrs: [], partial: true }), unjudged: ["the CIDRs of vpc-1"] },
    "another VPC known in part": {
      vpc: own("10.0.0.0/16"),
      network: { vpc: [vpc("vpc-2", { cidrs: ["10.1.0.0/16"], partial: true })] },
      unjudged: ["the CIDRs of vpc-2"],
    },
  },
  invalid: {
    "another VPC with the same addresses": [
      { vpc: own("10.0.0.0/16"), network: { vpc: [vpc("vpc-2")] } },
      { parts: "10.0.0.0/16, vpc-2", says: "in 10.0.0.0/16", remedies: [] },
    ],
    "boundary: the last addresses of another VPC": [
      { vpc: own("10.0.255.240/28"), network: { vpc: [vpc("vpc-2")] } },
      { parts: "10.0.255.240/28, vpc-2", says: "overlaps vpc-2 in 10.0.255.240/28" },
    ],
    IPv6: [
      {
        vpc: vpc("vpc-1", { ipv6Cidrs: ["2001:db8:0:100::/56"] }),
        network: { vpc: [vpc("vpc-2", { cidrs: [], ipv6Cidrs: ["2001:db8::/48"] })] },
      },
      "2001:db8:0:100::/56, vpc-2",
    ],
    "an evasion: the same addresses written another way": [
      {
        vpc: vpc("vpc-1", { cidrs: [], ipv6Cidrs: ["2001:0db8:0000:0100:0000:0000:0000:0000/56"] }),
        network: { vpc: [vpc("vpc-2", { cidrs: [], ipv6Cidrs: ["2001:db8:0:100::/56"] })] },
      },
      "2001:0db8:0000:0100:0000:0000:0000:0000/56, vpc-2",
    ],
    "one of five secondary CIDRs, on either side": [
      { vpc: own("10.0.0.0/16", ...FIVE), network: { vpc: [vpc("vpc-2", { cidrs: ["192.168.0.0/16", "10.4.8.0/24"] })] } },
      "10.4.0.0/16, vpc-2",
    ],
    "the other side of a peering, whoever asked": [
      {
        vpc: own("10.2.0.0/20"),
        network: {
          peering: [peering("pcx-1", { accepter: { vpc: "vpc-1", cidrs: [] }, requester: { vpc: "vpc-9", cidrs: ["10.2.8.0/24"] } })],
        },
      },
      { parts: "10.2.0.0/20, vpc-9, pcx-1", says: "overlaps vpc-9 behind pcx-1 in 10.2.8.0/24" },
    ],
    "a peering that waits for acceptance": [
      {
        vpc: own("10.2.0.0/20"),
        network: { peering: [peering("pcx-1", { status: "pending-acceptance" })] },
      },
      "10.2.0.0/20, vpc-2, pcx-1",
    ],
    "a VPC that is known by itself and by its peering is found once": [
      {
        vpc: own("10.2.0.0/20"),
        network: { peering: [peering("pcx-1")], vpc: [vpc("vpc-2", { cidrs: ["10.2.0.0/16"] })] },
      },
      "10.2.0.0/20, vpc-2, pcx-1",
    ],
    "the addresses of a default VPC": [
      { vpc: own("172.31.0.0/20"), network: { vpc: [vpc("vpc-2", { cidrs: ["172.31.0.0/16"], isDefault: true })] } },
      "172.31.0.0/20, vpc-2",
    ],
    "a secondary CIDR of a default VPC": [
      { vpc: vpc("vpc-1", { cidrs: ["172.31.0.0/16", "10.0.0.0/24"], isDefault: true }), network: { vpc: [vpc("vpc-2")] } },
      "10.0.0.0/24, vpc-2",
    ],
    "a CIDR outside of the plan": [
      { vpc: own("10.0.0.0/16", "172.16.0.0/16"), options: { plan: ["cloud"] } },
      { parts: "172.16.0.0/16", says: "172.16.0.0/16 is outside of cloud: take" },
    ],
    "boundary: one address more than the plan has": [
      { vpc: own("10.0.0.0/23"), options: { plan: ["10.0.0.0/24", "10.0.1.0/25", "10.0.1.128/26"] } },
      "10.0.0.0/23",
    ],
    "boundary: next to the smallest and the largest of the plan": [
      { vpc: own("10.0.0.0/25", "10.1.0.0/19"), options: { smallest: "/24", largest: "/20" } },
      [
        { parts: "10.0.0.0/25", says: "smaller than a /24" },
        { parts: "10.1.0.0/19", says: "larger than a /20" },
      ],
    ],
    "several faults of one CIDR are one finding": [
      { vpc: own("172.16.0.0/16"), options: { plan: ["corporate"], largest: "/20" } },
      { parts: "172.16.0.0/16", says: "is outside of corporate and is larger than a /20" },
    ],
    "boundary: next to the two networks that ClassicLink leaves": [
      { vpc: own("10.2.0.0/28"), options: { classiclink: true } },
      "10.2.0.0/28",
    ],
    "what is known of a VPC known in part": [
      { vpc: vpc("vpc-1", { partial: true }), network: { vpc: [vpc("vpc-2")] }, unjudged: ["the CIDRs of vpc-1"] },
      "10.0.0.0/16, vpc-2",
    ],
  },
});
