import * as z from "zod/mini";
import type { FindingDraft } from "../model/finding.ts";
import { AllowFrom, allowedTraffic } from "./allow.ts";
import { type Exposure, exposuresOf, internets, Width } from "./exposure.ts";
import { defineRule } from "./rule.ts";

const WEB_AND_PATH_MTU: AllowFrom[] = [
  { protocol: "tcp", ports: "80, 443" },
  { protocol: "udp", ports: "443" },
  // Without these two, path-MTU discovery fails and connections hang (RFC 1191, RFC 8201).
  { protocol: "icmp", ports: "3/4" },
  { protocol: "icmpv6", ports: "2" },
];

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
    remedies: ["revoke-ingress", "narrow-ingress"],
    remedy: "revoke",
    enabled: true,
  },
  options: z.strictObject({
    allow: z._default(z.array(AllowFrom), WEB_AND_PATH_MTU),
    width: Width,
  }),

  prepare: ({ allow, width }, networks) => ({ allowed: allowedTraffic(allow, networks), internets: internets(width) }),

  check: async (group, world, { allowed, internets }) => {
    const { byRule } = await group.admits(world);
    return internets.flatMap((internet) => exposuresOf(byRule, internet, allowed)).map(finding);
  },
});

function finding({ traffic, rules }: Exposure): FindingDraft {
  const sum = rules.length > 1 ? `, by ${rules.length} rules together` : "";
  return { traffic, rules, message: `${traffic} is open to the internet${sum}` };
}
