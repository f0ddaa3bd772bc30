import * as z from "zod/mini";
import { AddressSet } from "../model/address-set.ts";
import type { RuleFinding } from "../model/finding.ts";
import type { Admitted, AdmittedRule } from "../model/security-group.ts";
import { ICMP, ICMPV6, ServiceSet } from "../model/service-set.ts";
import { isUnknown, type World } from "../model/world.ts";
import { defineRule } from "./rule.ts";
import { hasGlobalIpv6, INTERNET } from "./terms/internet.ts";

const FAMILY = { 4: AddressSet.ALL_V4, 6: AddressSet.ALL_V6 } as const;
// ICMP and ICMPv6 each belong to one family and number their messages differently.
const OF_BOTH_FAMILIES = ServiceSet.ALL.difference(ServiceSet.protocol(ICMP)).difference(ServiceSet.protocol(ICMPV6));

export const dualStackParity = defineRule({
  meta: {
    id: "dual-stack-parity",
    title: "What is open to the whole internet in a dual-stack VPC is open over IPv4 and IPv6 alike",
    resource: "security-group",
    severity: "low",
    finds:
      "In a VPC with global IPv6 addresses: services that a group opens to or towards the whole internet of one family and not of the other, its rules added up and prefix lists resolved. The internet is `0.0.0.0/0` for IPv4 and `::/0` or `2000::/3` for IPv6, however it is written. ICMP is not compared, since each family has a protocol of its own.",
    rationale:
      "A service that works over one family only fails for some of its users, slowly and seldom. More often the second family was forgotten, and nobody decided what it may do.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-migrate-ipv6.html",
    avoid: "aws ec2 authorize-security-group-ingress --group-id sg-... --protocol tcp --port 443 --cidr 0.0.0.0/0",
    prefer:
      "aws ec2 authorize-security-group-ingress --group-id sg-... --ip-permissions IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}],Ipv6Ranges=[{CidrIpv6=::/0}]",
    remedies: [],
    remedy: "none",
    enabled: false,
  },
  options: () => z.strictObject({}),

  prepare: () => undefined,

  check: async (group, world, _, unjudged) => {
    const { id, vpc, partial } = group.facts;
    const found: RuleFinding[] = [];
    for (const direction of ["ingress", "egress"] as const) {
      const admitted = await group.admits(world, direction);
      const open = { 4: openTo(admitted, 4), 6: openTo(admitted, 6) };
      const doubtful = await unknownServices(admitted.byRule, world);
      const lacking = (one: 4 | 6, other: 4 | 6) => open[one].difference(open[other]).difference(doubtful).intersection(OF_BOTH_FAMILIES);
      found.push(...finding(admitted, 4, lacking(4, 6)), ...finding(admitted, 6, lacking(6, 4)));
    }
    if (found.length === 0) return [];
    // What is lacking among some of the rules may stand among the others.
    if (partial === true) unjudged(`every rule of ${id}`);
    if (vpc === undefined) unjudged(`the VPC of ${id}`);
    if (partial === true || vpc === undefined) return [];
    const facts = await world.get("vpc", vpc);
    return facts !== undefined && !isUnknown(facts) && hasGlobalIpv6(facts) ? found : [];
  },
});

/** The services that every address of one family's internet may use. */
function openTo(admitted: Admitted, family: 4 | 6): ServiceSet {
  const boxes = admitted.traffic().boxes();
  return ServiceSet.union(boxes.filter(({ peers }) => peers.addresses.covers(INTERNET[family])).map(({ services }) => services));
}

/** The services of prefix lists of which the entries, or some of them, are not known. */
async function unknownServices(rules: readonly AdmittedRule[], world: Pick<World, "get">): Promise<ServiceSet> {
  const unknown = await Promise.all(
    rules.map(async ({ rule, services }) => {
      if (rule.peer.kind !== "prefix-list") return ServiceSet.EMPTY;
      const list = await world.get("prefix-list", rule.peer.id);
      return list !== undefined && (isUnknown(list) || list.partial === true) ? services : ServiceSet.EMPTY;
    }),
  );
  return ServiceSet.union(unknown);
}

function finding(admitted: Admitted, family: 4 | 6, services: ServiceSet): RuleFinding[] {
  if (services.isEmpty()) return [];
  const traffic = admitted.traffic().to(services).from(FAMILY[family]);
  const rules = rulesBehind(admitted.byRule, family, services).map(({ rule }) => rule);
  const [has, lacks] = family === 4 ? ["IPv4", "IPv6"] : ["IPv6", "IPv4"];
  return [{ traffic, rules, message: `${traffic} is open over ${has} and not over ${lacks}, though the VPC has both` }];
}

// Rules that open a service to the whole internet by themselves; for what only their sum opens, all that take part.
function rulesBehind(rules: readonly AdmittedRule[], family: 4 | 6, services: ServiceSet): readonly AdmittedRule[] {
  const using = (part: ServiceSet) => (rule: AdmittedRule) => !rule.services.intersection(part).isEmpty();
  const alone = rules.filter(({ peers }) => peers.addresses.covers(INTERNET[family])).filter(using(services));
  const left = alone.reduce((rest, rule) => rest.difference(rule.services), services);
  const together = rules.filter(({ peers }) => peers.addresses.overlaps(INTERNET[family])).filter(using(left));
  return rules.filter((rule) => alone.includes(rule) || together.includes(rule));
}
