import * as z from "zod/mini";
import { AddressSet, PUBLIC_ADDRESSES } from "../model/address-set.ts";
import type { FindingDraft } from "../model/finding.ts";
import { PeerSet } from "../model/peer-set.ts";
import type { AdmittedRule } from "../model/security-group.ts";
import type { SecurityGroupRule } from "../model/security-group-rule.ts";
import { TrafficSet } from "../model/traffic.ts";
import { AllowEntry, allowedTraffic } from "./allow.ts";
import { defineRule } from "./rule.ts";

const WEB_AND_PATH_MTU: AllowEntry[] = [
  { protocol: "tcp", ports: "80, 443" },
  { protocol: "udp", ports: "443" },
  // Without these two, path-MTU discovery fails and connections hang (RFC 1191, RFC 8201).
  { protocol: "icmp", ports: "3/4" },
  { protocol: "icmpv6", ports: "2" },
];

/** A size of address block, `/8`, as the length of its prefix. */
const blockSize = (bits: number, fallback: string) =>
  z._default(
    z
      .string()
      .check(
        z.refine(
          (text) => /^\/\d{1,3}$/.test(text) && Number(text.slice(1)) <= bits,
          `expected a block size from "/0" to "/${bits}", such as "${fallback}"`,
        ),
      ),
    fallback,
  );

/** One security group rule as far as the policy does not allow it. */
interface Excess {
  readonly rule: SecurityGroupRule;
  readonly traffic: TrafficSet;
}

export const noPublicIngress = defineRule({
  meta: {
    id: "no-public-ingress",
    title: "Only the services that the policy allows are open to the internet",
    resource: "security-group",
    severity: "critical",
    rationale: "Scanners find an open port within minutes, and most break-ins begin at a service that nobody meant to publish.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    remedies: ["revoke-ingress", "narrow-ingress"],
    remedy: "revoke",
    enabled: true,
  },
  options: z.strictObject({
    allow: z._default(z.array(AllowEntry), WEB_AND_PATH_MTU),
    width: z._default(z.strictObject({ v4: blockSize(32, "/8"), v6: blockSize(128, "/16") }), { v4: "/8", v6: "/16" }),
  }),

  prepare: ({ allow, width }, networks) => ({
    allowed: allowedTraffic(allow, networks),
    width: { 4: 1n << BigInt(32 - Number(width.v4.slice(1))), 6: 1n << BigInt(128 - Number(width.v6.slice(1))) },
  }),

  check: async (group, world, { allowed, width }) => {
    const { byRule } = await group.admits(world);
    return [...forbidden(byRule, 4, width[4], allowed), ...forbidden(byRule, 6, width[6], allowed)];
  },
});

/**
 * What of one address family is forbidden. A rule that opens a service to more public addresses than `width` offends by
 * itself. Of the others, those with public addresses offend together where their union is wider than that.
 */
function forbidden(rules: readonly AdmittedRule[], family: 4 | 6, width: bigint, allowed: TrafficSet): FindingDraft[] {
  const alone: FindingDraft[] = [];
  const rest: Excess[] = [];
  const small: AdmittedRule[] = [];
  for (const entry of rules) {
    const size = publicSize(entry.peers.addresses, family);
    if (size > width) {
      const { rule, traffic } = excessOf(entry, family, allowed);
      const wide = TrafficSet.of(traffic.boxes().filter(({ peers }) => publicSize(peers.addresses, family) > width));
      if (!wide.isEmpty()) alone.push(finding(wide, [rule]));
      rest.push({ rule, traffic: traffic.difference(wide) });
    } else if (size > 0n) {
      small.push(entry);
    }
  }
  // Most groups admit too little in all to offend in any part of it, and telling so is much cheaper than the sum itself.
  const most = AddressSet.union([...rest.map(({ traffic }) => traffic.addresses()), ...small.map(({ peers }) => peers.addresses)]);
  if (publicSize(most, family) <= width) return alone;
  rest.push(...small.map((entry) => excessOf(entry, family, allowed)));
  const together = inSum(rest, family, width);
  if (together.isEmpty()) return alone;
  const contributing = new Set(rest.filter(({ traffic }) => traffic.from(PUBLIC_ADDRESSES).overlaps(together)).map(({ rule }) => rule));
  const inOrder = rules.filter(({ rule }) => contributing.has(rule)).map(({ rule }) => rule);
  return [...alone, finding(together, inOrder)];
}

// What is left of a rule may be private addresses only; that stays out of the sum.
function inSum(rest: readonly Excess[], family: 4 | 6, width: bigint): TrafficSet {
  const contributing = TrafficSet.of(
    rest.flatMap(({ traffic }) => traffic.boxes().filter(({ peers }) => publicSize(peers.addresses, family) > 0n)),
  );
  return TrafficSet.of(contributing.boxes().filter(({ peers }) => publicSize(peers.addresses, family) > width));
}

function finding(traffic: TrafficSet, rules: readonly SecurityGroupRule[]): FindingDraft {
  const sum = rules.length > 1 ? `, by ${rules.length} rules together` : "";
  return { traffic, rules, message: `${traffic} is open to the internet${sum}` };
}

function excessOf({ rule, services, peers }: AdmittedRule, family: 4 | 6, allowed: TrafficSet): Excess {
  const granted = TrafficSet.of([{ services, peers: new PeerSet(peers.addresses.family(family)) }]);
  return { rule, traffic: granted.difference(allowed) };
}

function publicSize(addresses: AddressSet, family: 4 | 6): bigint {
  const size = addresses.family(family).intersection(PUBLIC_ADDRESSES).size();
  return family === 4 ? size.v4 : size.v6;
}
