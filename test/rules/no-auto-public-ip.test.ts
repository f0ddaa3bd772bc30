import { noAutoPublicIp } from "../../lib/rules/no-auto-public-ip.ts";
import { subnet } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const REMEDIES = ["give no public addresses in subnet-1"];

testResourceRule(noAutoPublicIp, {
  valid: {
    "a subnet that gives none": { subnet: subnet("subnet-1", { autoPublicIp: false }) },
    "a subnet of which nothing else is told": { subnet: subnet("subnet-1") },
    "a public subnet, by its tag": { subnet: subnet("subnet-1", { autoPublicIp: true, tags: { tier: "public" } }) },
    "a public subnet, by a tag of the policy's own": {
      subnet: subnet("subnet-1", { autoPublicIp: true, tags: { zone: "dmz" } }),
      options: { public: { key: "zone", value: "dmz" } },
    },
    "a public subnet, by its id": { subnet: subnet("subnet-1", { autoPublicIp: true }), options: { subnets: ["subnet-2", "subnet-1"] } },
    "a lawful look-alike: an IPv6 subnet that gives IPv6 addresses": {
      subnet: { id: "subnet-1", vpc: "vpc-1", ipv6Cidrs: ["2001:db8::/64"], autoPublicIp: false },
    },
    "a subnet known in part, whose tags nobody told": {
      subnet: subnet("subnet-1", { autoPublicIp: true, partial: true }),
      unjudged: ["the tags of subnet-1"],
    },
    "a subnet known in part, of which nobody told whether it does": {
      subnet: subnet("subnet-1", { partial: true }),
      unjudged: ["whether subnet-1 gives public addresses"],
    },
    "a subnet known in part that is public in any case": { subnet: subnet("subnet-1", { partial: true, tags: { tier: "public" } }) },
  },
  invalid: {
    "a subnet that gives public addresses": [
      { subnet: subnet("subnet-1", { autoPublicIp: true }) },
      { parts: "autoPublicIp", remedies: REMEDIES, says: "tier=public" },
    ],
    "with IPv6 as well": [{ subnet: subnet("subnet-1", { autoPublicIp: true, ipv6Cidrs: ["2001:db8::/64"] }) }, "autoPublicIp"],
    "an evasion: the tag with another value": [
      { subnet: subnet("subnet-1", { autoPublicIp: true, tags: { tier: "Public" } }) },
      "autoPublicIp",
    ],
    "an evasion: the value under another key": [
      { subnet: subnet("subnet-1", { autoPublicIp: true, tags: { Name: "public" } }) },
      "autoPublicIp",
    ],
    "a tag that every object has": [
      { subnet: subnet("subnet-1", { autoPublicIp: true, tags: {} }), options: { public: { key: "toString", value: "x" } } },
      "autoPublicIp",
    ],
    "known in part, with tags that tell": [
      { subnet: subnet("subnet-1", { autoPublicIp: true, partial: true, tags: { tier: "private" } }) },
      "autoPublicIp",
    ],
    "an id that another one begins with": [
      { subnet: subnet("subnet-1", { autoPublicIp: true }), options: { subnets: ["subnet-12"] } },
      "autoPublicIp",
    ],
  },
});
