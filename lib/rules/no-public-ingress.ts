import * as z from "zod/mini";
import type { RuleFinding } from "../model/finding.ts";
import { ANYWHERE } from "../model/security-group-rule.ts";
import { ServiceSet } from "../model/service-set.ts";
import { TrafficSet } from "../model/traffic.ts";
import { defineRule } from "./rule.ts";
import { AllowFrom, allowedTraffic } from "./terms/allow.ts";
import { type Exposure, exposuresOf, internets, Width } from "./terms/exposure.ts";
import { servicesText } from "./terms/services.ts";
import { hasTag, Tag } from "./terms/tag.ts";

const WEB_AND_PATH_MTU: AllowFrom[] = [
  { protocol: "tcp", ports: "80, 443" },
  { protocol: "udp", ports: "443" },
  // Without these two, path-MTU discovery fails and connections hang (RFC 1191, RFC 8201).
  { protocol: "icmp", ports: "3/4" },
  { protocol: "icmpv6", ports: "2" },
];

// IKE, OpenVPN, IPsec behind NAT, WireGuard, and IPsec itself.
const VPN_PORTS = "udp 500, 1194, 4500, 51820, esp";

export const noPublicIngress = defineRule({
  meta: {
    id: "no-public-ingress",
    title: "Only the services that the policy allows are open to the internet",
    resource: "security-group",
    severity: "critical",
    finds:
      "Ingress rules that let more public addresses than `width` reach a service that `allow` does not name: each rule by itself, and all rules of the group added up, prefix lists resolved. Address ranges that no packet from the internet can have do not count.",
    rationale: "Scanners find an open port within minutes, and most break-ins begin at a service that nobody meant to publish.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    controls: ["Security Hub EC2.18"],
    avoid: "aws ec2 authorize-security-group-ingress --group-id sg-... --protocol tcp --port 22 --cidr 0.0.0.0/0",
    prefer: "aws ec2 authorize-security-group-ingress --group-id sg-... --protocol tcp --port 22 --cidr <the office>/24",
    remedies: ["revoke-ingress", "narrow-ingress"],
    remedy: "revoke",
    enabled: true,
  },
  options: () =>
    z.strictObject({
      allow: z._default(
        z.array(AllowFrom()).check(z.describe("What may be open, and to whom; without from, to everybody.")),
        WEB_AND_PATH_MTU,
      ),
      width: Width(),
      vpn: z.optional(
        z
          .strictObject({
            tag: Tag(),
            services: z._default(servicesText().check(z.describe("What a VPN may open to the internet.")), VPN_PORTS),
          })
          .check(
            z.describe(
              "The tag of the groups whose VPN ports may be open to the internet, no group's unless set. Whoever may set this tag may open these ports: guard it, by IAM or a service control policy.",
            ),
          ),
      ),
    }),

  prepare: ({ allow, width, vpn }, networks) => ({
    allowed: allowedTraffic(allow, networks),
    internets: internets(width),
    vpn: vpn && { tag: vpn.tag, traffic: TrafficSet.of([{ services: ServiceSet.parse(vpn.services), peers: ANYWHERE }]) },
  }),

  check: async (group, world, { allowed, internets, vpn }, unjudged) => {
    const { byRule } = await group.admits(world);
    const exposed = (beyond: TrafficSet) => internets.flatMap((internet) => exposuresOf(byRule, internet, beyond));
    const isVpn = vpn !== undefined && hasTag(vpn.tag, group.facts);
    if (vpn === undefined || isVpn === false) return exposed(allowed).map(finding);
    if (isVpn === "unknown" && exposed(allowed).some(({ traffic }) => traffic.overlaps(vpn.traffic)))
      unjudged(`the tags of ${group.id}, by which it may be a VPN`);
    return exposed(allowed.union(vpn.traffic)).map(finding);
  },
});

function finding({ traffic, rules }: Exposure): RuleFinding {
  const sum = rules.length > 1 ? `, by ${rules.length} rules together` : "";
  return { traffic, rules, message: `${traffic} is open to the internet${sum}` };
}
