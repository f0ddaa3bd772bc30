import type { FirewallAssociationFacts } from "../../lib/model/facts.ts";
import { dnsFirewall } from "../../lib/rules/dns-firewall.ts";
import { vpc } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const lockedDown = vpc("vpc-1", { tags: { network: "locked-down" } });
const association = (ruleGroup: string, of = "vpc-1"): FirewallAssociationFacts => ({
  id: `rslvr-frgassoc-${ruleGroup}`,
  vpc: of,
  ruleGroup,
});
const given = (...all: FirewallAssociationFacts[]) => ({ vpc: lockedDown, network: { "firewall-association": all } });
const options = { rule_groups: ["rslvr-frg-1", "rslvr-frg-2"] };

testResourceRule(dnsFirewall, {
  valid: {
    "any rule group": given(association("rslvr-frg-9")),
    "boundary: one of those that the policy names": { ...given(association("rslvr-frg-9"), association("rslvr-frg-2")), options },
    "IPv6 behind a rule group": {
      vpc: vpc("vpc-1", { tags: { network: "locked-down" }, cidrs: [], ipv6Cidrs: ["2001:db8::/56"] }),
      network: { "firewall-association": [association("rslvr-frg-1")] },
    },
    "a VPC that is not locked down": { vpc: vpc("vpc-1") },
    "a lawful look-alike: another value of the tag": { vpc: vpc("vpc-1", { tags: { network: "locked-down-soon" } }) },
    "associations that nobody may read": {
      vpc: lockedDown,
      network: { unknown: { "firewall-association": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a VPC whose tags nobody knows": { vpc: vpc("vpc-1", { partial: true }), unjudged: ["the tag network of vpc-1"] },
    "a VPC known in part, which may have others": {
      vpc: { ...lockedDown, partial: true },
      network: { "firewall-association": [association("rslvr-frg-9")] },
      options,
      unjudged: ["every DNS Firewall association of vpc-1"],
    },
    "an association of whose rule group nothing is known": {
      ...given({ id: "rslvr-frgassoc-1", vpc: "vpc-1", partial: true }),
      options,
      unjudged: ["the rule group of rslvr-frgassoc-1"],
    },
    "an association of whose rule group nothing is known, where any will do": given({
      id: "rslvr-frgassoc-1",
      vpc: "vpc-1",
      partial: true,
    }),
  },
  invalid: {
    "no rule group": [given(), { parts: "dns-firewall", remedies: [], says: "associate a DNS Firewall rule group" }],
    "no rule group in a VPC of IPv6": [
      { vpc: vpc("vpc-1", { tags: { network: "locked-down" }, cidrs: [], ipv6Cidrs: ["2001:db8::/56"] }) },
      "dns-firewall",
    ],
    "an evasion: another rule group than the policy's": [
      { ...given(association("rslvr-frg-9")), options },
      { parts: "dns-firewall", says: "one of the DNS Firewall rule groups rslvr-frg-1, rslvr-frg-2" },
    ],
    "boundary: an id that only begins alike": [{ ...given(association("rslvr-frg-10")), options }, "dns-firewall"],
    "a look-alike: the rule group of another VPC": [given(association("rslvr-frg-1", "vpc-10")), "dns-firewall"],
    "an evasion: the tag was taken off a VPC that the policy names": [{ vpc: vpc("vpc-1"), options: { vpcs: ["vpc-1"] } }, "dns-firewall"],
  },
});
