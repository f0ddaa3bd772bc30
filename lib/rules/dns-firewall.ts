import * as z from "zod/mini";
import { isUnknown } from "../model/world.ts";
import { defineRule } from "./rule.ts";
import { isMeant, tagsNeeded, VpcIds, VpcTag } from "./terms/tagged-vpc.ts";

export const dnsFirewall = defineRule({
  meta: {
    id: "dns-firewall",
    title: "A VPC that is tagged as locked down asks for names through a DNS Firewall",
    resource: "vpc",
    severity: "medium",
    finds:
      "VPCs that have the tag `locked_down` or are among `vpcs`, with which no DNS Firewall rule group is associated, or none of `rule_groups` where the policy names some. What the rules of a group block is not looked at. Other VPCs are left alone.",
    rationale:
      "The resolver of a VPC answers even where no route leads out, so data can leave a closed network inside of DNS queries. Only a DNS Firewall sees them.",
    source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html",
    avoid: "aws route53resolver disassociate-firewall-rule-group --firewall-rule-group-association-id <the last of the VPC>",
    prefer:
      "aws route53resolver associate-firewall-rule-group --firewall-rule-group-id rslvr-frg-... \\\n  --vpc-id vpc-... --priority 101 --name baseline --mutation-protection ENABLED",
    remedies: [],
    remedy: "none",
    enabled: false,
    calls: ["DisassociateFirewallRuleGroup"],
  },
  options: () =>
    z.strictObject({
      locked_down: VpcTag("locked-down"),
      vpcs: VpcIds(),
      rule_groups: z._default(
        z
          .array(
            z.string("expected ids of rule groups").check(z.minLength(1, "expected the id of a rule group")),
            "expected a list of ids of rule groups",
          )
          .check(z.describe("Ids of the rule groups of which one must be associated, such as `rslvr-frg-0abc`; when empty, any will do.")),
        [],
      ),
    }),

  prepare: ({ locked_down, vpcs, rule_groups }) => ({ meant: { tag: locked_down, ids: new Set(vpcs) }, groups: new Set(rule_groups) }),

  check: async (vpc, world, { meant, groups }, unjudged) => {
    const lockedDown = isMeant(vpc.facts, meant);
    if (lockedDown === false) return [];
    const associations = await world.list("firewall-association", { vpc: vpc.id });
    if (isUnknown(associations)) return [];
    if (associations.some(({ ruleGroup }) => groups.size === 0 || (ruleGroup !== undefined && groups.has(ruleGroup)))) return [];
    const untold = associations.find(({ ruleGroup }) => ruleGroup === undefined);
    if (lockedDown === "unknown") unjudged(tagsNeeded(vpc.facts, meant));
    else if (vpc.facts.partial === true) unjudged(`every DNS Firewall association of ${vpc.id}, of which a part is known`);
    else if (untold !== undefined) unjudged(`the rule group of ${untold.id}, which no record tells`);
    else {
      const wanted = groups.size === 0 ? "a DNS Firewall rule group" : `one of the DNS Firewall rule groups ${[...groups].join(", ")}`;
      return [
        {
          parts: ["dns-firewall"],
          message: `${vpc.id} is locked down and nothing filters the names that it asks for: associate ${wanted}`,
        },
      ];
    }
    return [];
  },
});
